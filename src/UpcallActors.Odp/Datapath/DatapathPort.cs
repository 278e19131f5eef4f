namespace UpcallActors.Odp;

/// <summary>
/// A port of the datapath as it is now, or one that could not be added yet. Identified by <see cref="Name"/>, which stays when the
/// device goes and comes again; the number may be another then.
/// </summary>
/// <param name="Number">Datapath port number; null when the port is not there, since its device is not to be had.</param>
/// <param name="Name">Name in the datapath, which is the device's: <c>eth1</c>, <c>br0</c>, <c>vxlan_sys_4789</c>.</param>
/// <param name="Type">What it is. A tunnel has its own type even where the kernel has a plain device with metadata for it.</param>
public sealed record DatapathPort(uint? Number, string Name, OvsVportType Type)
{
    /// <summary>
    /// The device's MTU, bytes behind the Ethernet header; 0 while unknown. A tunnel's
    /// is of the inner frame, and large: the host's stack cuts the outer packet.
    /// </summary>
    public int Mtu { get; init; }

    /// <summary>Whether the device is up and has a carrier: what is sent to it can go out.</summary>
    public bool IsUp { get; init; }

    /// <summary>Whether the device was set up (<c>IFF_UP</c>), carrier or not.</summary>
    public bool IsAdminUp { get; init; }

    /// <summary>The device's Ethernet address, 48 bits; 0 when unknown.</summary>
    public ulong Address { get; init; }

    /// <summary>The device's index in the host; 0 when there is none, or it is in another network namespace.</summary>
    public int IfIndex { get; init; }

    /// <summary>UDP port of a VXLAN or Geneve tunnel, 0 otherwise.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>Counters; null when the port is not there.</summary>
    public VportStats? Statistics { get; init; }

    /// <summary>Whether the port has no number since there is no device of its name.</summary>
    public bool IsDeviceMissing { get; init; }

    /// <summary>Why the port has no number, to be shown to people; null when it has one.</summary>
    public string? Error { get; init; }
}
