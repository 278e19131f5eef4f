using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace UpcallActors.Switch;

/// <summary>How a switch runs, whatever is wanted of it.</summary>
internal sealed record SwitchOptions
{
    /// <summary>The name of the source whose configuration the switch starts with.</summary>
    public string Source { get; init; } = "configuration";

    /// <summary>Is told what happens to the ports; null for <see cref="LoggingObserver"/> over <see cref="Logger"/>.</summary>
    internal ISwitchObserver? Observer { get; init; }

    /// <summary>Where it is said what fails.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>
    /// The directory, this process's alone, where each bridge has its sockets for OpenFlow clients (<c>BRIDGE.mgmt</c>,
    /// <c>BRIDGE.snoop</c>); null for none.
    /// </summary>
    public string? RunDirectory { get; init; }

    /// <summary>Who the switch is in connections over TLS; null if it has none.</summary>
    public TlsIdentity? Tls { get; init; }

    /// <summary>The ways to controllers that bridges reach through themselves; null to ask the kernel.</summary>
    internal INextHops? NextHops { get; init; }

    /// <summary>Where it is noted how bridges stand with their controllers.</summary>
    internal ControllerStatuses Controllers { get; init; } = new();

    /// <summary>The clock of what is tried again; null for the machine's.</summary>
    public TimeProvider? Time { get; init; }
}
