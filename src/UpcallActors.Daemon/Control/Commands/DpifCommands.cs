using System.Globalization;
using System.Text;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Ofproto;
using UpcallActors.Packets;
using UpcallActors.Switch;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>The <c>dpif/</c> commands: the datapath as the bridges see it (ofproto/ofproto-dpif.c).</summary>
internal sealed class DpifCommands(ControlContext context)
{
    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("dpif/show", "", 0, 0, _ => Show()),
        new("dpif/dump-dps", "", 0, 0, _ => DumpBridges()),
        new("dpif/show-dp-features", "bridge", 1, 1, ShowFeatures),
        new("dpif/dump-flows", "[-m] [--names | --no-names] bridge", 1, int.MaxValue, DumpFlows),
    ];

    /// <summary>One line a bridge, in spite of the name (<c>ofproto_unixctl_dpif_dump_dps</c>).</summary>
    private ControlReply DumpBridges() => ControlReply.Of(
        string.Join('\n', Bridges().Select(bridge => $"{context.Datapath.Type}@{bridge.Name}")));

    private ControlReply Show()
    {
        using var query = new DatapathQuery(context.Datapath);
        DatapathStats stats = query.GetDatapath().Stats ?? default;
        var types = query.GetPorts().ToDictionary(
            port => port.PortNo ?? 0, port => PortDescription.TypeOf(port, context.Datapath.Type));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{context.FullName}: hit:{stats.Hit} missed:{stats.Missed}\n");
        ILookup<string, WaitingInterface> waiting = context.WaitingPorts().ToLookup(port => port.Bridge, StringComparer.Ordinal);
        foreach (Bridge bridge in Bridges())
        {
            text.Append(CultureInfo.InvariantCulture, $"  {bridge.Name}:\n");
            IEnumerable<(string Name, string Line)> lines = bridge.Ports.Select(port => (port.Name, Line(port)))
                .Concat(waiting[bridge.Name].Select(port => (port.Name, WaitingLine(port))));
            foreach ((_, string line) in lines.OrderBy(port => port.Name, StringComparer.Ordinal))
                text.Append(line);
        }

        return ControlReply.Of(text);

        string Line(BridgePort port)
        {
            if (port.Patch is { } patch)
                return $"    {port.Name} {port.Number}/none: (patch: peer={patch.Peer})\n";
            bool isThere = types.TryGetValue(port.DatapathPort, out string? type);
            string number = isThere ? port.DatapathPort.ToString(CultureInfo.InvariantCulture) : "none";
            string options = port.Tunnel is { } tunnel ? PortDescription.Configuration(tunnel, type ?? "vxlan") : "";
            return $"    {port.Name} {port.Number}/{number}: ({type ?? "system"}{(options.Length > 0 ? ": " : "")}{options})\n";
        }
    }

    /// <summary>
    /// A port that the datapath does not have (yet): Open vSwitch leaves it out here, and says why in <c>ovs-vsctl show</c>.
    /// </summary>
    private static string WaitingLine(WaitingInterface port) =>
        $"    {port.Name} {port.Number}/none: ({PortDescription.TypeOf(port.Kind)}, {(port.IsRefused ? "refused" : "waits")}: "
            + $"{port.Reason})\n";

    private ControlReply ShowFeatures(IReadOnlyList<string> arguments) =>
        context.TryGetBridge(arguments[0], out _)
            ? ControlReply.Of(string.Join('\n', context.Datapath.Support.Rows.Select(row => $"{row.Name}: {row.Result}")))
            : BridgeLookup.NoSuchBridge;

    private ControlReply DumpFlows(IReadOnlyList<string> arguments)
    {
        if (!context.TryGetBridge(arguments[^1], out Bridge? bridge))
            return BridgeLookup.NoSuchBridge;
        // Options that there are not are passed over, as Open vSwitch does here.
        bool isVerbose = arguments.SkipLast(1).Contains("-m");
        string? choice = arguments.SkipLast(1).LastOrDefault(argument => argument is "--names" or "--no-names");
        using var query = new DatapathQuery(context.Datapath);
        OdpPortNames? names = (choice == null ? isVerbose : choice == "--names") ? PortDescription.Names(query.GetPorts()) : null;
        var text = new StringBuilder();
        query.ReadFlows(() => text.Clear(), (in FlowMessage flow, ReadOnlySpan<byte> message) =>
        {
            if (OvsFlowKeyReader.TryRead(flow.Key.Of(message), out FlowKey key) != OdpParseError.None
                || context.Translators.FindBridge(key) != bridge)
                return;
            var line = FlowDumpLine.Of(flow, message, context.Datapath.Milliseconds);
            if (isVerbose && line.Ufid is { } ufid)
                text.Append("ufid:").Append(ufid).Append(' ');
            // Unlike dpctl's, these lines do not say which layer has the flow.
            text.Append((line with { Ufid = null, Layer = null }).Format(names, isVerbose)).Append('\n');
        });
        return ControlReply.Of(text);
    }

    private IEnumerable<Bridge> Bridges() => context.Translators.Bridges.OrderBy(bridge => bridge.Name, StringComparer.Ordinal);
}
