using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>What every megaflow matches, and what none may (<c>xlate_wc_init</c>, <c>xlate_wc_finish</c>, <c>tnl_wc_init</c>).</summary>
internal static class MegaflowMask
{
    private const byte EcnBits = 3;
    private const byte EcnCongestion = 3;
    private const byte FragmentBits = FlowKey.FragAny | FlowKey.FragLater;
    private const ushort VlanPresent = 0x1000;

    /// <summary>The fields that count as looked at from the start.</summary>
    public static void Begin(in FlowKey key, ref FlowKey mask)
    {
        mask.PacketType = uint.MaxValue;
        mask.DatapathPort = uint.MaxValue;
        mask.RecircId = uint.MaxValue;
        mask.EthType = ushort.MaxValue;
        bool ip = key.EthType is EtherTypes.Ipv4 or EtherTypes.Ipv6;
        if (ip)
            mask.NwFrag = FragmentBits;
        if (!key.IsFromTunnel)
            return;

        mask.TunId = ulong.MaxValue;
        if (key.TunIpv4Dst != 0)
        {
            mask.TunIpv4Src = uint.MaxValue;
            mask.TunIpv4Dst = uint.MaxValue;
        }
        else
        {
            mask.TunIpv6Src = UInt128.MaxValue;
            mask.TunIpv6Dst = UInt128.MaxValue;
        }

        mask.TunFlags = TunnelFlags.DontFragment | TunnelFlags.Checksum | TunnelFlags.Key;
        mask.TunTos = byte.MaxValue;
        if (!ip || (key.TunTos & EcnBits) != EcnCongestion)
            return;
        // The mark goes over to the packet by a SET of its IP header, which HeaderCommit leaves out for protocol 0.
        mask.NwTos |= EcnBits;
        mask.NwProto = byte.MaxValue;
    }

    /// <summary>
    /// A megaflow's mask as the tables have it: the datapath's port is exact in each, and the OpenFlow port follows from it (for a
    /// tunnel or after a recirculation together with others that are exact).
    /// </summary>
    public static Flow InTables(in FlowKey mask) => new(mask, ushort.MaxValue);

    /// <summary>Takes out what the packet, as it came up, does not have: the datapath could not match on it.</summary>
    public static void End(in FlowKey key, ref FlowKey mask)
    {
        if (key.PacketType != 0)
        {
            mask.EthDst = 0;
            mask.EthSrc = 0;
        }

        // An ICMP type and code have 8 bits; the classifier knows ports of 16.
        bool icmp = (key.EthType == EtherTypes.Ipv4 && key.NwProto == IpProtocols.Icmp)
            || (key.EthType == EtherTypes.Ipv6 && key.NwProto == IpProtocols.Icmpv6);
        if (icmp)
        {
            mask.TpSrc &= byte.MaxValue;
            mask.TpDst &= byte.MaxValue;
        }

        if ((key.NwFrag & FlowKey.FragLater) != 0)
        {
            mask.TpSrc = 0;
            mask.TpDst = 0;
        }

        if (mask.VlanTci != 0)
            mask.VlanTci |= VlanPresent;
        if (mask.CvlanTci != 0)
            mask.CvlanTci |= VlanPresent;
        if (key.VlanTpid == 0)
        {
            mask.VlanTpid = 0;
            mask.VlanTci = 0;
        }

        if (key.CvlanTpid == 0)
        {
            mask.CvlanTpid = 0;
            mask.CvlanTci = 0;
        }

        if (!key.IsFromTunnel)
            mask.Words[..FlowKeyFields.DatapathPort.Word].Clear();
    }
}
