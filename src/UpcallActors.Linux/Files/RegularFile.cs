using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>
/// Opens files that have an end. Opening a named pipe waits for a writer, and a device may give nothing or never stop. A daemon that reads
/// its configuration again must not hang on one.
/// </summary>
internal static class RegularFile
{
    /// <summary>Characters for which memory is taken before they are there.</summary>
    private const int LargestPiece = 1 << 26;

    /// <summary>
    /// Bytes that one system call reads. A file of 100,000 flows has some 5 MB, and took 1,300 calls with the buffer that is usual.
    /// </summary>
    private const int BufferSize = 1 << 16;

    /// <summary>
    /// Opens a file to read it; never waits. Throws <see cref="FileNotFoundException"/> when there is none,
    /// <see cref="UnauthorizedAccessException"/> when it may not be read, and <see cref="IOException"/> when it is no regular file, or on
    /// another failure.
    /// </summary>
    public static FileStream Open(string path)
    {
        // Before it is opened: to open a device may do something, and a socket cannot be opened. And behind it: another file may have got
        // the name in between.
        if (FileStatus.OfTarget(path) is { } status)
            Check(status);
        SafeFileHandle? file = null;
        try
        {
            file = FileCalls.Open(path, FileCalls.OpenReadOnly | FileCalls.OpenNonBlocking | FileCalls.OpenCloseOnExec);
            if (file.IsInvalid)
                throw Failure(path);
            Check(FileStatus.OfOpen(file));
            var stream = new FileStream(file, FileAccess.Read, BufferSize);
            file = null;
            return stream;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>The whole text of a file. Throws as <see cref="Open"/> does.</summary>
    public static string ReadText(string path)
    {
        using FileStream file = Open(path);
        using var reader = new StreamReader(file);
        // A text has no more characters than bytes: as a rule it is read in one piece. Some files, such as those of procfs, do not say
        // how long they are.
        char[] text = new char[Math.Min(file.Length, LargestPiece) + 1];
        int length = reader.ReadBlock(text);
        return length < text.Length ? new string(text, 0, length) : new string(text) + reader.ReadToEnd();
    }

    /// <summary>All bytes of a file. Throws as <see cref="Open"/> does.</summary>
    public static byte[] ReadBytes(string path)
    {
        using FileStream file = Open(path);
        if (file.Length > Array.MaxLength)
            throw new IOException("it is 2 GB or more");
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static void Check(FileStatus status)
    {
        if (status.Kind != FileKind.Regular)
            throw new IOException($"it is no regular file, but {Describe(status.Kind)}");
    }

    private static string Describe(FileKind kind) => kind switch
    {
        FileKind.Pipe => "a named pipe",
        FileKind.CharacterDevice or FileKind.BlockDevice => "a device",
        FileKind.Directory => "a directory",
        FileKind.Socket => "a socket",
        _ => "something else",
    };

    private static Exception Failure(string path)
    {
        string message = Marshal.GetLastPInvokeErrorMessage();
        return (Errno)Marshal.GetLastPInvokeError() switch
        {
            Errno.NoEntry or Errno.NotDirectory => new FileNotFoundException(message, path),
            Errno.AccessDenied or Errno.NotPermitted => new UnauthorizedAccessException(message),
            _ => new IOException(message),
        };
    }
}
