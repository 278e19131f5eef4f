using Microsoft.Extensions.Logging;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Switching;

/// <summary>
/// Says of each port once that reassembled packets leave on it in smaller fragments than they came in, since its
/// MTU takes no larger ones: each of these packets comes up, and somebody may want a larger MTU. Single owner.
/// </summary>
internal sealed class NarrowPorts(OpenFlowTranslatorFactory translators, ILogger logger)
{
    private readonly HashSet<uint> _said = [];

    /// <summary>Looks for ports that have not been told of.</summary>
    public void Look()
    {
        foreach ((uint datapathPort, _) in translators.Refragmented)
        {
            BridgePort? port = translators.Bridges.SelectMany(bridge => bridge.Ports)
                .FirstOrDefault(port => port.DatapathPort == datapathPort);
            if (port != null && _said.Add(datapathPort))
                logger.Refragmented(port.Name, port.Mtu);
        }
    }
}
