using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>Writes IPv6 fields with the transport checksum: <c>set_ipv6</c> in <c>net/openvswitch/actions.c</c>.</summary>
internal static class SetIpv6Fields
{
    private const int AddressLength = 16;
    private const int SourceOffset = 8;
    private const int DestinationOffset = 24;
    private const int LabelOffset = 32;
    private const uint LabelBits = 0xf_ffff;

    /// <summary>Applies a <c>struct ovs_key_ipv6</c> under its mask. Returns <see cref="Errno.None"/> or why not.</summary>
    public static Errno Apply(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, PacketBuffer packet, ref FlowKey key)
    {
        Span<byte> ip = packet.Network;
        if (ip.Length < Ipv6Extraction.HeaderLength)
            return Errno.Invalid;
        if (SetAddress(SourceOffset, value[..AddressLength], mask[..AddressLength], packet, key.NwProto))
            key.Ipv6Src = BinaryPrimitives.ReadUInt128BigEndian(ip[SourceOffset..]);
        if (SetAddress(DestinationOffset, value.Slice(AddressLength, AddressLength), mask.Slice(AddressLength, AddressLength), packet,
            key.NwProto))
            key.Ipv6Dst = BinaryPrimitives.ReadUInt128BigEndian(ip[DestinationOffset..]);

        uint first = BinaryPrimitives.ReadUInt32BigEndian(ip);
        uint bits = ((uint)mask[37] << 20) | (BinaryPrimitives.ReadUInt32BigEndian(mask[LabelOffset..]) & LabelBits);
        uint wanted = ((uint)value[37] << 20) | (BinaryPrimitives.ReadUInt32BigEndian(value[LabelOffset..]) & LabelBits);
        first = (first & ~bits) | (wanted & bits);
        BinaryPrimitives.WriteUInt32BigEndian(ip, first);
        SetFields.Blend(ip.Slice(7, 1), value.Slice(38, 1), mask.Slice(38, 1));
        key.NwTos = (byte)(first >> 20);
        key.Ipv6Label = first & LabelBits;
        key.NwTtl = ip[7];
        return Errno.None;
    }

    private static bool SetAddress(int offset, ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, PacketBuffer packet, byte protocol)
    {
        Span<byte> ip = packet.Network;
        Span<byte> address = ip.Slice(offset, AddressLength);
        Span<byte> changed = stackalloc byte[AddressLength];
        address.CopyTo(changed);
        SetFields.Blend(changed, value, mask);
        if (changed.SequenceEqual(address))
            return false;

        // With a routing header still to be followed, the checksum covers the final destination, not this one.
        if (offset != DestinationOffset || !Ipv6Extraction.HasActiveRoutingHeader(ip))
            SetFields.UpdateTransportChecksum(protocol, IpProtocols.Icmpv6, packet.Frame[packet.Layout.TransportOffset..],
                address, changed);
        changed.CopyTo(address);
        packet.Hash = 0;
        return true;
    }
}
