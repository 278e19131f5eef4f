namespace UpcallActors.Packets;

/// <summary>
/// Where the headers of a frame start, in bytes from its first: the offsets that <c>key_extract</c> leaves in an
/// <c>sk_buff</c>.
/// </summary>
/// <param name="NetworkOffset">The network header (<c>network_header</c>); also the length of everything in front of it.</param>
/// <param name="TransportOffset">The transport header, or the network header where there is none.</param>
/// <param name="ExtensionHeaders">Which IPv6 extension headers the packet has (<c>OFPIEH12_*</c> in <c>net/openvswitch/flow.h</c>).</param>
internal readonly record struct PacketLayout(int NetworkOffset, int TransportOffset, ushort ExtensionHeaders)
{
    /// <summary>The layout after bytes were put in front of the network header (or taken away, if negative).</summary>
    internal PacketLayout MovedBy(int bytes) =>
        this with { NetworkOffset = NetworkOffset + bytes, TransportOffset = TransportOffset + bytes };
}
