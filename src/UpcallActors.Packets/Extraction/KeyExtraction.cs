using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>
/// Reads the flow key out of a frame as <c>key_extract</c> in the kernel's <c>net/openvswitch/flow.c</c> does, also for malformed headers:
/// fields that cannot be read stay zero. Only a frame shorter than an Ethernet header, or with an invalid NSH header, is refused.
/// </summary>
internal static class KeyExtraction
{
    private const int EthernetTypeOffset = 12;
    private const int SnapHeaderLength = 8;
    private const byte SnapLinkServiceAccessPoint = 0xaa;
    private const int MplsLabelLength = 4;
    private const int MplsDepth = 3;
    private const uint MplsBottomOfStack = 0x100;
    private const int ArpLength = 28;

    /// <summary>The bit of <see cref="FlowKey.VlanTci"/> that says "there is a tag" (<c>VLAN_CFI_MASK</c>).</summary>
    private const ushort TagPresent = 0x1000;

    /// <summary>
    /// Sets the L2, L3 and L4 fields of <paramref name="key"/> from a frame as it is on the wire and leaves its metadata
    /// alone. False when the frame is too short to be one (14 bytes), or its NSH header makes no sense.
    /// </summary>
    public static bool TryExtract(ReadOnlySpan<byte> frame, ref FlowKey key, out PacketLayout layout) =>
        TryExtract(frame, 0, 0, ref key, out layout);

    /// <summary>The same for a frame whose outer VLAN tag was taken out of its bytes already.</summary>
    internal static bool TryExtract(ReadOnlySpan<byte> frame, ushort outerTpid, ushort outerTci, ref FlowKey key, out PacketLayout layout)
    {
        key.Words[FlowKey.L2Start..].Clear();
        layout = default;
        if (frame.Length < EthernetHeader.Length)
            return false;
        key.EthDst = ReadAddress(frame);
        key.EthSrc = ReadAddress(frame[6..]);

        int offset = EthernetTypeOffset;
        if (outerTpid != 0)
        {
            key.VlanTpid = outerTpid;
            key.VlanTci = (ushort)(outerTci | TagPresent);
        }
        else
        {
            (key.VlanTpid, key.VlanTci) = ReadTag(frame, ref offset);
        }

        if (key.VlanTpid != 0)
            (key.CvlanTpid, key.CvlanTci) = ReadTag(frame, ref offset);

        key.EthType = ReadEtherType(frame, ref offset);
        NoteUnreadTag(ref key);
        layout = new PacketLayout(offset, offset, 0);
        ExtractL3(frame, ref key, ref layout);
        return key.EthType != EtherTypes.Nsh || NshExtraction.TryExtract(frame[offset..], ref key);
    }

    /// <summary>Reads L3 and L4 anew from a frame whose L2 has not changed (<c>ovs_flow_key_update_l3l4</c>).</summary>
    internal static void ExtractL3(ReadOnlySpan<byte> frame, ref FlowKey key, ref PacketLayout layout)
    {
        key.Words[FlowKey.L3Start..].Clear();
        layout = new PacketLayout(layout.NetworkOffset, layout.NetworkOffset, 0);
        ReadOnlySpan<byte> network = frame[layout.NetworkOffset..];
        switch (key.EthType)
        {
            case EtherTypes.Ipv4:
                ExtractIpv4(network, ref key, ref layout);
                break;
            case EtherTypes.Ipv6:
                Ipv6Extraction.Extract(network, ref key, ref layout);
                break;
            case EtherTypes.Arp or EtherTypes.Rarp:
                ExtractArp(network, ref key);
                break;
            case EtherTypes.MplsUnicast or EtherTypes.MplsMulticast:
                ExtractMpls(network, ref key);
                break;
        }
    }

    /// <summary>
    /// A tag's EtherType without a tag to read: the frame ends there, or has the type in a SNAP header. The TPID is then the EtherType, as
    /// Open vSwitch and the readers of a key say it. The kernel leaves it 0 (<c>parse_vlan_tag</c>), and does not take its own key when it
    /// is to be a flow's.
    /// </summary>
    private static void NoteUnreadTag(ref FlowKey key)
    {
        if (!EtherTypes.IsVlan(key.EthType))
            return;
        if (key.VlanTci == 0)
            key.VlanTpid = key.EthType;
        else if (key.CvlanTci == 0)
            key.CvlanTpid = key.EthType;
    }

    /// <summary>The tag at a place; zeros where there is none, or none that is followed by a type.</summary>
    private static (ushort Tpid, ushort Tci) ReadTag(ReadOnlySpan<byte> frame, ref int offset)
    {
        if (frame.Length - offset < EthernetHeader.VlanTagLength + sizeof(ushort))
            return default;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]);
        if (!EtherTypes.IsVlan(type))
            return default;
        ushort tci = BinaryPrimitives.ReadUInt16BigEndian(frame[(offset + 2)..]);
        offset += EthernetHeader.VlanTagLength;
        return (type, (ushort)(tci | TagPresent));
    }

    /// <summary><c>parse_ethertype</c>: a type, or the type inside an 802.2 SNAP header.</summary>
    private static ushort ReadEtherType(ReadOnlySpan<byte> frame, ref int offset)
    {
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]);
        offset += sizeof(ushort);
        if (type >= EtherTypes.SmallestType)
            return type;
        ReadOnlySpan<byte> rest = frame[offset..];
        if (rest.Length < SnapHeaderLength
            || rest[0] != SnapLinkServiceAccessPoint || rest[1] != SnapLinkServiceAccessPoint || (rest[3] | rest[4] | rest[5]) != 0)
            return EtherTypes.None;
        offset += SnapHeaderLength;
        ushort inner = BinaryPrimitives.ReadUInt16BigEndian(rest[6..]);
        return inner >= EtherTypes.SmallestType ? inner : EtherTypes.None;
    }

    private static void ExtractIpv4(ReadOnlySpan<byte> network, ref FlowKey key, ref PacketLayout layout)
    {
        const int ShortestHeader = 20;
        const int OffsetMask = 0x1fff;
        const int MoreFragments = 0x2000;
        if (network.Length < ShortestHeader)
            return;
        int headerLength = (network[0] & 0xf) * 4;
        if (headerLength < ShortestHeader || network.Length < headerLength)
            return;
        layout = layout with { TransportOffset = layout.NetworkOffset + headerLength };
        key.Ipv4Src = BinaryPrimitives.ReadUInt32BigEndian(network[12..]);
        key.Ipv4Dst = BinaryPrimitives.ReadUInt32BigEndian(network[16..]);
        key.NwProto = network[9];
        key.NwTos = network[1];
        key.NwTtl = network[8];
        int fragment = BinaryPrimitives.ReadUInt16BigEndian(network[6..]);
        if ((fragment & OffsetMask) != 0)
        {
            key.NwFrag = FlowKey.FragAny | FlowKey.FragLater;
            return;
        }

        key.NwFrag = (fragment & MoreFragments) != 0 ? FlowKey.FragAny : (byte)0;
        TransportExtraction.Extract(network[headerLength..], IpProtocols.Icmp, ref key);
    }

    private static void ExtractArp(ReadOnlySpan<byte> network, ref FlowKey key)
    {
        const uint EthernetIpv4 = 0x0001_0800;
        const ushort AddressLengths = 0x0604;
        if (network.Length < ArpLength
            || BinaryPrimitives.ReadUInt32BigEndian(network) != EthernetIpv4
            || BinaryPrimitives.ReadUInt16BigEndian(network[4..]) != AddressLengths)
            return;
        ushort operation = BinaryPrimitives.ReadUInt16BigEndian(network[6..]);
        key.NwProto = operation <= byte.MaxValue ? (byte)operation : (byte)0;
        key.ArpSha = ReadAddress(network[8..]);
        key.Ipv4Src = BinaryPrimitives.ReadUInt32BigEndian(network[14..]);
        key.ArpTha = ReadAddress(network[18..]);
        key.Ipv4Dst = BinaryPrimitives.ReadUInt32BigEndian(network[24..]);
    }

    private static void ExtractMpls(ReadOnlySpan<byte> network, ref FlowKey key)
    {
        for (int label = 0; label < MplsDepth && network.Length >= (label + 1) * MplsLabelLength; label++)
        {
            uint entry = BinaryPrimitives.ReadUInt32BigEndian(network[(label * MplsLabelLength)..]);
            if (label == 0)
                key.Mpls0 = entry;
            else if (label == 1)
                key.Mpls1 = entry;
            else
                key.Mpls2 = entry;
            if ((entry & MplsBottomOfStack) != 0)
                return;
        }
    }

    /// <summary>Reads a 48-bit hardware address.</summary>
    internal static ulong ReadAddress(ReadOnlySpan<byte> bytes) =>
        ((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]);
}
