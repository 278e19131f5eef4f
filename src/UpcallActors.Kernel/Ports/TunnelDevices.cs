using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// The devices behind tunnel ports. As <c>dpif_netlink_rtnl_tunnel_create</c> of Open vSwitch does, one device with metadata serves all
/// tunnels of a kind and UDP port. It has Open vSwitch's name for it, and is a port of the datapath like any device.
/// </summary>
internal static class TunnelDevices
{
    private const ushort VxlanPort = 4789;
    private const ushort GenevePort = 6081;

    /// <summary>As large as works with every kind; what is cut is the outer packet.</summary>
    private const int LargestMtu = 65000;

    /// <summary>The device that a port of the configuration needs; null when it is no tunnel.</summary>
    public static MetadataTunnel? TunnelOf(PortRequest request) => request.Kind switch
    {
        PortKind.Vxlan => new MetadataTunnel(MetadataTunnelKind.Vxlan, request.DestinationPort == 0 ? VxlanPort : request.DestinationPort),
        PortKind.Geneve => new MetadataTunnel(MetadataTunnelKind.Geneve,
            request.DestinationPort == 0 ? GenevePort : request.DestinationPort),
        PortKind.Gre => new MetadataTunnel(MetadataTunnelKind.Gretap, 0),
        PortKind.Ip6Gre => new MetadataTunnel(MetadataTunnelKind.Ip6Gretap, 0),
        _ => null,
    };

    /// <summary>The device's name.</summary>
    public static string NameOf(MetadataTunnel tunnel) => tunnel.Kind switch
    {
        MetadataTunnelKind.Vxlan => PortKind.Vxlan.TunnelDevice(tunnel.UdpPort),
        MetadataTunnelKind.Geneve => PortKind.Geneve.TunnelDevice(tunnel.UdpPort),
        MetadataTunnelKind.Gretap => PortKind.Gre.TunnelDevice(0),
        _ => PortKind.Ip6Gre.TunnelDevice(0),
    };

    /// <summary>The type of port that Open vSwitch shows for it.</summary>
    public static OvsVportType TypeOf(MetadataTunnel tunnel) => tunnel.Kind switch
    {
        MetadataTunnelKind.Vxlan => OvsVportType.Vxlan,
        MetadataTunnelKind.Geneve => OvsVportType.Geneve,
        MetadataTunnelKind.Gretap => OvsVportType.Gre,
        _ => OvsVportType.Ip6Gre,
    };

    /// <summary>
    /// Makes the device, or takes an existing one if it is right. A wrong one of the same name is made again, because the name belongs to
    /// the daemon.
    /// </summary>
    public static NetlinkResult Ensure(HostLinks links, MetadataTunnel tunnel)
    {
        string name = NameOf(tunnel);
        NetlinkResult result = links.Create(name, tunnel, LargestMtu);
        if (result.Error != Errno.Exists)
            return result;
        NetlinkResult found = links.Find(name, out Link? present);
        if (!found.Succeeded || present is null)
            return found.Succeeded ? result : found;
        if (present.Tunnel == tunnel)
            return present.Flags.HasFlag(LinkFlags.Up) ? default : links.Set(present.Index, up: true);
        NetlinkResult deleted = links.Delete(present.Index);
        return deleted.Succeeded ? links.Create(name, tunnel, LargestMtu) : deleted;
    }
}
