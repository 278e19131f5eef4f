using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>Bridges of a configuration on ports that stay as they are: those of a recording, for example.</summary>
internal static class ConfiguredBridges
{
    /// <summary>
    /// Bridges with the ports of a configuration that have a place, and their own. Others are left out, and so is what cannot be used as
    /// it is configured.
    /// </summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="datapath">The datapath's name.</param>
    /// <param name="places">Where interfaces are in the datapath, by their names; a bridge's own port has the bridge's.</param>
    /// <exception cref="FlowRefusedException">The flows of a bridge do not go together.</exception>
    public static IReadOnlyList<Bridge> On(
        SwitchConfiguration configuration, string datapath, IReadOnlyDictionary<string, PortPlace> places)
    {
        var plan = new InterfacePlan(configuration, datapath);
        ILookup<string, PlannedInterface> byBridge = plan.Interfaces.Where(one => one.Obstacle is null)
            .ToLookup(one => one.BridgeName, StringComparer.Ordinal);
        var bridges = new List<Bridge>(configuration.Bridges.Count);
        foreach (BridgeConfiguration bridge in configuration.Bridges)
        {
            var live = new LiveBridge(bridge, TimeProvider.System);
            live.Configure(bridge, [.. byBridge[bridge.Name]]);
            bridges.Add(live.On([.. PortsOf(live, byBridge[bridge.Name], places)]));
        }

        return bridges;
    }

    private static IEnumerable<BridgePort> PortsOf(
        LiveBridge bridge, IEnumerable<PlannedInterface> interfaces, IReadOnlyDictionary<string, PortPlace> places)
    {
        foreach (PlannedInterface one in interfaces)
        {
            if (one.IsPatch && bridge.NumberOf(one) is { } patch)
                yield return new WantedInterface(one, patch).AsPatch();
            else if (places.TryGetValue(one.Interface.Name, out PortPlace place) && bridge.NumberOf(one) is { } number)
                yield return new WantedInterface(one, number).At(place);
        }
    }
}
