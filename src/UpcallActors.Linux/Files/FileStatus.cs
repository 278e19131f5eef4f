using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>What a name in the file system stands for, and whose it is.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Owner">The user id of its owner.</param>
/// <param name="Mode">Its permissions.</param>
internal readonly record struct FileStatus(FileKind Kind, uint Owner, UnixFileMode Mode)
{
    /// <summary>The user id that this process acts with.</summary>
    public static uint EffectiveUser => FileCalls.EffectiveUser();

    /// <summary>Whether it belongs to this process's user, or to root.</summary>
    public bool IsOurs => Owner == 0 || Owner == EffectiveUser;

    /// <summary>Whether others than the owner may write to it, and so, to a directory, add files.</summary>
    public bool OthersMayWrite => (Mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;

    /// <summary>
    /// What a name is, where a symbolic link is one; null when there is none. Throws <see cref="IOException"/> when it cannot be asked.
    /// </summary>
    public static FileStatus? OfName(string path) => Of(path, FileCalls.AtNoFollow);

    /// <summary>What a name leads to; null when there is none. Throws <see cref="IOException"/> when it cannot be asked.</summary>
    public static FileStatus? OfTarget(string path) => Of(path, 0);

    /// <summary>What is open. Throws <see cref="IOException"/> when it cannot be asked.</summary>
    public static FileStatus OfOpen(SafeFileHandle file) =>
        FileCalls.Status(file, "", FileCalls.AtEmptyPath, FileCalls.StatusWanted, out FileCalls.FileStatusBuffer status) == 0
            ? Read(status) : throw Failure();

    private static FileStatus? Of(string path, int flags)
    {
        if (FileCalls.Status(FileCalls.AtCurrentDirectory, path, flags, FileCalls.StatusWanted, out FileCalls.FileStatusBuffer status) == 0)
            return Read(status);
        return (Errno)Marshal.GetLastPInvokeError() is Errno.NoEntry or Errno.NotDirectory ? null : throw Failure();
    }

    private static FileStatus Read(FileCalls.FileStatusBuffer status) =>
        new((FileKind)(status.Mode & FileCalls.TypeMask), status.User, (UnixFileMode)(status.Mode & ~FileCalls.TypeMask));

    private static IOException Failure() => new(Marshal.GetLastPInvokeErrorMessage());
}
