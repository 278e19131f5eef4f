using System.Buffers.Binary;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// The key of a packet that a controller gives us, as Open vSwitch reads it (<c>miniflow_extract</c>). It believes an IP header only if its
/// length fits the frame, and takes nothing behind that length for the packet; the kernel, which <see cref="KeyExtraction"/> follows, looks
/// at neither.
/// </summary>
internal static class InjectedKey
{
    private const int Ipv4LengthOffset = 2;
    private const int Ipv4HeaderLength = 20;
    private const int Ipv6LengthOffset = 4;
    private const int Ipv6HeaderLength = 40;

    /// <summary>As <see cref="KeyExtraction.TryExtract(ReadOnlySpan{byte}, ref FlowKey, out PacketLayout)"/>.</summary>
    public static bool TryExtract(ReadOnlySpan<byte> frame, ref FlowKey key, out PacketLayout layout)
    {
        if (!KeyExtraction.TryExtract(frame, ref key, out layout))
            return false;
        ReadOnlySpan<byte> network = frame[layout.NetworkOffset..];
        if (LengthOf(key.EthType, network) is not { } length)
        {
            key.Words[FlowKey.L3Start..].Clear();
            layout = new PacketLayout(layout.NetworkOffset, layout.NetworkOffset, 0);
            return true;
        }

        return length == network.Length || KeyExtraction.TryExtract(frame[..(layout.NetworkOffset + length)], ref key, out layout);
    }

    /// <summary>The bytes of the packet; null if its header is wrong (<c>ipv4_sanity_check</c>, <c>ipv6_sanity_check</c>).</summary>
    private static int? LengthOf(ushort type, ReadOnlySpan<byte> network)
    {
        int header;
        int length;
        switch (type)
        {
            case EtherTypes.Ipv4 when network.Length >= Ipv4HeaderLength:
                header = Math.Max((network[0] & 0xf) * 4, Ipv4HeaderLength);
                length = BinaryPrimitives.ReadUInt16BigEndian(network[Ipv4LengthOffset..]);
                break;
            case EtherTypes.Ipv6 when network.Length >= Ipv6HeaderLength:
                header = Ipv6HeaderLength;
                length = header + BinaryPrimitives.ReadUInt16BigEndian(network[Ipv6LengthOffset..]);
                break;
            default:
                return network.Length;
        }

        return length < header || length > network.Length ? null : length;
    }
}
