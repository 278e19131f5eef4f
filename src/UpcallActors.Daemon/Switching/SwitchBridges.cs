using UpcallActors.Daemon.Configuration;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Switching;

/// <summary>
/// The bridges of a configuration on the ports that a datapath has at the moment. Tables and learned addresses live as long as
/// their bridge is configured; ports come and go. Single owner.
/// </summary>
internal sealed class SwitchBridges
{
    private List<(BridgeOptions Options, FlowTables Tables, MacLearningTable MacLearning)> _bridges = [];

    /// <summary>Bridges with the flows that the configuration gives them.</summary>
    public SwitchBridges(IEnumerable<BridgeOptions> bridges)
    {
        foreach (BridgeOptions options in bridges)
            _bridges.Add(Create(options));
    }

    /// <summary>
    /// Changes to other bridges: those that stay keep their tables and learned MAC addresses. Their flows change with the action that is
    /// returned, which is for when translators have the other ports.
    /// </summary>
    public Action Replace(IEnumerable<BridgeOptions> bridges)
    {
        var before = _bridges.ToDictionary(bridge => bridge.Options.Name, StringComparer.Ordinal);
        var changes = new List<(FlowTables Tables, FlowChange[] Changes)>();
        _bridges = [];
        foreach (BridgeOptions options in bridges)
        {
            if (!before.TryGetValue(options.Name, out (BridgeOptions Options, FlowTables Tables, MacLearningTable MacLearning) bridge))
            {
                _bridges.Add(Create(options));
                continue;
            }

            _bridges.Add((options, bridge.Tables, bridge.MacLearning));
            changes.Add((bridge.Tables, FlowDifference.Between(bridge.Options.Flows.AsSpan(), options.Flows.AsSpan())));
        }

        return () =>
        {
            foreach ((FlowTables tables, FlowChange[] flows) in changes.Where(change => change.Changes.Length > 0))
                tables.Apply(flows);
        };
    }

    /// <summary>
    /// The bridges with the ports that there are: those of the configuration, by their names, and
    /// LOCAL, which has the bridge's name. What is not in <paramref name="places"/> is left out.
    /// </summary>
    public IReadOnlyList<Bridge> On(IReadOnlyDictionary<string, PortPlace> places) => [.. _bridges.Select(bridge => new Bridge(
        bridge.Options.Name,
        bridge.Options.Standalone ? FailMode.Standalone : FailMode.Secure,
        bridge.Tables,
        PortsOf(bridge.Options, places),
        bridge.MacLearning)
    {
        TableNames = bridge.Options.TableNames,
    })];

    private static (BridgeOptions Options, FlowTables Tables, MacLearningTable MacLearning) Create(BridgeOptions options)
    {
        var tables = new FlowTables();
        tables.Apply(options.Flows.AsSpan());
        return (options, tables, new MacLearningTable());
    }

    private static IEnumerable<BridgePort> PortsOf(BridgeOptions bridge, IReadOnlyDictionary<string, PortPlace> places)
    {
        if (places.TryGetValue(bridge.Name, out PortPlace local))
            yield return new BridgePort(OpenFlowPorts.Local, local.Number, bridge.Name) { Mtu = local.Mtu };
        foreach (PortOptions port in bridge.Ports)
        {
            if (!places.TryGetValue(port.Name, out PortPlace place))
                continue;
            yield return new BridgePort((uint)port.Number, place.Number, port.Name)
            {
                Mtu = place.Mtu,
                VlanMode = port.Vlan.Mode,
                Vlan = port.Vlan.Tag,
                Trunks = port.Vlan.Trunks,
                Tunnel = (port as LivePortOptions)?.Tunnel,
            };
        }
    }
}

/// <summary>Where a port is in the datapath.</summary>
/// <param name="Number">Its number there.</param>
/// <param name="Mtu">The largest L3 packet that goes out of it, bytes.</param>
internal readonly record struct PortPlace(uint Number, int Mtu);
