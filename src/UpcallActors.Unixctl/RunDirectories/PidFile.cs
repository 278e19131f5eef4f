using System.Globalization;
using System.Text;
using UpcallActors.Linux;

namespace UpcallActors.Unixctl;

/// <summary>
/// A file with this process's id, locked by <c>fcntl</c> while the process lives. Open vSwitch's
/// clients take the daemon for dead unless the process that the file names holds that lock
/// (<c>read_pidfile__</c> in daemon-unix.c). Until <see cref="Publish"/> it has another name.
/// </summary>
/// <remarks>
/// The lock is the process's, not the descriptor's: closing any descriptor of the file releases it. So no other code in this process may
/// open the file while it is held.
/// </remarks>
internal sealed class PidFile : IDisposable
{
    private const UnixFileMode AllMayRead =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _file;
    private readonly string _published;
    private string _path;

    private PidFile(FileStream file, string path, string published)
    {
        _file = file;
        _path = path;
        _published = published;
    }

    /// <summary>
    /// Makes and locks the file, under a temporary name, and removes an unlocked one at <paramref name="path"/>. Throws
    /// <see cref="RunDirectoryException"/> when another process holds it, and <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> when it cannot be written.
    /// </summary>
    /// <param name="path">Its name.</param>
    /// <param name="overwrites">Whether it takes the place of one that another process holds.</param>
    public static PidFile Lock(string path, bool overwrites = false)
    {
        // As make_pidfile does: who holds the lock of the temporary file is the only one that may rename it.
        string temporary = overwrites
            ? string.Create(CultureInfo.InvariantCulture, $"{path}.tmp{Environment.ProcessId}") : path + ".tmp";
        // A process that can open the file can lock it, and a reader's lock excludes a writer's. So no other user may open it before we
        // hold the lock.
        FileStream file = OwnFile.OpenOrCreate(temporary, OwnerOnly);
        try
        {
            if (!TryLock(file))
                throw new RunDirectoryException($"{temporary}: another daemon is starting in this directory");
            if (!overwrites)
                RemoveDead(path, temporary);
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
            file.Flush();
            return new PidFile(file, temporary, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Lets clients find the file. Throws <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> when the directory does not allow it any more.
    /// </summary>
    public void Publish()
    {
        File.SetUnixFileMode(_file.SafeFileHandle, AllMayRead);
        File.Move(_path, _published, overwrite: true);
        _path = _published;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // In this order: as long as the lock is held, the file of this name is ours.
        RunDirectory.Remove(_path);
        _file.Dispose();
    }

    /// <summary>
    /// Who waits for the file is not to be content with one of an earlier
    /// daemon. Throws <see cref="RunDirectoryException"/> when that lives.
    /// </summary>
    private static void RemoveDead(string path, string temporary)
    {
        if (FileStatus.OfName(path) == null)
            return;
        // For reading alone: a running daemon has a writer's lock, which excludes a reader's. Any process may take a reader's.
        using FileStream existing = OwnFile.OpenRead(path);
        if (TryLock(existing))
        {
            File.Delete(path);
            return;
        }

        // We hold its lock, so it belongs to no other process.
        File.Delete(temporary);
        const int Longest = 20;
        byte[] text = new byte[Longest];
        string pid = Encoding.ASCII.GetString(text, 0, existing.Read(text)).Trim();
        throw new RunDirectoryException($"{path}: already running as pid {pid}");
    }

    /// <summary>
    /// On Linux <see cref="FileStream.Lock"/> is <c>fcntl(F_SETLK)</c>: a writer's lock where the file is open for writing, else a
    /// reader's.
    /// </summary>
    private static bool TryLock(FileStream file)
    {
        try
        {
            file.Lock(0, long.MaxValue);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
