using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Which fields a packet has (<c>flow_wildcards_init_for_packet</c> in Open vSwitch's flow.c), for saying all there is to say of it.
/// </summary>
internal static class PacketMask
{
    private const ushort VlanPresent = 0x1000;
    private const byte AnyFragment = FlowKey.FragAny | FlowKey.FragLater;

    /// <summary>
    /// Every bit of the fields that a packet of this kind has, without context (registers,
    /// connection, recirculation) that is 0, as <c>flow_format</c> leaves it out.
    /// </summary>
    public static Flow Of(in Flow flow)
    {
        Flow mask = default;
        Span<ulong> words = mask.Words;
        ReadOnlySpan<ulong> values = flow.ReadOnlyWords;
        // Registers: each of 32 bits by itself.
        for (int register = 0; register < Flow.RegisterCount; register++)
        {
            ulong bits = 0xffff_fffful << Flow.RegisterShift(register);
            int word = Flow.RegisterWord(register);
            if ((values[word] & bits) != 0)
                words[word] |= bits;
        }

        words[0] = values[0] != 0 ? ulong.MaxValue : 0;
        mask.InPort = flow.InPort != 0 ? ushort.MaxValue : 0u;
        Context(flow.Key, ref mask.Key);
        Tunnel(flow.Key, ref mask.Key);
        mask.Key.EthSrc = 0xffff_ffff_ffff;
        mask.Key.EthDst = 0xffff_ffff_ffff;
        mask.Key.EthType = ushort.MaxValue;
        mask.Key.VlanTci = ushort.MaxValue;
        mask.Key.CvlanTci = (flow.Key.VlanTci & VlanPresent) != 0 ? ushort.MaxValue : (ushort)0;
        Network(flow.Key, ref mask.Key);
        return mask;
    }

    private static void Context(in FlowKey key, ref FlowKey mask)
    {
        mask.PacketType = uint.MaxValue;
        mask.RecircId = key.RecircId != 0 ? uint.MaxValue : 0;
        mask.DpHash = key.DpHash != 0 ? uint.MaxValue : 0;
        mask.SkbPriority = key.SkbPriority != 0 ? uint.MaxValue : 0;
        mask.SkbMark = key.SkbMark != 0 ? uint.MaxValue : 0;
        mask.CtState = key.CtState != 0 ? (CtState)0xff : CtState.None;
        mask.CtZone = key.CtZone != 0 ? ushort.MaxValue : (ushort)0;
        mask.CtMark = key.CtMark != 0 ? uint.MaxValue : 0;
        mask.CtLabels = key.CtLabels != UInt128.Zero ? UInt128.MaxValue : UInt128.Zero;
        if (key.CtOrigProto == 0)
            return;
        mask.CtOrigProto = byte.MaxValue;
        mask.CtOrigTpSrc = ushort.MaxValue;
        mask.CtOrigTpDst = ushort.MaxValue;
        if (key.EthType == EtherTypes.Ipv4)
        {
            mask.CtOrigIpv4Src = uint.MaxValue;
            mask.CtOrigIpv4Dst = uint.MaxValue;
        }
        else
        {
            mask.CtOrigIpv6Src = UInt128.MaxValue;
            mask.CtOrigIpv6Dst = UInt128.MaxValue;
        }
    }

    private static void Tunnel(in FlowKey key, ref FlowKey mask)
    {
        if (!key.IsFromTunnel)
        {
            mask.TunId = key.TunId != 0 ? ulong.MaxValue : 0;
            return;
        }

        mask.TunId = (key.TunFlags & TunnelFlags.Key) != 0 ? ulong.MaxValue : 0;
        mask.TunIpv4Src = uint.MaxValue;
        mask.TunIpv4Dst = uint.MaxValue;
        mask.TunIpv6Src = UInt128.MaxValue;
        mask.TunIpv6Dst = UInt128.MaxValue;
        mask.TunGbpId = ushort.MaxValue;
        mask.TunGbpFlags = byte.MaxValue;
        mask.TunTos = byte.MaxValue;
        mask.TunTtl = byte.MaxValue;
        mask.TunFlags = PacketText.AllTunnelFlags;
    }

    private static void Network(in FlowKey key, ref FlowKey mask)
    {
        switch (key.EthType)
        {
            case EtherTypes.Ipv4:
                mask.Ipv4Src = uint.MaxValue;
                mask.Ipv4Dst = uint.MaxValue;
                break;
            case EtherTypes.Ipv6:
                mask.Ipv6Src = UInt128.MaxValue;
                mask.Ipv6Dst = UInt128.MaxValue;
                mask.Ipv6Label = uint.MaxValue;
                break;
            case EtherTypes.Arp or FieldPrerequisites.EtherTypeRarp:
                mask.Ipv4Src = uint.MaxValue;
                mask.Ipv4Dst = uint.MaxValue;
                mask.NwProto = byte.MaxValue;
                mask.ArpSha = 0xffff_ffff_ffff;
                mask.ArpTha = 0xffff_ffff_ffff;
                return;
            default:
                return;
        }

        mask.NwFrag = AnyFragment;
        mask.NwTos = byte.MaxValue;
        mask.NwTtl = byte.MaxValue;
        mask.NwProto = byte.MaxValue;
        Transport(key, ref mask);
    }

    private static void Transport(in FlowKey key, ref FlowKey mask)
    {
        bool icmpv6 = key.EthType == EtherTypes.Ipv6 && key.NwProto == IpProtocols.Icmpv6;
        // A later fragment has no ports. Of ICMPv6 Open vSwitch shows type
        // and code even so, having looked whether it is neighbour discovery.
        if ((key.NwFrag & FlowKey.FragLater) != 0 && !icmpv6)
            return;
        if (key.NwProto is not (IpProtocols.Icmp or IpProtocols.Icmpv6 or IpProtocols.Tcp or IpProtocols.Udp or IpProtocols.Sctp))
            return;
        mask.TpSrc = ushort.MaxValue;
        mask.TpDst = ushort.MaxValue;
        if (key.NwProto == IpProtocols.Tcp)
            mask.TcpFlags = ushort.MaxValue;
        if (!icmpv6 || !PacketText.IsNeighbourDiscovery(key))
            return;
        mask.NdTarget = UInt128.MaxValue;
        mask.ArpSha = 0xffff_ffff_ffff;
        mask.ArpTha = 0xffff_ffff_ffff;
    }
}
