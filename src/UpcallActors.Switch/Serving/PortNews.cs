using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>Tells clients of ports that came, went or changed.</summary>
internal static class PortNews
{
    // OFPPR_*.
    private const byte Came = 0;
    private const byte Went = 1;
    private const byte Changed = 2;

    /// <summary>
    /// Tells clients what is other than when they were told last, as far as their version shows it
    /// (<c>connmgr_send_port_status</c>).
    /// </summary>
    /// <param name="bridge">The bridge.</param>
    /// <param name="own">Who has changed a port, and is not told of that one.</param>
    public static void Tell(ServedBridge bridge, (OpenFlowClient? Client, uint Port) own = default)
    {
        OpenFlowPort[] now = [.. bridge.DescribePorts()];
        foreach ((byte reason, OpenFlowPort? was, OpenFlowPort port) in Between(bridge.ToldPorts, now).ToArray())
        {
            foreach (OpenFlowClient client in bridge.Clients)
            {
                if ((client, port.Number) != own && client.Wants(AsyncKind.PortStatus, reason)
                    && was?.In(client.Version) != port.In(client.Version))
                    client.Tell(MessageType.PortStatus, new PortStatusMessage(reason, port));
            }
        }

        bridge.ToldPorts = now;
    }

    private static IEnumerable<(byte Reason, OpenFlowPort? Was, OpenFlowPort Port)> Between(
        IReadOnlyCollection<OpenFlowPort> before, IReadOnlyCollection<OpenFlowPort> after)
    {
        Dictionary<(uint Number, string Name), OpenFlowPort> old = before.ToDictionary(port => (port.Number, port.Name));
        foreach (OpenFlowPort port in after)
        {
            if (!old.Remove((port.Number, port.Name), out OpenFlowPort? was))
                yield return (Came, null, port);
            else if (was != port)
                yield return (Changed, was, port);
        }

        foreach (OpenFlowPort gone in old.Values)
            yield return (Went, null, gone);
    }
}
