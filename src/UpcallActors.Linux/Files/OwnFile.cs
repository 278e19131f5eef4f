using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>
/// Opens files that a daemon keeps under known names, where another user may have put something. A symbolic link is not followed, and what
/// is not a regular file of this process's user, or of root, is refused.
/// </summary>
internal static class OwnFile
{
    /// <summary>
    /// Opens a file to read and write it, and makes it when there is none. Throws <see cref="UnauthorizedAccessException"/> if that is not
    /// allowed, and <see cref="IOException"/> if another user owns it, or on another failure.
    /// </summary>
    /// <param name="path">Its name.</param>
    /// <param name="mode">Who may use one that is made.</param>
    public static FileStream OpenOrCreate(string path, UnixFileMode mode) =>
        Open(path, FileCalls.OpenReadWrite | FileCalls.OpenCreate, mode, FileAccess.ReadWrite);

    /// <summary>Opens a file to read it. Throws as <see cref="OpenOrCreate"/> does.</summary>
    public static FileStream OpenRead(string path) => Open(path, FileCalls.OpenReadOnly, UnixFileMode.None, FileAccess.Read);

    private static FileStream Open(string path, int flags, UnixFileMode mode, FileAccess access)
    {
        SafeFileHandle? file = null;
        try
        {
            file = FileCalls.Open(
                path, flags | FileCalls.OpenNoFollow | FileCalls.OpenNonBlocking | FileCalls.OpenCloseOnExec, (uint)mode);
            if (file.IsInvalid)
                throw Failure(path);
            FileStatus status = FileStatus.OfOpen(file);
            if (status.Kind != FileKind.Regular)
                throw new IOException($"{path} is no regular file");
            if (!status.IsOurs)
                throw new IOException($"{path} belongs to user {status.Owner}");
            var stream = new FileStream(file, access, bufferSize: 0);
            file = null;
            return stream;
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static Exception Failure(string path)
    {
        string message = Marshal.GetLastPInvokeErrorMessage();
        return (Errno)Marshal.GetLastPInvokeError() switch
        {
            Errno.Loop => new IOException($"{path} is a symbolic link"),
            Errno.AccessDenied or Errno.NotPermitted => new UnauthorizedAccessException($"{path}: {message}"),
            _ => new IOException($"{path}: {message}"),
        };
    }
}
