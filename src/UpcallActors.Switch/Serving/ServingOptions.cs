using Microsoft.Extensions.Logging;
using UpcallActors.Odp;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>How bridges are served to OpenFlow clients.</summary>
/// <param name="RunDirectory">Where each bridge has its sockets; null for none.</param>
/// <param name="Loop">The loop that the server runs on.</param>
/// <param name="Poller">The sockets of the loop.</param>
/// <param name="Ports">The datapath's ports, for what they count.</param>
/// <param name="Time">The loop's time.</param>
/// <param name="Logger">Where it is said what happens.</param>
internal sealed record ServingOptions(
    string? RunDirectory, LoopDispatcher Loop, SocketPoller Poller, IDatapathPorts Ports, TimeProvider Time, ILogger Logger)
{
    /// <summary>The connections that the datapath tracks; null if it tracks none.</summary>
    public IConntrack? Conntrack { get; init; }

    /// <summary>What becomes of packets for clients.</summary>
    public required PacketInCounters PacketIns { get; init; }

    /// <summary>Where it is noted how bridges stand with their controllers.</summary>
    public required ControllerStatuses Controllers { get; init; }

    /// <summary>The ways to controllers that bridges reach through themselves.</summary>
    public required INextHops NextHops { get; init; }

    /// <summary>Who the switch is in connections over TLS; null if it has none.</summary>
    public TlsIdentity? Tls { get; init; }
}
