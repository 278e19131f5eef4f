using UpcallActors.Linux;

namespace UpcallActors.Unixctl;

/// <summary>
/// The file that standard error goes to, where it is one: it can be let go and opened anew by its name, as who moves log files away wants
/// (<c>vlog/close</c>, <c>vlog/reopen</c>).
/// </summary>
internal sealed class LogFile : ILogFile
{
    private const int StandardError = 2;
    private readonly string _path;
    private IReadOnlyList<int>? _descriptors;

    private LogFile(string path) => _path = path;

    /// <summary>The file of standard error; null where that is a terminal, a pipe or a socket. By the name that it has now.</summary>
    public static LogFile? OfStandardError() => OpenFile.PathOf(StandardError) is { } path ? new LogFile(path) : null;

    /// <summary>It is where the console goes, and not the destination that Open vSwitch calls the file.</summary>
    public bool IsOpen => false;

    /// <inheritdoc/>
    public void Reopen() => OpenFile.Redirect(Descriptors(), _path);

    /// <inheritdoc/>
    public void Close() => OpenFile.Redirect(Descriptors(), null);

    /// <summary>
    /// Found once, when there has been a line: afterwards it is these that were redirected, whatever else stands for the same file by then.
    /// </summary>
    private IReadOnlyList<int> Descriptors() => _descriptors ??= OpenFile.SameAs(StandardError);
}
