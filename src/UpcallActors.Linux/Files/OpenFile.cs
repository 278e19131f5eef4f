using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>Files that this process was given open, by their descriptors.</summary>
internal static class OpenFile
{
    private const int StandardError = 2;
    private const uint ReadableMode = 0b110_100_000;
    private const string Descriptors = "/proc/self/fd";
    private const string Nowhere = "/dev/null";

    /// <summary>The name of the regular file behind a descriptor; null where it is something else, or has no name any more.</summary>
    public static string? PathOf(int descriptor)
    {
        try
        {
            using var file = new SafeFileHandle(descriptor, ownsHandle: false);
            return FileStatus.OfOpen(file).Kind == FileKind.Regular && LinkOf(descriptor) is { } path && File.Exists(path) ? path : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>
    /// The descriptors of this process for the same file as one of them, including that one: a writer may have made a duplicate, as .NET's
    /// console does.
    /// </summary>
    public static IReadOnlyList<int> SameAs(int descriptor)
    {
        string? name = LinkOf(descriptor);
        IEnumerable<int> all = Directory.EnumerateFileSystemEntries(Descriptors)
            .Select(entry => int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture));
        return [.. all.Where(other => LinkOf(other) == name)];
    }

    /// <summary>
    /// Lets descriptors stand for the end of another file, which is made if it is not there; for nothing if that is null. A symbolic
    /// link in the place of the file is not followed. Throws <see cref="IOException"/> when it cannot be opened.
    /// </summary>
    public static void Redirect(IEnumerable<int> descriptors, string? path)
    {
        ArgumentNullException.ThrowIfNull(descriptors);
        int flags = FileCalls.OpenCloseOnExec
            | (path is null ? FileCalls.OpenReadWrite : FileCalls.OpenWriteOnly | FileCalls.OpenCreate
                | FileCalls.OpenAppend | FileCalls.OpenNonBlocking | FileCalls.OpenNoFollow);
        using SafeFileHandle file = FileCalls.Open(path ?? Nowhere, flags, ReadableMode);
        if (file.IsInvalid)
            throw Failure(path);
        if (path is not null && FileStatus.OfOpen(file).Kind != FileKind.Regular)
            throw new IOException($"{path} is no regular file");
        foreach (int descriptor in descriptors)
        {
            if (FileCalls.Duplicate(file, descriptor) < 0)
                throw Failure(path);
        }
    }

    /// <summary>
    /// Opens a file to write to its end, and makes it when there is none. Throws <see cref="IOException"/>, whose message is the system's
    /// alone, when that cannot be.
    /// </summary>
    /// <param name="path">Its name.</param>
    /// <param name="mode">Who may use one that is made.</param>
    public static SafeFileHandle Append(string path, UnixFileMode mode)
    {
        const int Flags = FileCalls.OpenWriteOnly | FileCalls.OpenCreate | FileCalls.OpenAppend | FileCalls.OpenCloseOnExec;
        SafeFileHandle file = FileCalls.Open(path, Flags, (uint)mode);
        if (!file.IsInvalid)
            return file;
        file.Dispose();
        throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    /// <summary>
    /// From now on standard input and both outputs are <c>/dev/null</c>, and so is whatever else stands for the same, such as duplicates
    /// that .NET's console has made: who waits for the end of a pipe there is not kept waiting.
    /// </summary>
    /// <param name="kept">A file that stays, though it may be the same as one of them; null for none.</param>
    public static void CloseStandard(SafeFileHandle? kept)
    {
        int own = kept is null ? -1 : (int)kept.DangerousGetHandle();
        for (int descriptor = 0; descriptor <= StandardError; descriptor++)
        {
            IEnumerable<int> same = LinkOf(descriptor) is null ? [] : SameAs(descriptor);
            Redirect([.. same.Append(descriptor).Where(other => other != own)], null);
        }
    }

    /// <summary>What a descriptor stands for, in the kernel's words; null when it has been closed meanwhile.</summary>
    private static string? LinkOf(int descriptor)
    {
        try
        {
            return new FileInfo($"{Descriptors}/{descriptor}").LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IOException Failure(string? path) => new($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
}
