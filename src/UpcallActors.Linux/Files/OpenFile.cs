using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>Files that this process was given open, by their descriptors.</summary>
internal static class OpenFile
{
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
        int flags = FileCalls.OpenWriteOnly | FileCalls.OpenCloseOnExec
            | (path is null ? 0 : FileCalls.OpenCreate | FileCalls.OpenAppend | FileCalls.OpenNonBlocking | FileCalls.OpenNoFollow);
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
