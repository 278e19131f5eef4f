using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>What the kernel says of vports and devices, put together.</summary>
internal static class PortListing
{
    /// <summary>The ports by number.</summary>
    public static List<DatapathPort> Of(IReadOnlyList<VportMessage> vports, IReadOnlyList<Link> links)
    {
        Dictionary<int, Link> byIndex = [];
        foreach (Link link in links)
            byIndex[link.Index] = link;
        List<DatapathPort> ports = [];
        foreach (VportMessage vport in vports)
            ports.Add(Of(vport, DeviceOf(vport, byIndex)));
        ports.Sort((one, other) => one.Number!.Value.CompareTo(other.Number!.Value));
        return ports;
    }

    /// <summary>One port. <paramref name="vport"/> has number and name, as every one that the kernel sends.</summary>
    public static DatapathPort Of(VportMessage vport, Link? device) => new(vport.PortNo!.Value, vport.Name!, TypeOf(vport, device))
    {
        Mtu = device?.Mtu ?? 0,
        IsUp = device?.IsUp ?? false,
        IsAdminUp = device?.IsAdminUp ?? false,
        Address = device?.Address ?? 0,
        IfIndex = device?.Index ?? 0,
        DestinationPort = vport.TunnelDstPort ?? device?.Tunnel?.UdpPort ?? 0,
        Statistics = vport.Stats,
    };

    /// <summary>Whether a device is the vport's, and not just another of its name.</summary>
    public static bool IsBehind(VportMessage vport, Link? device) => vport.NetnsId is null && device?.Index == vport.IfIndex;

    /// <summary>A device in another network namespace cannot be looked up here by its index.</summary>
    private static Link? DeviceOf(VportMessage vport, Dictionary<int, Link> links) =>
        vport.NetnsId is null && vport.IfIndex is { } index ? links.GetValueOrDefault((int)index) : null;

    private static OvsVportType TypeOf(VportMessage vport, Link? device)
    {
        OvsVportType type = vport.Type ?? OvsVportType.Netdev;
        return type == OvsVportType.Netdev && device?.Tunnel is { } tunnel ? TunnelDevices.TypeOf(tunnel) : type;
    }
}
