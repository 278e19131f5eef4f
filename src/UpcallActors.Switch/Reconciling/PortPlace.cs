using UpcallActors.Odp;

namespace UpcallActors.Switch;

/// <summary>Where an interface is in the datapath.</summary>
/// <param name="Number">The number of the datapath's port.</param>
/// <param name="Mtu">The largest layer 3 packet that goes out of it, bytes.</param>
internal readonly record struct PortPlace(uint Number, int Mtu)
{
    /// <summary>A tunnel's packets are cut by the route they take: it takes whatever IP can be.</summary>
    private const int TunnelMtu = 65535;

    /// <summary>What a device has that tells nothing: Ethernet's.</summary>
    private const int UnknownMtu = 1500;

    internal static PortPlace Of(PortKind kind, uint number, int mtu) =>
        new(number, kind.IsTunnel() ? TunnelMtu : mtu == 0 ? UnknownMtu : mtu);
}
