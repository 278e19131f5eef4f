using UpcallActors.Linux;

namespace UpcallActors.Unixctl;

/// <summary>
/// The directory in which clients look for the daemon, and the pidfile in it, which this process holds locked for as long as it
/// lives: at most one daemon has a directory. Clients find the pidfile from <see cref="Announce"/> on. Disposing removes it. A program in
/// Open vSwitch's place has its pidfile elsewhere, or none (<see cref="Use"/>).
/// </summary>
internal sealed class RunDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode AllMayLook =
        OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly UnixctlProgram _program;
    private readonly PidFile? _pidFile;

    private RunDirectory(UnixctlProgram program, string path, PidFile? pidFile)
    {
        _program = program;
        Path = path;
        SocketPath = program.SocketIn(path, Environment.ProcessId);
        _pidFile = pidFile;
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>This process's control socket.</summary>
    public string SocketPath { get; private init; }

    /// <summary>
    /// Takes the directory that is configured; null takes the program's own, or its fallback without the right to write there. Throws
    /// <see cref="RunDirectoryException"/> when a daemon has it, or it cannot be written.
    /// </summary>
    public static RunDirectory Claim(UnixctlProgram program, string? configured)
    {
        if (configured != null)
            return Take(program, configured, AllMayLook);
        try
        {
            return Take(program, program.DefaultDirectory, AllMayLook);
        }
        catch (RunDirectoryException forbidden) when (forbidden.InnerException is not null)
        {
            return Take(program, program.FallbackDirectory, OwnerOnly);
        }
    }

    /// <summary>
    /// Takes a directory as Open vSwitch's daemons do: it is there already, several may have it, and the program sees to its pidfile.
    /// </summary>
    /// <param name="program">The program.</param>
    /// <param name="path">The directory.</param>
    /// <param name="socket">The control socket; null for that of the usual name.</param>
    public static RunDirectory Use(UnixctlProgram program, string path, string? socket)
    {
        string own = socket ?? program.SocketIn(path, Environment.ProcessId);
        return new RunDirectory(program, path, null) { SocketPath = own };
    }

    /// <summary>
    /// All control sockets in the directory, including those without a listener; none where others may be about to listen at theirs.
    /// </summary>
    public IEnumerable<string> FindSockets() => _pidFile is null ? [] :
        Directory.EnumerateFiles(Path, _program.SocketPattern).Where(file => FileStatus.OfName(file)?.Kind == FileKind.Socket);

    /// <summary>Removes a file at the end. It is no error if the file or the directory is already gone.</summary>
    public static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next daemon finds that it is not locked.
        }
    }

    /// <summary>
    /// Says that the daemon is ready: the pidfile gets the name by which clients and
    /// supervisors look for it. Throws <see cref="RunDirectoryException"/> when it cannot.
    /// </summary>
    public void Announce()
    {
        try
        {
            _pidFile?.Publish();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unusable(Path, failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pidFile?.Dispose();

    private static RunDirectory Take(UnixctlProgram program, string path, UnixFileMode mode)
    {
        try
        {
            Directory.CreateDirectory(path, mode);
            Secure(path, mode);
            return new RunDirectory(program, path, PidFile.Lock(program.PidFileIn(path)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, failure);
        }
    }

    private static RunDirectoryException Unusable(string path, Exception failure) =>
        new($"the run directory {path} cannot be used: {failure.Message}", failure);

    /// <summary>
    /// A user who can write to the directory can put a link or another file in place of ours, or remove ours. In a folder that all users
    /// can write to, another user may have created the directory first. So it has to be ours, or root's, and others may not write to it.
    /// </summary>
    private static void Secure(string path, UnixFileMode mode)
    {
        FileStatus name = FileStatus.OfName(path) ?? throw new IOException("it has gone");
        if (name.Kind == FileKind.Link && (mode == OwnerOnly || !name.IsOurs))
            throw new IOException("it is a symbolic link");
        FileStatus status = FileStatus.OfTarget(path) ?? throw new IOException("it has gone");
        bool isOwn = status.Owner == FileStatus.EffectiveUser;
        if (mode == OwnerOnly ? !isOwn : !status.IsOurs)
            throw new IOException($"it belongs to user {status.Owner}, and this is user {FileStatus.EffectiveUser}");
        if (mode != OwnerOnly && !status.OthersMayWrite)
            return;
        // One of our own is closed to others, as a volume that a container is given has to be; but one for all, such as /tmp, stays that.
        if (!isOwn || status.Mode.HasFlag(UnixFileMode.StickyBit))
            throw new IOException("others may write to it");
        File.SetUnixFileMode(path, mode == OwnerOnly ? OwnerOnly : status.Mode & ~(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
    }
}
