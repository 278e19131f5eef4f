using System.Globalization;
using System.Net;
using System.Text;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// Commands about what this daemon's bridges have none of: bonds, LACP, BFD, CFM, spanning trees, groups of multicast, queues, tunnels
/// whose headers user space writes. They answer as Open vSwitch does where there are none, so that a script which asks everything finds
/// out.
/// </summary>
internal sealed class AbsentFeatureCommands(ControlContext context)
{
    private static readonly string[] _forwarding = ["normal", "false", "true"];

    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands => [.. Bonds, .. Monitors, .. SpanningTrees, .. Multicast, .. Queues, .. Tunnels];

    private static IEnumerable<ControlCommand> Bonds =>
    [
        new("bond/list", "", 0, 0, _ => ControlReply.Of("bond\ttype\trecircID\tmembers")),
        new("bond/show", "[port]", 0, 1, arguments => NoneOr(arguments, "no such bond")),
        new("bond/hash", "mac [vlan] [basis]", 1, 3, Hash),
        .. Of("no such bond", ("bond/migrate", "port hash member", 3), ("bond/set-active-member", "port member", 2)),
        .. Of("no such bond", ("bond/enable-member", "port member", 2), ("bond/disable-member", "port member", 2)),
        // Hidden, as in Open vSwitch: the names of before 2.16.
        .. Of("no such bond", ("bond/set-active-slave", null, 2), ("bond/enable-slave", null, 2), ("bond/disable-slave", null, 2)),
        new("lacp/show", "[port]", 0, 1, arguments => NoneOr(arguments, "no such lacp object")),
        new("lacp/show-stats", "[port]", 0, 1, arguments => NoneOr(arguments, "no such lacp object")),
    ];

    private static IEnumerable<ControlCommand> Monitors =>
    [
        new("bfd/show", "[interface]", 0, 1, arguments => NoneOr(arguments, "no such bfd object")),
        new("bfd/set-forwarding", "[interface] normal|false|true", 1, 2, arguments => SetForAll(arguments, "no such BFD object")),
        new("cfm/show", "[interface]", 0, 1, arguments => NoneOr(arguments, "no such CFM object")),
        new("cfm/set-fault", "[interface] normal|false|true", 1, 2, arguments => SetForAll(arguments, "no such CFM object")),
    ];

    private static IEnumerable<ControlCommand> SpanningTrees =>
    [
        new("stp/show", "[bridge]", 0, 1, arguments => NoneOr(arguments, "no such stp object")),
        new("stp/tcn", "[bridge]", 0, 1, arguments => NoneOr(arguments, "no such stp object", "OK")),
        new("rstp/show", "[bridge]", 0, 1, arguments => NoneOr(arguments, "No such RSTP object")),
        new("rstp/tcn", "[bridge]", 0, 1, arguments => NoneOr(arguments, "No such RSTP object", "OK")),
        new("autoattach/status", "[bridge]", 0, 1, _ => ControlReply.Empty),
        new("autoattach/statistics", "[bridge]", 0, 1, _ => ControlReply.Empty),
        new("autoattach/show-isid", "[bridge]", 0, 1, _ => ControlReply.Empty),
    ];

    private IEnumerable<ControlCommand> Multicast =>
    [
        new("mdb/show", "bridge", 1, 1, arguments => NoSnooping(arguments[0])),
        new("mdb/flush", "[bridge]", 0, 1, arguments =>
            arguments.Count == 0 ? ControlReply.Of("table successfully flushed") : NoSnooping(arguments[0])),
    ];

    private IEnumerable<ControlCommand> Queues =>
    [
        new("qos/show", "interface", 1, 1, arguments => OfInterface(arguments[0], "QoS not configured on ")),
        new("qos/show-types", "interface", 1, 1, arguments => OfInterface(arguments[0], "No QoS types supported for interface: ")),
    ];

    /// <summary>The kernel finds routes and neighbours for its tunnels, and the embedded datapath asks the kernel's stack.</summary>
    private static IEnumerable<ControlCommand> Tunnels =>
    [
        new("ofproto/list-tunnels", "", 0, 0, _ => ControlReply.Empty),
        new("tnl/ports/show", "-v", 0, 1, _ => ControlReply.Of("Listening ports:")),
        new("tnl/egress_port_range", "min max", 0, 2, ShowPortRange),
        new("ovs/route/show", "", 0, 0, _ => ControlReply.Of("Route Table:")),
        new("ovs/route/lookup", "ip_addr [pkt_mark=mark]", 1, 2, arguments =>
            ControlReply.Error(IsAddress(arguments[0]) ? "Not found" : "Invalid parameters")),
        new("ovs/route/add", "ip_addr/prefix_len out_br_name [gw] [pkt_mark=mark]", 2, 4, _ => Foreign("routes")),
        new("ovs/route/del", "ip_addr/prefix_len [pkt_mark=mark]", 1, 2, arguments =>
            ControlReply.Error(IsAddress(arguments[0].Split('/')[0]) ? "Not found" : "Invalid parameters")),
        .. NeighbourCommands("tnl/neigh"),
        .. NeighbourCommands("tnl/arp"),
    ];

    private static IEnumerable<ControlCommand> NeighbourCommands(string name) =>
    [
        new($"{name}/show", "", 0, 0, _ => ControlReply.Of($"{"IP",-46}{"MAC",-20}Bridge\n{new string('=', 74)}")),
        new($"{name}/flush", "", 0, 0, _ => ControlReply.Of("OK")),
        new($"{name}/aging", "[SECS]", 0, 1, arguments => arguments.Count == 0 ? ControlReply.Of("900") : Foreign("neighbours")),
        new($"{name}/set", "BRIDGE IP MAC", 3, 3, _ => Foreign("neighbours")),
    ];

    private static IEnumerable<ControlCommand> Of(string error, params (string Name, string? Usage, int Arguments)[] commands) =>
        commands.Select(command => new ControlCommand(
            command.Name, command.Usage, command.Arguments, command.Arguments, _ => ControlReply.Error(error)));

    /// <summary>Nothing at all, or that the one that is named is none.</summary>
    private static ControlReply NoneOr(IReadOnlyList<string> arguments, string error, string none = "") =>
        arguments.Count == 0 ? ControlReply.Of(none) : ControlReply.Error(error);

    private static ControlReply SetForAll(IReadOnlyList<string> arguments, string error) =>
        !_forwarding.Contains(arguments[^1], StringComparer.OrdinalIgnoreCase) ? ControlReply.Error("unknown fault string")
        : arguments.Count > 1 ? ControlReply.Error(error)
        : ControlReply.Of("OK");

    private static bool IsAddress(string text) => IPAddress.TryParse(text, out _);

    private static ControlReply Foreign(string what) =>
        ControlReply.Error($"the {what} of tunnels are the kernel's: see ip(8)");

    private static ControlReply ShowPortRange(IReadOnlyList<string> arguments) => arguments.Count < 2
        ? ControlReply.Of(PortRangeText())
        : ControlReply.Error("the range is the kernel's: see net.ipv4.ip_local_port_range");

    private static string PortRangeText()
    {
        // Open vSwitch's default, which is Linux's own range.
        const int First = 32768;
        const int Last = 61000;
        return string.Create(CultureInfo.InvariantCulture, $"Tunnel UDP source port range: {First}-{Last}");
    }

    private ControlReply NoSnooping(string bridge) =>
        context.TryGetBridge(bridge, out _) ? ControlReply.Error("multicast snooping is disabled") : BridgeLookup.NoSuchBridge;

    private ControlReply OfInterface(string name, string text) =>
        context.Translators.Bridges.Any(bridge => bridge.Name == name || bridge.Ports.Any(port => port.Name == name))
            ? ControlReply.Of(text + name)
            : ControlReply.Error("no such interface");

    /// <summary>The hash by which a bond would choose a member for a MAC address (<c>bond_unixctl_hash</c>).</summary>
    private static ControlReply Hash(IReadOnlyList<string> arguments)
    {
        uint basis = 0;
        ushort vlan = 0;
        if (arguments.Count > 1 && !ushort.TryParse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out vlan))
            return ControlReply.Error("invalid vlan");
        if (arguments.Count > 2 && !uint.TryParse(arguments[2], NumberStyles.None, CultureInfo.InvariantCulture, out basis))
            return ControlReply.Error("invalid basis");
        if (!EthernetAddressText.TryParse(arguments[0], out ulong station))
            return ControlReply.Error("invalid mac");
        const uint Buckets = 0xff;
        return ControlReply.Of(new StringBuilder().Append(BondHash.Of(station, vlan, basis) & Buckets));
    }
}
