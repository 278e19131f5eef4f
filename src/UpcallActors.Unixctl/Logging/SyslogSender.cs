using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace UpcallActors.Unixctl;

/// <summary>
/// Sends lines to a syslog daemon, each as a datagram, and never waits: what it cannot send at once is lost, as with <c>syslog(3)</c>
/// where no daemon listens. Thread-safe.
/// </summary>
/// <param name="family">The address family.</param>
/// <param name="address">Where the daemon listens.</param>
/// <param name="name">The name of this program, that of <c>syslog(3)</c>'s form; null for a line as it is.</param>
internal sealed class SyslogSender(AddressFamily family, EndPoint address, string? name) : IDisposable
{
    private const int DefaultPort = 514;

    private readonly Lock _lock = new();
    private Socket? _socket;
    private long _lost;

    /// <summary>What it puts before each line, in the words of <c>vlog/list-pattern</c>.</summary>
    public string Prefix => name is null ? "<%B>" : "<%B> %D{%h %e %T} %E %A:";

    /// <summary>Lines that could not be sent.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Where <c>syslog(3)</c> sends.</summary>
    public static SyslogSender OfSystem(string program) =>
        new(AddressFamily.Unix, new UnixDomainSocketEndPoint("/dev/log"), program);

    /// <summary>
    /// That of <c>--syslog-method</c> (<c>vlog_set_syslog_method</c>): <c>libc</c>, <c>null</c>, <c>unix:FILE</c> or
    /// <c>udp:IP[:PORT]</c>.
    /// </summary>
    /// <returns>Whether there is such a method, and what sends by it; null where nothing is sent.</returns>
    public static (bool IsKnown, SyslogSender? Sender) OfMethod(string method, string program)
    {
        if (method == "libc")
            return (true, OfSystem(program));
        if (method == "null")
            return (true, null);
        const string Unix = "unix:";
        const string Udp = "udp:";
        if (method.StartsWith(Unix, StringComparison.Ordinal))
            return (IsPath(method[Unix.Length..]), OfPath(method[Unix.Length..]));
        return method.StartsWith(Udp, StringComparison.Ordinal) && TryParse(method[Udp.Length..], DefaultPort) is { } target
            ? (true, new SyslogSender(target.AddressFamily, target, null))
            : (false, null);
    }

    /// <summary>
    /// That of <c>--syslog-target</c>, <c>IP:PORT</c>; null for another text.
    /// </summary>
    public static SyslogSender? OfTarget(string target) =>
        TryParse(target, null) is { } address ? new SyslogSender(address.AddressFamily, address, null) : null;

    /// <summary>Sends a line of a facility and level.</summary>
    /// <param name="priority">Facility times eight and level; null if the line begins with it.</param>
    /// <param name="line">The line.</param>
    public void Send(int? priority, string line)
    {
        string time = name is null ? "" : DateTime.Now.ToString("MMM d HH:mm:ss ", CultureInfo.InvariantCulture);
        string text = priority is { } number
            ? string.Create(CultureInfo.InvariantCulture, $"<{number}>{time}{(name is null ? "" : $"{name}: ")}{line}")
            : line;
        try
        {
            lock (_lock)
                Connected().Send(Encoding.UTF8.GetBytes(text));
        }
        catch (SocketException)
        {
            Interlocked.Increment(ref _lost);
            // The daemon may be another one by now.
            Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _socket?.Dispose();
            _socket = null;
        }
    }

    private Socket Connected()
    {
        if (_socket is { } there)
            return there;
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(address);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return _socket = socket;
    }

    private static bool IsPath(string path) => Encoding.UTF8.GetByteCount(path) is > 0 and < 108;

    private static SyslogSender? OfPath(string path) =>
        IsPath(path) ? new SyslogSender(AddressFamily.Unix, new UnixDomainSocketEndPoint(path), null) : null;

    private static IPEndPoint? TryParse(string text, int? otherwise)
    {
        // A number by itself would be read as an address.
        if (!IPEndPoint.TryParse(text, out IPEndPoint? target) || !text.AsSpan().ContainsAny('.', ':'))
            return null;
        if (target.Port == 0)
            target.Port = otherwise ?? 0;
        return target.Port == 0 ? null : target;
    }
}
