using Microsoft.Extensions.Logging;
using UpcallActors.Switch;

namespace UpcallActors.Hosting;

/// <summary>Logs what happens to a hosted switch's ports.</summary>
internal sealed class HostedSwitchLog(ILogger logger) : ISwitchObserver
{
    public void PortPresent(string bridge, string port, uint? openFlow, PortPlace place, string device) =>
        logger.PortThere(port, place.Number, place.Mtu);

    public void PortWaits(string bridge, string port, string device, string reason) => logger.PortWaits(port, reason);

    public void PortRefused(string bridge, string port, string reason) => logger.PortRefused(port, reason);

    public void PatchPort(string bridge, string port, string peer, string? problem)
    {
        if (problem is null)
            logger.PatchJoined(port, peer);
        else
            logger.PatchLeadsNowhere(port, problem);
    }

    public void DeviceRefuses(string bridge, string port, string reason) => logger.PortRefused(port, reason);

    public void PortRemoved(string device) => logger.PortRemoved(device);

    public void PortStays(string device, string reason) => logger.PortStays(device, reason);

    public void PartUnsupported(UnsupportedPart part) => logger.PartUnsupported(part.Part, part.Bridge, part.Reason);

    public void PartConflicts(string conflict) => logger.PartConflicts(conflict);
}
