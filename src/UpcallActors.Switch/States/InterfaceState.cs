using UpcallActors.Odp;

namespace UpcallActors.Switch;

/// <summary>What has become of an interface.</summary>
public enum InterfaceStatus
{
    /// <summary>It is in the datapath, or is a patch port, which has no place there.</summary>
    Present,

    /// <summary>
    /// Its device is not there, or in something else's way. It is tried again when devices change, and ever more rarely by time.
    /// </summary>
    Waiting,

    /// <summary>The datapath refused it. It is tried again likewise.</summary>
    Refused,

    /// <summary>It cannot be used as it is configured; only another configuration changes that.</summary>
    Unusable,
}

/// <summary>An interface that is wanted, as it is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is wanted to be.</param>
/// <param name="Status">What has become of it.</param>
public sealed record InterfaceState(string Name, PortKind Kind, InterfaceStatus Status)
{
    /// <summary>Its OpenFlow number, which it keeps while it waits; null when it has none: it is of no bridge, or none was left.</summary>
    public uint? Number { get; init; }

    /// <summary>Its number in the datapath; null while it is not there, and for a patch port.</summary>
    public uint? DatapathPort { get; init; }

    /// <summary>Its name in the datapath; null while the datapath refuses it.</summary>
    public string? Device { get; init; }

    /// <summary>The name of a patch port's other end; null for other kinds.</summary>
    public string? Peer { get; init; }

    /// <summary>The largest layer 3 packet that goes out of it, bytes; 0 while it is not in the datapath.</summary>
    public int Mtu { get; init; }

    /// <summary>Whether its device is up and has a carrier.</summary>
    public bool IsUp { get; init; }

    /// <summary>Whether its device was set up, carrier or not.</summary>
    public bool IsAdminUp { get; init; }

    /// <summary>Its device's Ethernet address, or that of a patch port; 0 when it is unknown.</summary>
    public ulong Address { get; init; }

    /// <summary>Its device's index in the host; 0 when there is none.</summary>
    public int IfIndex { get; init; }

    /// <summary>Whether it is not in the datapath since there is no device of its name.</summary>
    public bool IsDeviceMissing { get; init; }

    /// <summary>
    /// Why it is not in the datapath, or why a patch port drops what goes into it, for people; null when nothing is wrong.
    /// </summary>
    public string? Reason { get; init; }
}
