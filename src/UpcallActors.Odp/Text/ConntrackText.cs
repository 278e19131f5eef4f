using System.Globalization;
using System.Text;
using UpcallActors.Packets;

namespace UpcallActors.Odp.Text;

/// <summary>Tracked connections as <c>dpctl/dump-conntrack</c> of Open vSwitch prints them, one a line.</summary>
internal static class ConntrackText
{
    private static readonly FlagNames Status = new(
        0x1fff, (0x0001, "EXPECTED"), (0x0002, "SEEN_REPLY"), (0x0004, "ASSURED"), (0x0008, "CONFIRMED"), (0x0010, "SRC_NAT"),
        (0x0020, "DST_NAT"),
        (0x0040, "SEQ_ADJUST"), (0x0080, "SRC_NAT_DONE"), (0x0100, "DST_NAT_DONE"), (0x0200, "DYING"), (0x0400, "FIXED_TIMEOUT"),
        (0x0800, "TEMPLATE"),
        (0x1000, "UNTRACKED"));

    private static readonly FlagNames TcpFlags = new(
        0x3f, (0x01, "WINDOW_SCALE"), (0x02, "SACK_PERM"), (0x04, "CLOSE_INIT"), (0x08, "BE_LIBERAL"), (0x10, "DATA_UNACKNOWLEDGED"),
        (0x20, "MAXACK_SET"));

    /// <summary>
    /// One connection: <paramref name="verbose"/> (<c>-m</c>) adds its id, status, parent and both ends' TCP state,
    /// <paramref name="statistics"/> (<c>-s</c>) its timeout, counters and, in <paramref name="zone"/>'s time, when it began. No line end.
    /// </summary>
    public static string Format(ConntrackEntry entry, bool verbose, bool statistics, TimeZoneInfo zone)
    {
        var text = new StringBuilder(ProtocolName(entry.Original.Protocol));
        AppendDirection(text, "orig", entry.Original, statistics ? entry.OriginalCounters : default);
        AppendDirection(text, "reply", entry.Reply, statistics ? entry.ReplyCounters : default);
        if (statistics)
            AppendTimes(text, entry, zone);
        if (verbose)
            AppendNumber(text, "id", entry.Id);
        if (entry.Zone != 0)
            AppendNumber(text, "zone", entry.Zone);
        if (verbose)
            Status.Append(text.Append(",status="), (uint)entry.Status & Status.All, mask: null);
        if (statistics)
            AppendNumber(text, "timeout", entry.Timeout);
        if (entry.Mark != 0)
            AppendNumber(text, "mark", entry.Mark);
        if (entry.Labels != 0)
            OdpFieldText.AppendHexadecimal(text.Append(",labels="), entry.Labels);
        AppendProtocolState(text, entry, verbose);
        if (entry.Helper is { } helper)
            text.Append(",helper=").Append(helper);
        if (verbose && entry.Parent is { } parent)
            AppendDirection(text, "parent", parent, default);
        return text.ToString();
    }

    private static string ProtocolName(byte protocol) => protocol switch
    {
        IpProtocols.Icmp => "icmp",
        2 => "igmp",
        IpProtocols.Tcp => "tcp",
        IpProtocols.Udp => "udp",
        33 => "dccp",
        IpProtocols.Icmpv6 => "icmpv6",
        IpProtocols.Sctp => "sctp",
        136 => "udplite",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };

    private static void AppendNumber(StringBuilder text, string name, uint value) =>
        text.Append(CultureInfo.InvariantCulture, $",{name}={value}");

    private static void AppendDirection(StringBuilder text, string name, in ConntrackTuple tuple, ConntrackCounters counters)
    {
        OdpFieldSyntax syntax = tuple.IsIpv6 ? OdpFieldSyntax.Ipv6 : OdpFieldSyntax.Ipv4;
        OdpFieldText.AppendValue(text.Append(',').Append(name).Append("=(src="), syntax, tuple.Source);
        OdpFieldText.AppendValue(text.Append(",dst="), syntax, tuple.Destination);
        if (tuple.IsIcmp)
            text.Append(CultureInfo.InvariantCulture,
                $",id={tuple.SourcePort},type={tuple.DestinationPort >> 8},code={(byte)tuple.DestinationPort}");
        else
            text.Append(CultureInfo.InvariantCulture, $",sport={tuple.SourcePort},dport={tuple.DestinationPort}");
        if (counters != default)
            text.Append(CultureInfo.InvariantCulture, $",packets={counters.Packets},bytes={counters.Bytes}");
        text.Append(')');
    }

    private static void AppendTimes(StringBuilder text, ConntrackEntry entry, TimeZoneInfo zone)
    {
        if (entry.Started != 0 || entry.Stopped != 0)
            AppendTime(text.Append(",start="), entry.Started, zone);
        if (entry.Stopped != 0)
            AppendTime(text.Append(",stop="), entry.Stopped, zone);
    }

    private static void AppendTime(StringBuilder text, ulong nanoseconds, TimeZoneInfo zone)
    {
        DateTimeOffset time = TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddMilliseconds(nanoseconds / 1_000_000), zone);
        text.Append(time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture));
    }

    private static void AppendProtocolState(StringBuilder text, ConntrackEntry entry, bool verbose)
    {
        if (entry.Tcp is { } tcp)
        {
            text.Append(",protoinfo=(");
            if (verbose)
                AppendTcpEnds(text, tcp);
            else
                text.Append("state=").Append(NameOf(tcp.State is TcpState.SynReceived ? TcpState.Established : tcp.State));
            text.Append(')');
        }
        else if (entry.Sctp is { } sctp)
        {
            text.Append(CultureInfo.InvariantCulture,
                $",protoinfo=(state={SctpStateName(sctp.State)},vtag_orig={sctp.OriginalTag},vtag_reply={sctp.ReplyTag})");
        }
    }

    /// <summary>The kernel has one state for both ends (<c>nl_ct_parse_protoinfo_tcp</c> makes two of it).</summary>
    private static void AppendTcpEnds(StringBuilder text, ConntrackTcp tcp)
    {
        string state = NameOf(tcp.State);
        text.Append(CultureInfo.InvariantCulture, $"state_orig={state},state_reply={state}");
        if (tcp.OriginalScale != 0 || tcp.ReplyScale != 0)
            text.Append(CultureInfo.InvariantCulture, $",wscale_orig={tcp.OriginalScale},wscale_reply={tcp.ReplyScale}");
        TcpFlags.Append(text.Append(",flags_orig="), (uint)tcp.OriginalFlags & TcpFlags.All, mask: null);
        TcpFlags.Append(text.Append(",flags_reply="), (uint)tcp.ReplyFlags & TcpFlags.All, mask: null);
    }

    /// <summary>Open vSwitch's names for the kernel's states (<c>nl_ct_tcp_state_to_dpif</c>).</summary>
    public static string NameOf(TcpState state) => state switch
    {
        TcpState.SynSent or TcpState.SynSent2 => "SYN_SENT",
        TcpState.SynReceived => "SYN_RECV",
        TcpState.Established => "ESTABLISHED",
        TcpState.FinWait => "FIN_WAIT_1",
        TcpState.CloseWait => "CLOSE_WAIT",
        TcpState.LastAck => "LAST_ACK",
        TcpState.TimeWait => "TIME_WAIT",
        TcpState.Close => "CLOSING",
        _ => "CLOSED",
    };

    private static string SctpStateName(SctpState state) => state switch
    {
        SctpState.CookieWait => "COOKIE_WAIT",
        SctpState.CookieEchoed => "COOKIE_ECHOED",
        SctpState.Established => "ESTABLISHED",
        SctpState.ShutdownSent => "SHUTDOWN_SENT",
        SctpState.ShutdownReceived => "SHUTDOWN_RECD",
        SctpState.ShutdownAckSent => "SHUTDOWN_ACK_SENT",
        SctpState.HeartbeatSent => "HEARTBEAT_SENT",
        SctpState.HeartbeatAcknowledged => "HEARTBEAT_ACKED",
        _ => "CLOSED",
    };
}
