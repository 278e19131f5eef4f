using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>Tells clients of ports that came, went or changed.</summary>
internal static class PortNews
{
    // OFPPR_*.
    private const byte Came = 0;
    private const byte Went = 1;
    private const byte Changed = 2;

    /// <summary>Tells all clients what is other than when they were told last.</summary>
    public static void Tell(ServedBridge bridge)
    {
        foreach ((byte reason, OpenFlowPort port) in Between(bridge.ToldPorts, [.. bridge.DescribePorts()]).ToArray())
        {
            foreach (OpenFlowClient client in bridge.Clients.Where(client => client.Wants(AsyncKind.PortStatus, reason)))
                client.Tell(MessageType.PortStatus, new PortStatusMessage(reason, port));
        }

        bridge.ToldPorts = [.. bridge.DescribePorts()];
    }

    private static IEnumerable<(byte Reason, OpenFlowPort Port)> Between(
        IReadOnlyCollection<OpenFlowPort> before, IReadOnlyCollection<OpenFlowPort> after)
    {
        Dictionary<(uint Number, string Name), OpenFlowPort> old = before.ToDictionary(port => (port.Number, port.Name));
        foreach (OpenFlowPort port in after)
        {
            if (!old.Remove((port.Number, port.Name), out OpenFlowPort? was))
                yield return (Came, port);
            else if (was != port)
                yield return (Changed, port);
        }

        foreach (OpenFlowPort gone in old.Values)
            yield return (Went, gone);
    }
}
