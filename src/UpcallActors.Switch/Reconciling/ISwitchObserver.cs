namespace UpcallActors.Switch;

/// <summary>
/// Is told what happens to a switch's ports, each thing once. Called on the switch's own thread, which it must not hold up. A bridge
/// that is empty is none.
/// </summary>
internal interface ISwitchObserver
{
    /// <summary>
    /// A port is in the datapath, or is there with another number or MTU. Its OpenFlow number is null when it is of no bridge.
    /// </summary>
    void PortPresent(string bridge, string port, uint? openFlow, PortPlace place, string device);

    /// <summary>A port has no device, or lost it.</summary>
    void PortWaits(string bridge, string port, string device, string reason);

    /// <summary>The datapath does not take a port, or it cannot be used as it is configured.</summary>
    void PortRefused(string bridge, string port, string reason);

    /// <summary>
    /// A patch port is there, or its way has changed. The problem is why it leads nowhere; null when it leads to its peer.
    /// </summary>
    void PatchPort(string bridge, string port, string peer, string? problem);

    /// <summary>A port's device does not take what is configured for it.</summary>
    void DeviceRefuses(string bridge, string port, string reason);

    /// <summary>A port that is not configured was removed from the datapath.</summary>
    void PortRemoved(string device);

    /// <summary>The datapath refuses to remove a port that is not configured.</summary>
    void PortStays(string device, string reason);

    /// <summary>A part of the configuration does nothing, since this switch cannot do it.</summary>
    void PartUnsupported(UnsupportedPart part);

    /// <summary>A part of a source's configuration is left out, since another source has it.</summary>
    void PartConflicts(string conflict);
}
