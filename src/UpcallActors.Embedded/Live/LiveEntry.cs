using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>A port that is connected to the host, or is about to be.</summary>
internal sealed class LiveEntry(PortRequest request, string name, uint? number)
{
    public PortRequest Request { get; } = request;

    /// <summary>Its name in the datapath.</summary>
    public string Name { get; } = name;

    /// <summary>What connects it; null when it is not connected.</summary>
    public LivePort? Live { get; set; }

    /// <summary>Index of the device behind it, 0 without one.</summary>
    public int DeviceIndex { get; set; }

    /// <summary>The number that it is to have if that is free; null for any.</summary>
    public uint? Number { get; } = number;

    public OvsVportType Type => Request.Kind switch
    {
        PortKind.Internal => OvsVportType.Internal,
        PortKind.Vxlan => OvsVportType.Vxlan,
        _ => OvsVportType.Netdev,
    };

    public ushort DestinationPort => Request.Kind == PortKind.Vxlan ? UdpPortOf(Request) : (ushort)0;

    private static ushort UdpPortOf(PortRequest request) =>
        request.DestinationPort == 0 ? VxlanHeader.DefaultPort : request.DestinationPort;
}
