using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// Hashes by which packets are given to one of several. Without a secret: a switch that starts anew, and one beside it, choose alike.
/// </summary>
internal static class SelectionHash
{
    private const ulong Factor = 0xbf58476d1ce4e5b9;
    private const ulong SecondFactor = 0x94d049bb133111eb;
    private const ulong Increment = 0x9e3779b97f4a7c15;
    private const ushort VlanId = 0xfff;
    private const ulong EthernetBits = 0xffff_ffff_ffff;

    /// <summary>A hash with one number more.</summary>
    public static ulong Mix(ulong hash, ulong number)
    {
        // SplitMix64's finish, which brings each bit to each.
        ulong mixed = (hash ^ number) + Increment;
        mixed = (mixed ^ (mixed >> 30)) * Factor;
        mixed = (mixed ^ (mixed >> 27)) * SecondFactor;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>
    /// The hash of addresses, VLANs, protocol and ports, that of a packet's answer too (<c>flow_hash_symmetric_l4</c>). What it is made of
    /// is marked: the ports of TCP and SCTP, not those of UDP, whose fragments have none.
    /// </summary>
    public static ulong SymmetricL4(in FlowKey key, ref FlowKey wildcards, ulong start)
    {
        wildcards.EthSrc = EthernetBits;
        wildcards.EthDst = EthernetBits;
        wildcards.VlanTci |= VlanId;
        wildcards.CvlanTci |= VlanId;
        ulong hash = Mix(Mix(start, key.EthSrc ^ key.EthDst), key.EthType);
        hash = Mix(hash, ((ulong)(uint)(key.VlanTci & VlanId) << 16) | (uint)(key.CvlanTci & VlanId));
        if (key.EthType == EtherTypes.Ipv4)
        {
            wildcards.Ipv4Src = uint.MaxValue;
            wildcards.Ipv4Dst = uint.MaxValue;
            hash = Mix(hash, key.Ipv4Src ^ key.Ipv4Dst);
        }
        else if (key.EthType == EtherTypes.Ipv6)
        {
            wildcards.Ipv6Src = UInt128.MaxValue;
            wildcards.Ipv6Dst = UInt128.MaxValue;
            UInt128 both = key.Ipv6Src ^ key.Ipv6Dst;
            hash = Mix(Mix(hash, (ulong)(both >> 64)), (ulong)both);
        }
        else
        {
            return hash;
        }

        wildcards.NwProto = byte.MaxValue;
        hash = Mix(hash, key.NwProto);
        if (key.NwProto is not (IpProtocols.Tcp or IpProtocols.Sctp) || (key.NwFrag & FlowKey.FragLater) != 0)
            return hash;
        wildcards.TpSrc = ushort.MaxValue;
        wildcards.TpDst = ushort.MaxValue;
        return Mix(hash, (uint)(key.TpSrc ^ key.TpDst));
    }
}
