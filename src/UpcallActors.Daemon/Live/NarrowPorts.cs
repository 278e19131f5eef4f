using Microsoft.Extensions.Logging;
using UpcallActors.Ofproto;

namespace UpcallActors.Daemon.Live;

/// <summary>
/// Logs once for each port that reassembled packets leave it in smaller fragments than they came in, because of its MTU. Each of these
/// packets comes up, so a larger MTU may be better. Single owner.
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
