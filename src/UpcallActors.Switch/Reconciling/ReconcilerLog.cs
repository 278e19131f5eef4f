using Microsoft.Extensions.Logging;

namespace UpcallActors.Switch;

/// <summary>The log events of a switch's ports and of its datapath's opening: 520, 523 to 526, 531, 533 to 538.</summary>
internal static partial class ReconcilerLog
{
    /// <summary>Why this datapath and not another.</summary>
    [LoggerMessage(520, LogLevel.Information, "Datapath type auto: {Type}, because {Reason}")]
    public static partial void Chosen(this ILogger logger, string type, string reason);

    /// <summary>A port is in the datapath, or is there with another number or MTU.</summary>
    [LoggerMessage(523, LogLevel.Information, "Port {Port} of {Bridge}: datapath port {Number} ({Device}), MTU {Mtu}")]
    public static partial void PortPresent(this ILogger logger, string port, string bridge, uint number, string device, int mtu);

    /// <summary>A port has no device.</summary>
    [LoggerMessage(524, LogLevel.Warning, "Port {Port} of {Bridge} waits for its device {Device}: {Reason}")]
    public static partial void PortWaits(this ILogger logger, string port, string bridge, string device, string reason);

    /// <summary>The datapath does not take a port.</summary>
    [LoggerMessage(525, LogLevel.Error, "Port {Port} of {Bridge} is refused: {Reason}")]
    public static partial void PortRefused(this ILogger logger, string port, string bridge, string reason);

    /// <summary>A port that an earlier run left.</summary>
    [LoggerMessage(526, LogLevel.Information, "Removed the datapath's port {Port}, which is no longer configured")]
    public static partial void PortRemoved(this ILogger logger, string port);

    /// <summary>A port cannot be taken out.</summary>
    [LoggerMessage(531, LogLevel.Warning, "The datapath's port {Port}, which is no longer configured, stays: {Reason}")]
    public static partial void PortStays(this ILogger logger, string port, string reason);

    /// <summary>Something is configured that does nothing.</summary>
    [LoggerMessage(533, LogLevel.Warning, "The {Part} of bridge {Bridge} has no effect: {Reason}")]
    public static partial void PartUnsupported(this ILogger logger, string part, string bridge, string reason);

    /// <summary>Two sources want the same.</summary>
    [LoggerMessage(534, LogLevel.Warning, "Configured twice: {Conflict}")]
    public static partial void PartConflicts(this ILogger logger, string conflict);

    /// <summary>The actor failed, and goes on.</summary>
    [LoggerMessage(535, LogLevel.Error, "Looking after the switch's ports failed; it goes on")]
    public static partial void SwitchFailed(this ILogger logger, Exception failure);

    /// <summary>A device cannot be set as it is wanted.</summary>
    [LoggerMessage(538, LogLevel.Error, "Port {Port} of {Bridge}: {Reason}")]
    public static partial void DeviceRefuses(this ILogger logger, string port, string bridge, string reason);

    /// <summary>A patch port leads to its peer.</summary>
    [LoggerMessage(536, LogLevel.Information, "Patch port {Port} of {Bridge} leads to {Peer}")]
    public static partial void PatchJoined(this ILogger logger, string port, string bridge, string peer);

    /// <summary>A patch port drops packets.</summary>
    [LoggerMessage(537, LogLevel.Warning, "Patch port {Port} of {Bridge} leads nowhere: {Reason}")]
    public static partial void PatchLeadsNowhere(this ILogger logger, string port, string bridge, string reason);
}
