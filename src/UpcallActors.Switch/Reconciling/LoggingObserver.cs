using Microsoft.Extensions.Logging;

namespace UpcallActors.Switch;

/// <summary>Logs what happens to a switch's ports.</summary>
/// <param name="logger">Where to.</param>
internal sealed class LoggingObserver(ILogger logger) : ISwitchObserver
{
    /// <inheritdoc/>
    public void PortPresent(string bridge, string port, uint? openFlow, PortPlace place, string device) =>
        logger.PortPresent(port, bridge, place.Number, device, place.Mtu);

    /// <inheritdoc/>
    public void PortWaits(string bridge, string port, string device, string reason) => logger.PortWaits(port, bridge, device, reason);

    /// <inheritdoc/>
    public void PortRefused(string bridge, string port, string reason) => logger.PortRefused(port, bridge, reason);

    /// <inheritdoc/>
    public void PatchPort(string bridge, string port, string peer, string? problem)
    {
        if (problem is null)
            logger.PatchJoined(port, bridge, peer);
        else
            logger.PatchLeadsNowhere(port, bridge, problem);
    }

    /// <inheritdoc/>
    public void DeviceRefuses(string bridge, string port, string reason) => logger.DeviceRefuses(port, bridge, reason);

    /// <inheritdoc/>
    public void PortRemoved(string device) => logger.PortRemoved(device);

    /// <inheritdoc/>
    public void PortStays(string device, string reason) => logger.PortStays(device, reason);

    /// <inheritdoc/>
    public void PartUnsupported(UnsupportedPart part) => logger.PartUnsupported(part.Part, part.Bridge, part.Reason);

    /// <inheritdoc/>
    public void PartConflicts(string conflict) => logger.PartConflicts(conflict);
}
