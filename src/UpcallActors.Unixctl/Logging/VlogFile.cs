using System.Text;
using Microsoft.Win32.SafeHandles;
using UpcallActors.Linux;

namespace UpcallActors.Unixctl;

/// <summary>The file of <c>--log-file</c>: lines go to its end. Not thread-safe, but for <see cref="IsOpen"/>.</summary>
/// <param name="path">Its full name.</param>
internal sealed class VlogFile(string path) : IDisposable
{
    /// <summary>That of Open vSwitch's log files, before the umask.</summary>
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private volatile SafeFileHandle? _file;

    /// <summary>Its name.</summary>
    public string Path => path;

    /// <summary>Whether lines go there.</summary>
    public bool IsOpen => _file is not null;

    /// <summary>What is open; null when nothing is.</summary>
    public SafeFileHandle? Handle => _file;

    /// <summary>
    /// Opens the file of that name, made when there is none, unless it is open already. Throws <see cref="IOException"/> when it cannot.
    /// </summary>
    /// <param name="closing">Called before the one that was open is closed.</param>
    /// <returns>Whether it is another one.</returns>
    public bool Open(Action? closing = null)
    {
        SafeFileHandle? before = _file;
        // Moved away, it has another name; deleted, none.
        if (before is not null && OpenFile.PathOf((int)before.DangerousGetHandle()) == path)
            return false;
        SafeFileHandle file = OpenFile.Append(path, Mode);
        if (before is not null)
        {
            closing?.Invoke();
            before.Dispose();
        }

        _file = file;
        return true;
    }

    /// <summary>Writes a line. Throws <see cref="IOException"/> when it cannot; no error when it is closed.</summary>
    public void Write(string line)
    {
        if (_file is { } file)
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(line + "\n"), 0);
    }

    /// <summary>Lets it go; lines go nowhere until it is opened anew.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }
}
