using Microsoft.Extensions.Logging;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Vswitchd;

/// <summary>Logs what happens to ports; what is wrong with them in the words of <c>bridge.c</c>, which scripts look for.</summary>
internal sealed partial class VswitchdObserver(ILogger logger) : ISwitchObserver
{
    private readonly LoggingObserver _other = new(logger);
    // What was said to be added, until it goes.
    private readonly HashSet<(string Bridge, string Port, uint Number)> _added = [];

    /// <inheritdoc/>
    public void PortPresent(string bridge, string port, uint? openFlow, PortPlace place, string device)
    {
        if (openFlow is { } number && _added.Add((bridge, port, number)))
            Added(bridge, port, number);
        _other.PortPresent(bridge, port, openFlow, place, device);
    }

    /// <inheritdoc/>
    public void PortWaits(string bridge, string port, string device, string reason) => CannotOpen(device, reason);

    /// <inheritdoc/>
    public void PortRefused(string bridge, string port, string reason) => CannotAdd(reason);

    /// <inheritdoc/>
    public void PatchPort(string bridge, string port, string peer, string? problem)
    {
        // Open vSwitch says nothing of a patch port whose peer is yet to come.
        if (problem is null)
            _other.PatchPort(bridge, port, peer, problem);
    }

    /// <inheritdoc/>
    public void DeviceRefuses(string bridge, string port, string reason) => _other.DeviceRefuses(bridge, port, reason);

    /// <inheritdoc/>
    public void PortRemoved(string device)
    {
        _added.RemoveWhere(one => one.Port == device);
        _other.PortRemoved(device);
    }

    /// <inheritdoc/>
    public void PortStays(string device, string reason) => _other.PortStays(device, reason);

    /// <inheritdoc/>
    public void PartUnsupported(UnsupportedPart part) => _other.PartUnsupported(part);

    /// <inheritdoc/>
    public void PartConflicts(string conflict) => _other.PartConflicts(conflict);

    [LoggerMessage(523, LogLevel.Information, "bridge {Bridge}: added interface {Port} on port {Number}")]
    private partial void Added(string bridge, string port, uint number);

    [LoggerMessage(524, LogLevel.Warning, "could not open network device {Device} ({Reason})")]
    private partial void CannotOpen(string device, string reason);

    [LoggerMessage(525, LogLevel.Warning, "{Reason}")]
    private partial void CannotAdd(string reason);
}
