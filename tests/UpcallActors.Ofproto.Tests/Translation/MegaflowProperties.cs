using System.Globalization;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>
/// What makes a megaflow safe to install: a packet that agrees with the translated one on the mask's bits would have been
/// given the same actions. Random rules and packets; packets differ from one another only where the mask allows it.
/// </summary>
public class MegaflowProperties
{
    private const int DefaultRounds = 400;
    private const int Variants = 60;

    private static readonly string[] _matches =
    [
        "", "in_port=1", "in_port=2", "ip", "tcp", "udp", "icmp", "icmp6", "arp", "tcp,tp_dst=80", "tcp,tp_src=0x400/0xfc00",
        "udp,tp_dst=53", "ip,nw_src=10.0.0.0/8",
        "ip,nw_dst=10.0.0.2", "ip,nw_ttl=1", "ip,nw_tos=32", "ip,nw_frag=later", "ip,nw_frag=no", "dl_src=02:00:00:00:00:01",
        "dl_dst=ff:ff:ff:ff:ff:ff", "dl_vlan=5",
        "vlan_tci=0x1000/0x1000", "vlan_tci=0", "ct_state=-trk", "ct_state=+trk+est", "ct_mark=0x1/0x1", "ct_zone=3", "ipv6",
        "ipv6,ipv6_dst=fc00::/16", "icmp,icmp_type=8",
        "icmp6,icmp_type=135", "reg0=2", "reg1=0x5/0xf", "metadata=0x7", "arp,arp_op=1", "pkt_mark=0x3",
    ];

    private static readonly string[] _actions =
    [
        "output:1", "output:2", "3", "LOCAL", "IN_PORT", "NORMAL", "FLOOD", "drop", "CONTROLLER:100", "resubmit(,1)", "resubmit(2,1)",
        "resubmit(,2)", "resubmit(,1,ct)",
        "load:0x2->NXM_NX_REG0[]", "load:0x5->NXM_NX_REG1[0..3]", "set_field:0x7->metadata", "set_field:10.0.0.9->ip_dst",
        "set_field:fc00::9->ipv6_src", "set_field:0x3->pkt_mark",
        "set_field:02:00:00:00:00:00/ff:ff:ff:00:00:00->eth_src", "move:NXM_OF_ETH_SRC[0..31]->NXM_NX_REG0[]",
        "move:NXM_OF_TCP_SRC[]->NXM_OF_TCP_DST[]", "move:NXM_OF_IP_SRC[]->NXM_OF_IP_DST[]",
        "move:NXM_OF_VLAN_TCI[0..11]->NXM_NX_REG1[0..11]", "mod_dl_dst:02:00:00:00:00:07", "mod_vlan_vid:6", "mod_vlan_pcp:2",
        "mod_nw_src:10.9.9.9", "mod_nw_tos:64", "mod_nw_ecn:1", "mod_nw_ttl:7",
        "mod_tp_src:99", "mod_tp_dst:99", "dec_ttl", "push_vlan:0x8100", "push_vlan:0x88a8", "strip_vlan", "ct(commit,zone=4)",
        "ct(table=1,zone=5)", "ct(commit,zone=NXM_OF_TCP_SRC[])",
        "ct(commit,exec(set_field:0x1->ct_mark))", "ct(commit,exec(move:NXM_OF_IP_SRC[]->NXM_NX_CT_MARK[]))", "ct_clear",
        "clone(strip_vlan,2)", "clone(ct(commit),3)", "clone(mod_dl_src:02:00:00:00:00:08,1)",
        "output:NXM_NX_REG0[]", "output:NXM_NX_REG1[0..3]", "output(port=2,max_len=60)", "strip_vlan,push_vlan:0x8100,mod_vlan_vid:5",
        "set_field:99->tcp_dst",
        "ct(commit,exec(move:NXM_NX_CT_MARK[0..7]->NXM_NX_CT_LABEL[8..15]))", "ct(table=2,zone=NXM_NX_REG0[0..15],nat)",
        "load:0x3->NXM_OF_VLAN_TCI[13..15]",
    ];

    [Fact]
    public void Packets_that_agree_on_the_mask_get_the_same_actions()
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture, out int given)
            ? given
            : DefaultRounds;
        var random = new Random(20261123);
        int compared = 0;
        for (int round = 0; round < rounds; round++)
        {
            string flows = RandomFlows(random);
            // Learning is between packets, not within one: each is asked of a bridge that has heard nothing yet.
            FlowKey packet = RandomPacket(random);
            var bridge = new TestSwitch(flows, random.Next(2) == 0 ? FailMode.Secure : FailMode.Standalone, morePorts: Ports(random));
            TestSwitch.Outcome first = Ask(bridge, packet);
            for (int variant = 0; variant < Variants; variant++)
            {
                FlowKey other = Vary(packet, first.Mask, random);
                TestSwitch.Outcome second = Ask(bridge, other);
                second.Actions.ShouldBe(first.Actions, $"{flows}\n{packet.Describe()}\n{other.Describe()}");
                compared++;
            }
        }

        compared.ShouldBe(rounds * Variants);
    }

    private static TestSwitch.Outcome Ask(TestSwitch bridge, FlowKey packet)
    {
        bridge.Bridge.MacLearning.Flush();
        return bridge.Translate(packet);
    }

    internal static BridgePort[] Ports(Random random) => random.Next(5) switch
    {
        3 => [Port(1, VlanMode.NativeUntagged, 5), Port(2, VlanMode.NativeTagged, 6), Port(3, VlanMode.Dot1qTunnel, 5)],
        4 =>
        [
            Port(1, VlanMode.Dot1qTunnel, 5) with { Cvlans = [0, 5, 6] },
            Port(2, VlanMode.Access, 5) with { PriorityTags = PriorityTags.IfNonzero, IsProtected = true },
            Port(3, VlanMode.Trunk, 0) with { PriorityTags = PriorityTags.Always, IsProtected = true },
        ],
        0 => [new BridgePort(1, 101, "p1") { VlanMode = VlanMode.Access, Vlan = 5, Mtu = 1280 }],
        1 => [new BridgePort(2, 102, "p2") { VlanMode = VlanMode.Access, Vlan = 5 }, new BridgePort(3, 103, "p3") { Trunks = [5, 6] }],
        _ => [],
    };

    private static BridgePort Port(uint number, VlanMode mode, ushort vlan) =>
        new(number, 100 + number, $"p{number}") { VlanMode = mode, Vlan = vlan };

    internal static string RandomFlows(Random random) => string.Join('\n', Enumerable.Range(0, random.Next(3, 14)).Select(_ =>
    {
        string match = _matches[random.Next(_matches.Length)];
        string start = $"table={random.Next(3)},priority={random.Next(1, 100)},{match} actions=";
        // Each action that fits the match and those before it.
        string actions = "";
        for (int more = random.Next(1, 5); more > 0; more--)
        {
            string longer = $"{actions}{(actions.Length > 0 ? "," : "")}{_actions[random.Next(_actions.Length)]}";
            if (!longer.Contains("drop", StringComparison.Ordinal) && FlowSyntax.ParseFile(start + longer).Errors.IsEmpty)
                actions = longer;
        }

        return start + (actions.Length == 0 ? "drop" : actions);
    }));

    internal static FlowKey RandomPacket(Random random)
    {
        uint port = (uint)(100 + random.Next(4));
        FlowKey key = random.Next(8) switch
        {
            0 => Packets.Arp((byte)random.Next(1, 3), port),
            1 => Packets.Ipv6(IpProtocols.Icmpv6, port),
            2 => Packets.Ipv6(IpProtocols.Tcp, port),
            3 => Packets.Ipv4(IpProtocols.Icmp, port),
            4 => Packets.Ipv4(IpProtocols.Udp, port),
            5 => Packets.Ethernet(port),
            _ => Packets.Tcp(port),
        };
        bool ip = key.EthType is EtherTypes.Ipv4 or EtherTypes.Ipv6;
        if (ip && key.NwProto is (IpProtocols.Icmp or IpProtocols.Icmpv6))
            key.TpSrc = (ushort)(key.NwProto == IpProtocols.Icmp ? 8 : 128 + random.Next(2));
        if (ip && random.Next(4) == 0)
            key.NwFrag = (byte)(random.Next(2) == 0 ? FlowKey.FragAny : FlowKey.FragAny | FlowKey.FragLater);
        if ((key.NwFrag & FlowKey.FragLater) != 0)
            (key.TpSrc, key.TpDst) = (0, 0);
        if (ip && random.Next(3) == 0)
            key.NwTtl = (byte)random.Next(1, 4);
        if (random.Next(3) == 0)
            key = key.Tagged((ushort)(5 * random.Next(2)), random.Next(3));
        if (random.Next(8) == 0 && key.VlanTpid != 0)
            key = key.Tagged(6);
        if (random.Next(3) == 0 && ip)
        {
            key.CtState = CtState.Tracked | CtState.Established;
            key.CtZone = 3;
            key.CtOrigProto = key.NwProto;
            key.CtOrigTpSrc = 7;
            if (key.EthType == EtherTypes.Ipv4)
                key.CtOrigIpv4Src = 0x0a000063;
        }

        return key;
    }

    /// <summary>Changes bits outside the mask, as far as the result is still a packet of the same kind.</summary>
    private static FlowKey Vary(in FlowKey packet, in FlowKey mask, Random random)
    {
        FlowKey other = packet;
        Span<ulong> words = other.Words;
        ReadOnlySpan<ulong> fixedBits = mask.ReadOnlyWords;
        // How many headers a packet has is matched by the Ethernet types, which every megaflow has.
        FlowKey kind = default;
        kind.VlanTpid = kind.CvlanTpid = ushort.MaxValue;
        kind.VlanTci = kind.CvlanTci = 0x1000;
        kind.PacketType = uint.MaxValue;
        for (int i = 0; i < FlowKey.WordCount; i++)
        {
            ulong free = ~(fixedBits[i] | kind.ReadOnlyWords[i]);
            words[i] ^= free & (random.Next(3) == 0 ? (ulong)random.NextInt64() : 0);
        }

        KeepWellFormed(packet, ref other, random);
        return other;
    }

    private static void KeepWellFormed(in FlowKey packet, ref FlowKey other, Random random)
    {
        // The tunnel's words belong to packets from a tunnel, and the ones below to headers this packet has not got.
        packet.ReadOnlyWords[..FlowKeyFields.DatapathPort.Word].CopyTo(other.Words);
        packet.ReadOnlyWords[FlowKeyFields.Mpls0.Word..FlowKeyFields.Ipv4Src.Word].CopyTo(other.Words[FlowKeyFields.Mpls0.Word..]);
        if (packet.VlanTpid == 0)
            other.VlanTci = 0;
        if (packet.CvlanTpid == 0)
            other.CvlanTci = 0;
        bool ip = packet.EthType is EtherTypes.Ipv4 or EtherTypes.Ipv6;
        if (!ip)
            (other.TpSrc, other.TpDst, other.NwTtl, other.NwTos, other.NwFrag) = (0, 0, 0, 0, 0);
        if (other.NwProto is IpProtocols.Icmp or IpProtocols.Icmpv6)
            (other.TpSrc, other.TpDst) = ((ushort)(other.TpSrc & 0xff), (ushort)(other.TpDst & 0xff));
        if ((other.NwFrag & FlowKey.FragLater) != 0 || (ip
            && other.NwProto is not (IpProtocols.Tcp or IpProtocols.Udp or IpProtocols.Sctp or IpProtocols.Icmp or IpProtocols.Icmpv6)))
            (other.TpSrc, other.TpDst) = (0, 0);
        if (packet.EthType == EtherTypes.Ipv4 || !ip)
            (other.Ipv6Src, other.Ipv6Dst) = (0, 0);
        if (packet.EthType == EtherTypes.Ipv6)
            (other.Ipv4Src, other.Ipv4Dst) = (0, 0);
        other.CtState &= (CtState)0xff;
        if (random.Next(2) == 0)
            other.RecircId = packet.RecircId;
    }
}
