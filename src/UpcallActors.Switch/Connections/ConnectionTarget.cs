using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace UpcallActors.Switch;

/// <summary>What carries a connection.</summary>
internal enum Transport : byte
{
    Tcp,
    Unix,
    Tls,
}

/// <summary>
/// Where a controller is, or where clients may come to: <c>tcp:HOST[:PORT]</c>, <c>ssl:HOST[:PORT]</c>, <c>unix:FILE</c>;
/// <c>ptcp:[PORT][:ADDRESS]</c>, <c>pssl:[PORT][:ADDRESS]</c>, <c>punix:FILE</c>. An IPv6 address stands in brackets.
/// </summary>
/// <param name="Text">As it was written.</param>
/// <param name="Transport">What carries it.</param>
/// <param name="IsActive">Whether the switch connects; else it listens.</param>
/// <param name="Host">The address or name; empty for any address, or a file.</param>
/// <param name="Port">The TCP port, 0 for any that is free.</param>
/// <param name="File">The socket's file; empty for TCP.</param>
internal sealed record ConnectionTarget(string Text, Transport Transport, bool IsActive, string Host, int Port, string File)
{
    /// <summary><c>OFP_PORT</c>.</summary>
    public const int DefaultPort = 6653;

    /// <summary>Reads a target. A TCP port that is not said is <paramref name="defaultPort"/>.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out ConnectionTarget? target, int defaultPort = DefaultPort)
    {
        target = null;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return false;
        string method = text[..colon];
        string rest = text[(colon + 1)..];
        (Transport transport, bool isActive, bool isKnown) = method switch
        {
            "tcp" => (Transport.Tcp, true, true),
            "ssl" => (Transport.Tls, true, true),
            "unix" => (Transport.Unix, true, true),
            "ptcp" => (Transport.Tcp, false, true),
            "pssl" => (Transport.Tls, false, true),
            "punix" => (Transport.Unix, false, true),
            _ => (default, false, false),
        };
        if (!isKnown)
            return false;
        if (transport == Transport.Unix)
        {
            target = new ConnectionTarget(text, transport, isActive, "", 0, rest);
            return rest.Length > 0;
        }

        if (!(isActive ? TrySplitHost(rest, out string host, out string port) : TrySplitPort(rest, out port, out host))
            || !TryReadPort(port, defaultPort, out int number) || (isActive && (host.Length == 0 || number == 0)))
            return false;
        if (!isActive && host.Length > 0 && !IPAddress.TryParse(host, out _))
            return false;
        target = new ConnectionTarget(text, transport, isActive, host, number, "");
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary><c>HOST[:PORT]</c>.</summary>
    private static bool TrySplitHost(string text, out string host, out string port)
    {
        int end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        host = port = "";
        if (end <= 0 && text.StartsWith('['))
            return false;
        if (end <= 0)
            end = text.Length;
        host = text[..end].Trim('[', ']');
        port = text[end..].TrimStart(':');
        return text.Length == end || text[end] == ':';
    }

    /// <summary><c>[PORT][:ADDRESS]</c>.</summary>
    private static bool TrySplitPort(string text, out string port, out string host)
    {
        int end = text.IndexOf(':', StringComparison.Ordinal);
        port = end < 0 ? text : text[..end];
        host = end < 0 ? "" : text[(end + 1)..].Trim('[', ']');
        return true;
    }

    private static bool TryReadPort(string text, int defaultPort, out int port)
    {
        port = defaultPort;
        return text.Length == 0
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue);
    }
}
