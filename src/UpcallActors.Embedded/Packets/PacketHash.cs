using System.Numerics;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Hashes of packets: <c>skb_get_hash</c>, and the HASH action over it. As the kernel's (<c>hashrnd</c> of its flow dissector), they have a
/// secret, so that a sender cannot direct all packets to one handler or one tunnel source port. So the kernel's values cannot be
/// reproduced.
/// </summary>
internal static class PacketHash
{
    /// <summary><c>OVS_PACKET_HASH_SW_BIT</c>.</summary>
    private const ulong SoftwareBit = 1UL << 32;

    /// <summary><c>OVS_PACKET_HASH_L4_BIT</c>.</summary>
    private const ulong TransportBit = 1UL << 33;

    private static readonly KeyedHash _hash = KeyedHash.Create();

    private const uint JenkinsInitial = 0xdeadbeef;

    /// <summary>Gives the packet a hash if it has none.</summary>
    public static void Ensure(PacketBuffer packet, in FlowKey key)
    {
        if (packet.Hash != 0)
            return;
        bool hasPorts = HasPorts(key);
        uint value = (uint)Compute(key, key.NwProto, hasPorts);
        packet.Hash = (value == 0 ? 1 : value) | SoftwareBit | (hasPorts ? TransportBit : 0);
    }

    /// <summary>
    /// A number that is the same for all packets of a flow, its fragments and what they are reassembled to among them:
    /// ports count only where every packet of the flow has them.
    /// </summary>
    public static uint Flow(PacketBuffer packet, in FlowKey key) => (uint)Compute(key, 0, packet.Mru == 0 && HasPorts(key));

    /// <summary>The HASH action's value (<c>execute_hash</c>: <c>jhash_1word</c>, never 0).</summary>
    public static uint Datapath(PacketBuffer packet, in FlowKey key, uint basis)
    {
        Ensure(packet, key);
        uint a = (uint)packet.Hash + JenkinsInitial + 4 + basis;
        uint b = JenkinsInitial + 4 + basis;
        uint c = b;
        unchecked
        {
            c = (c ^ b) - BitOperations.RotateLeft(b, 14);
            a = (a ^ c) - BitOperations.RotateLeft(c, 11);
            b = (b ^ a) - BitOperations.RotateLeft(a, 25);
            c = (c ^ b) - BitOperations.RotateLeft(b, 16);
            a = (a ^ c) - BitOperations.RotateLeft(c, 4);
            b = (b ^ a) - BitOperations.RotateLeft(a, 14);
            c = (c ^ b) - BitOperations.RotateLeft(b, 24);
        }

        return c == 0 ? 1 : c;
    }

    private static bool HasPorts(in FlowKey key) => key.NwFrag == 0 && key.NwProto is IpProtocols.Tcp or IpProtocols.Udp or IpProtocols.Sctp
        && key.EthType is EtherTypes.Ipv4 or EtherTypes.Ipv6;

    private static ulong Compute(in FlowKey key, byte protocol, bool withPorts)
    {
        KeyedHash.Computation hash = _hash.Start();
        switch (key.EthType)
        {
            case EtherTypes.Ipv4:
                hash.Add(((ulong)key.Ipv4Src << 32) | key.Ipv4Dst);
                break;
            case EtherTypes.Ipv6:
                hash.Add((ulong)(key.Ipv6Src >> 64));
                hash.Add((ulong)key.Ipv6Src);
                hash.Add((ulong)(key.Ipv6Dst >> 64));
                hash.Add((ulong)key.Ipv6Dst);
                hash.Add(key.Ipv6Label);
                break;
            default:
                hash.Add(key.EthSrc ^ ((ulong)key.EthType << 48));
                hash.Add(key.EthDst);
                break;
        }

        hash.Add(((ulong)protocol << 32) | (withPorts ? ((uint)key.TpSrc << 16) | key.TpDst : 0));
        return hash.Finish();
    }
}
