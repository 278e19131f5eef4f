using System.Buffers.Binary;
using System.Runtime.InteropServices;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Writes fields of a packet and of its key, with the checksums that cover them: <c>execute_masked_set_action</c> and the
/// <c>set_*</c> functions of <c>net/openvswitch/actions.c</c>. A header that the packet does not have in full is an error.
/// </summary>
internal static class SetFields
{
    private const int Ipv4HeaderLength = 20;

    /// <summary>Bytes of a key that can be set; 0 for any other.</summary>
    public static int LengthOf(ushort type) => type switch
    {
        OvsKeyAttribute.Priority or OvsKeyAttribute.SkbMark => 4,
        OvsKeyAttribute.Ethernet => 12,
        OvsKeyAttribute.Ipv4 => 12,
        OvsKeyAttribute.Ipv6 => 40,
        OvsKeyAttribute.Tcp or OvsKeyAttribute.Udp or OvsKeyAttribute.Sctp => 4,
        _ => 0,
    };

    /// <summary>Sets one key under a mask. Returns <see cref="Errno.None"/> or why not.</summary>
    public static Errno Apply(ushort type, ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, PacketBuffer packet, ref FlowKey key)
    {
        switch (type)
        {
            case OvsKeyAttribute.Priority:
                key.SkbPriority = Blend(key.SkbPriority, MemoryMarshal.Read<uint>(value), MemoryMarshal.Read<uint>(mask));
                return Errno.None;
            case OvsKeyAttribute.SkbMark:
                key.SkbMark = Blend(key.SkbMark, MemoryMarshal.Read<uint>(value), MemoryMarshal.Read<uint>(mask));
                return Errno.None;
            case OvsKeyAttribute.Ethernet:
                SetEthernet(value, mask, packet, ref key);
                return Errno.None;
            case OvsKeyAttribute.Ipv4:
                return SetIpv4(value, mask, packet, ref key);
            case OvsKeyAttribute.Ipv6:
                return SetIpv6Fields.Apply(value, mask, packet, ref key);
            case OvsKeyAttribute.Tcp or OvsKeyAttribute.Udp or OvsKeyAttribute.Sctp:
                return SetPorts(type, value, mask, packet, ref key);
            default:
                return Errno.Invalid;
        }
    }

    /// <summary>Changes an address under the transport checksum (<c>update_ip_l4_checksum</c>, <c>update_ipv6_checksum</c>).</summary>
    public static void UpdateTransportChecksum(byte protocol, byte icmp, Span<byte> transport, ReadOnlySpan<byte> before,
        ReadOnlySpan<byte> after)
    {
        int offset = ChecksumOffset(protocol, icmp, transport.Length);
        if (offset == 0 || before.SequenceEqual(after))
            return;
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(transport[offset..]);
        if (protocol == IpProtocols.Udp && checksum == 0)
            return;
        checksum = InternetChecksum.Update(checksum, before, after);
        WriteChecksum(protocol, transport[offset..], checksum);
    }

    private static int ChecksumOffset(byte protocol, byte icmp, int length) => protocol switch
    {
        IpProtocols.Tcp when length >= TransportExtraction.TcpHeaderLength => 16,
        IpProtocols.Udp when length >= TransportExtraction.UdpHeaderLength => 6,
        IpProtocols.Icmpv6 when icmp == IpProtocols.Icmpv6 && length >= 8 => 2,
        _ => 0,
    };

    /// <summary>A UDP checksum of 0 means "none", so one that comes out as 0 is written as its other form.</summary>
    private static void WriteChecksum(byte protocol, Span<byte> target, ushort checksum) =>
        BinaryPrimitives.WriteUInt16BigEndian(target, protocol == IpProtocols.Udp && checksum == 0 ? (ushort)0xffff : checksum);

    private static void SetEthernet(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, PacketBuffer packet, ref FlowKey key)
    {
        // The attribute has the source first, the frame the destination.
        Span<byte> frame = packet.Frame;
        Blend(frame.Slice(6, 6), value[..6], mask[..6]);
        Blend(frame[..6], value[6..12], mask[6..12]);
        key.EthDst = KeyExtraction.ReadAddress(frame);
        key.EthSrc = KeyExtraction.ReadAddress(frame[6..]);
    }

    private static Errno SetIpv4(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, PacketBuffer packet, ref FlowKey key)
    {
        Span<byte> ip = packet.Network;
        if (ip.Length < Ipv4HeaderLength)
            return Errno.Invalid;
        if (SetIpv4Address(ip.Slice(12, 4), value[..4], mask[..4], packet))
            key.Ipv4Src = BinaryPrimitives.ReadUInt32BigEndian(ip[12..]);
        if (SetIpv4Address(ip.Slice(16, 4), value[4..8], mask[4..8], packet))
            key.Ipv4Dst = BinaryPrimitives.ReadUInt32BigEndian(ip[16..]);
        SetIpv4Word(ip, 0, (ushort)Blend(ip[1], value[9], mask[9]), keepHigh: true);
        SetIpv4Word(ip, 8, (ushort)(Blend(ip[8], value[10], mask[10]) << 8), keepHigh: false);
        key.NwTos = ip[1];
        key.NwTtl = ip[8];
        return Errno.None;
    }

    private static bool SetIpv4Address(Span<byte> address, ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, PacketBuffer packet)
    {
        Span<byte> changed = stackalloc byte[4];
        address.CopyTo(changed);
        Blend(changed, value, mask);
        if (changed.SequenceEqual(address))
            return false;
        Span<byte> ip = packet.Network;
        if ((BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x1fff) == 0)
            UpdateTransportChecksum(ip[9], IpProtocols.Icmp, packet.Frame[packet.Layout.TransportOffset..], address, changed);
        UpdateHeaderChecksum(ip, address, changed);
        changed.CopyTo(address);
        packet.Hash = 0;
        return true;
    }

    /// <summary>Changes one byte of a 16-bit word of the header, the other one staying.</summary>
    private static void SetIpv4Word(Span<byte> ip, int offset, ushort value, bool keepHigh)
    {
        Span<byte> changed = stackalloc byte[2];
        ip.Slice(offset, 2).CopyTo(changed);
        if (keepHigh)
            changed[1] = (byte)value;
        else
            changed[0] = (byte)(value >> 8);
        UpdateHeaderChecksum(ip, ip.Slice(offset, 2), changed);
        changed.CopyTo(ip[offset..]);
    }

    private static void UpdateHeaderChecksum(Span<byte> ip, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (!before.SequenceEqual(after))
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..],
                InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(ip[10..]), before, after));
    }

    private static Errno SetPorts(ushort type, ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, PacketBuffer packet, ref FlowKey key)
    {
        byte protocol = type == OvsKeyAttribute.Tcp ? IpProtocols.Tcp : type == OvsKeyAttribute.Udp ? IpProtocols.Udp : IpProtocols.Sctp;
        Span<byte> transport = packet.Frame[packet.Layout.TransportOffset..];
        int needed = protocol switch
        {
            IpProtocols.Tcp => TransportExtraction.TcpHeaderLength,
            IpProtocols.Udp => TransportExtraction.UdpHeaderLength,
            _ => TransportExtraction.SctpHeaderLength,
        };
        if (transport.Length < needed)
            return Errno.Invalid;
        Span<byte> changed = stackalloc byte[4];
        transport[..4].CopyTo(changed);
        Blend(changed, value, mask);
        if (protocol == IpProtocols.Sctp)
        {
            uint wrong = SctpChecksum.Read(transport) ^ SctpChecksum.Compute(transport);
            changed.CopyTo(transport);
            // An error in the checksum is carried through, as set_sctp does.
            SctpChecksum.Write(transport, wrong ^ SctpChecksum.Compute(transport));
        }
        else
        {
            UpdateTransportChecksum(protocol, IpProtocols.Icmp, transport, transport[..4], changed);
            changed.CopyTo(transport);
        }

        key.TpSrc = BinaryPrimitives.ReadUInt16BigEndian(transport);
        key.TpDst = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
        packet.Hash = 0;
        return Errno.None;
    }

    /// <summary>Sets the masked bits of a field.</summary>
    public static void Blend(Span<byte> target, ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask)
    {
        for (int index = 0; index < target.Length; index++)
            target[index] = Blend(target[index], value[index], mask[index]);
    }

    private static byte Blend(byte before, byte value, byte mask) => (byte)((before & ~mask) | (value & mask));

    private static uint Blend(uint before, uint value, uint mask) => (before & ~mask) | (value & mask);
}
