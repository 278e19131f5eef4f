using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Packets;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// <c>dpctl/dump-conntrack</c>, <c>dpctl/ct-stats-show</c> and <c>dpctl/flush-conntrack</c> (lib/dpctl.c, lib/ct-dpif.c).
/// </summary>
internal sealed class ConntrackCommands(ControlContext context)
{
    private const string Zone = "zone=";
    private const string Tcp = "TCP";

    /// <summary>In Open vSwitch's order.</summary>
    private static readonly string[] _protocols = [Tcp, "UDP", "UDPLITE", "SCTP", "ICMP", "DCCP", "IGMP", "Other"];

    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("dpctl/dump-conntrack", "[-m] [-s] [dp] [zone=N]", 0, 4, Dump),
        new("dpctl/ct-stats-show", "[dp] [zone=N]", 0, 3, ShowStatistics),
        new("dpctl/flush-conntrack", "[dp] [zone=N] [mark=X[/M]] [labels=Y[/N]] [ct-orig-tuple [ct-reply-tuple]]", 0, 6, Flush),
    ];

    private ControlReply Dump(IReadOnlyList<string> arguments)
    {
        if (!TryReadZone(arguments, out DpctlOptions? options, out ushort? zone, out ControlReply? error))
            return error;
        if (context.Datapath.Conntrack is not { } conntrack)
            return DpctlOptions.Error("starting conntrack dump", Errno.NotSupported);
        var text = new StringBuilder();
        foreach (ConntrackEntry entry in conntrack.Dump(zone))
            text.Append(ConntrackText.Format(entry, options.IsVerbose, options.ShowsStatistics, TimeZoneInfo.Local)).Append('\n');
        return ControlReply.Of(text);
    }

    /// <summary>Counts connections by protocol, those of TCP with <c>-m</c> by state as well (<c>dpctl_ct_stats_show</c>).</summary>
    private ControlReply ShowStatistics(IReadOnlyList<string> arguments)
    {
        if (!TryReadZone(arguments, out DpctlOptions? options, out ushort? zone, out ControlReply? error))
            return error;
        if (context.Datapath.Conntrack is not { } conntrack)
            return DpctlOptions.Error("starting conntrack dump", Errno.NotSupported);
        IReadOnlyList<ConntrackEntry> entries = conntrack.Dump(zone);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Connections Stats:\n    Total: {entries.Count}\n");
        ILookup<string, ConntrackEntry> byProtocol = entries.ToLookup(entry => ProtocolOf(entry.Original.Protocol));
        foreach (string protocol in _protocols.Where(byProtocol.Contains))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {protocol}: {byProtocol[protocol].Count()}\n");
            if (protocol == Tcp && options.IsVerbose)
                AppendStates(text, byProtocol[protocol]);
        }

        return ControlReply.Of(text);
    }

    private static void AppendStates(StringBuilder text, IEnumerable<ConntrackEntry> connections)
    {
        text.Append("    Conn per TCP states:\n");
        foreach (IGrouping<TcpState, ConntrackEntry> state in
            connections.Where(entry => entry.Tcp is not null).GroupBy(entry => entry.Tcp!.Value.State).OrderBy(state => state.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"\t  [{ConntrackText.NameOf(state.Key)}]={state.Count()}\n");
        }
    }

    private static string ProtocolOf(byte protocol) => protocol switch
    {
        IpProtocols.Tcp => Tcp,
        IpProtocols.Udp => "UDP",
        136 => "UDPLITE",
        IpProtocols.Sctp => "SCTP",
        IpProtocols.Icmp or IpProtocols.Icmpv6 => "ICMP",
        33 => "DCCP",
        2 => "IGMP",
        _ => "Other",
    };

    private bool TryReadZone(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out DpctlOptions? options,
        out ushort? zone,
        [NotNullWhen(false)] out ControlReply? error)
    {
        zone = null;
        options = DpctlOptions.Parse(arguments, out ControlReply? refused);
        error = refused;
        if (options is null)
        {
            error = refused!;
            return false;
        }

        IReadOnlyList<string> rest = options.RestBehind(context);
        if (rest.Count > 0 && rest[^1].StartsWith(Zone, StringComparison.Ordinal)
            && ushort.TryParse(rest[^1].AsSpan(Zone.Length), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
        {
            zone = number;
            rest = [.. rest.SkipLast(1)];
        }

        error = rest.Count > 0 ? DpctlOptions.Error("datapath not found", Errno.Invalid) : null;
        return error is null;
    }

    private ControlReply Flush(IReadOnlyList<string> arguments)
    {
        if (DpctlOptions.Parse(arguments, out ControlReply? error) is not { } options)
            return error!;
        ushort? zone;
        ConntrackMatch match;
        try
        {
            (zone, match) = ConntrackMatchText.Parse(options.RestBehind(context));
        }
        catch (OdpTextException malformed)
        {
            return DpctlOptions.Error(malformed.Message, Errno.Invalid);
        }

        if (context.Datapath.Conntrack is not { } conntrack)
            return DpctlOptions.Error("failed to flush conntrack", Errno.NotSupported);
        return match.Flush(conntrack, zone) ? ControlReply.Empty : DpctlOptions.Error("failed to flush conntrack", Errno.NoEntry);
    }
}
