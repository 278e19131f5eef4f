using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

public class TunnelTests
{
    private const uint Far1 = 0xac100001;
    private const uint Far2 = 0xac100002;
    private const uint Near = 0xac1000ff;
    private const uint Socket = 200;

    [Fact]
    public void Output_to_a_tunnel_sets_the_key_of_its_far_end_once()
    {
        TestSwitch bridge = WithTunnels("actions=10,10,11,2");
        bridge.Translate(Packets.Tcp()).Text.ShouldBe(
            "set(tunnel(dst=172.16.0.1,ttl=64,tp_dst=4789,flags(df))),200,200,set(tunnel(tun_id=0x7,dst=172.16.0.2,ttl=64,tp_dst=4789,"
                + "flags(df|csum|key))),200,102");
    }

    [Fact]
    public void The_inner_ecn_goes_into_the_outer_header()
    {
        TestSwitch bridge = WithTunnels("actions=10");
        FlowKey capable = Packets.Tcp();
        capable.NwTos = 1;
        TestSwitch.Outcome outcome = bridge.Translate(capable);
        outcome.Text.ShouldBe("set(tunnel(dst=172.16.0.1,tos=0x1,ttl=64,tp_dst=4789,flags(df))),200");
        outcome.Mask.NwTos.ShouldBe((byte)3);
        FlowKey congested = Packets.Tcp();
        congested.NwTos = 3;
        bridge.Translate(congested).Text.ShouldBe("set(tunnel(dst=172.16.0.1,tos=0x2,ttl=64,tp_dst=4789,flags(df))),200");
    }

    [Fact]
    public void A_received_packet_belongs_to_the_port_whose_far_end_sent_it()
    {
        TestSwitch bridge = WithTunnels("in_port=10,actions=1\nin_port=11,actions=2");
        bridge.Translate(From(Far1, 0)).Outputs.ShouldBe([101u]);
        TestSwitch.Outcome second = bridge.Translate(From(Far2, 7));
        second.Outputs.ShouldBe([102u]);
        second.Mask.TunIpv4Src.ShouldBe(uint.MaxValue);
        second.Mask.TunId.ShouldBe(ulong.MaxValue);
        bridge.Translate(From(Far2, 8)).Translation.Error.ShouldBe(XlateError.BridgeNotFound);
        bridge.Translate(From(Near, 0)).Translation.Error.ShouldBe(XlateError.BridgeNotFound);
    }

    [Fact]
    public void Of_ports_that_would_take_a_packet_the_one_with_most_of_it_configured_gets_it()
    {
        TunnelPort[] ends =
        [
            new() { IsRemoteFlow = true, IsLocalFlow = true, InKey = TunnelKey.Flow },
            new() { IsRemoteFlow = true, InKey = TunnelKey.Flow },
            new() { IsRemoteFlow = true, LocalIpv4 = Near, InKey = TunnelKey.Flow },
            new() { RemoteIpv4 = Far1, InKey = TunnelKey.Flow },
            new() { RemoteIpv4 = Far1, LocalIpv4 = Near, InKey = TunnelKey.Flow },
            new() { IsRemoteFlow = true, IsLocalFlow = true, InKey = TunnelKey.Of(5) },
            new() { IsRemoteFlow = true, InKey = TunnelKey.Of(5) },
            new() { IsRemoteFlow = true, LocalIpv4 = Near, InKey = TunnelKey.Of(5) },
            new() { RemoteIpv4 = Far1, InKey = TunnelKey.Of(5) },
            new() { RemoteIpv4 = Far1, LocalIpv4 = Near, InKey = TunnelKey.Of(5) },
        ];
        var ports = new List<BridgePort>();
        foreach (TunnelPort end in ends)
        {
            ports.Insert(0, new BridgePort(10 + (uint)ports.Count, Socket, $"t{ports.Count}") { Tunnel = end });
            var bridge = new TestSwitch($"in_port={ports[0].Number},actions=1", morePorts: [.. ports]);
            bridge.Translate(From(Far1, 5)).Outputs.ShouldBe([101u], ports[0].Name);
        }
    }

    [Fact]
    public void A_packet_that_came_from_no_tunnel_belongs_to_no_port_of_the_tunnels()
    {
        BridgePort any = new(10, Socket, "t0") { Tunnel = new TunnelPort { IsRemoteFlow = true, InKey = TunnelKey.Flow } };
        new TestSwitch("actions=1", morePorts: any).Translate(Packets.Tcp(Socket)).Translation.Error.ShouldBe(XlateError.BridgeNotFound);
    }

    [Fact]
    public void Flows_say_where_a_packet_goes_and_the_inner_packet_how_its_outer_header_looks()
    {
        BridgePort any = new(10, Socket, "t0")
        {
            Tunnel = new TunnelPort
            {
                IsRemoteFlow = true,
                IsLocalFlow = true,
                OutKey = TunnelKey.Flow,
                TosInherit = true,
                TtlInherit = true,
                Ttl = 33,
            },
        };
        const string Flows = "actions=set_field:172.16.0.1->tun_dst,set_field:172.16.0.255->tun_src,set_field:9->tun_id,10";
        var bridge = new TestSwitch(Flows, morePorts: any);
        FlowKey packet = Packets.Tcp();
        (packet.NwTos, packet.NwTtl) = (0x29, 7);
        TestSwitch.Outcome outcome = bridge.Translate(packet);
        outcome.Text.ShouldBe(
            "set(tunnel(tun_id=0x9,src=172.16.0.255,dst=172.16.0.1,tos=0x29,ttl=7,tp_dst=4789,flags(df|key))),200");
        (outcome.Mask.NwTos, outcome.Mask.NwTtl).ShouldBe((byte.MaxValue, byte.MaxValue));
        bridge.Translate(Packets.Arp(1)).Text.ShouldBe(
            "set(tunnel(tun_id=0x9,src=172.16.0.255,dst=172.16.0.1,ttl=33,tp_dst=4789,flags(df|key))),200");
        new TestSwitch("actions=10,1", morePorts: any).Translate(Packets.Tcp(103)).Text.ShouldBe("101");
    }

    [Fact]
    public void A_drop_for_an_unknown_far_end_leaves_the_others_alone()
    {
        FlowKey mask = WithTunnels("actions=1").Translate(From(Far2, 8)).Mask;
        mask.TunIpv4Src.ShouldBe(uint.MaxValue);
        mask.TunId.ShouldBe(ulong.MaxValue);
    }

    [Fact]
    public void Congestion_in_the_tunnel_reaches_a_packet_that_understands_it_and_drops_one_that_does_not()
    {
        TestSwitch bridge = WithTunnels("in_port=10,actions=1");
        FlowKey packet = From(Far1, 0);
        packet.TunTos = 3;
        TestSwitch.Outcome dropped = bridge.Translate(packet);
        dropped.Translation.Error.ShouldBe(XlateError.CongestionDrop);
        dropped.Translation.InstallFlow.ShouldBeTrue();
        dropped.Mask.NwTos.ShouldBe((byte)3);
        dropped.Mask.TunTos.ShouldBe(byte.MaxValue);
        packet.NwTos = 1;
        bridge.Translate(packet).Text.ShouldBe("set(ipv4(tos=0x3/0x3)),101");
    }

    [Fact]
    public void What_tells_congested_packets_apart_is_the_protocol_too()
    {
        FlowKey packet = From(Far1, 0);
        (packet.TunTos, packet.NwTos) = (3, 1);
        WithTunnels("in_port=10,actions=1").Translate(packet).Mask.NwProto.ShouldBe(byte.MaxValue);
    }

    [Fact]
    public void Packets_of_one_megaflow_freeze_to_one_state_whatever_their_outer_ttl_and_the_tunnel_shows_again_behind_it()
    {
        TestSwitch bridge = WithTunnels("in_port=10,ct_state=-trk,ip,actions=set_field:0x99->tun_id,ct(table=1)\n"
            + "table=1,tun_id=0x99,tun_src=172.16.0.1,actions=10,11");
        FlowKey packet = From(Far1, 0);
        uint id = bridge.Translate(packet).Recirculations.ShouldHaveSingleItem();
        (packet.TunTtl, packet.TunTpSrc, packet.TunTos) = (7, 4242, 0);
        bridge.Translate(packet).Recirculations.ShouldBe([id]);

        packet.RecircId = id;
        packet.CtState = CtState.Tracked | CtState.New;
        packet.TunFlags |= TunnelFlags.Oam;
        packet.TunGbpId = 5;
        TestSwitch.Outcome behind = bridge.Translate(packet);
        behind.Text.ShouldContain("oam");
        behind.Outputs.ShouldBe([Socket]);
        (behind.Mask.TunFlags & TunnelFlags.Oam).ShouldBe(TunnelFlags.Oam);
        behind.Mask.TunGbpId.ShouldBe(ushort.MaxValue);
    }

    [Fact]
    public void A_cut_for_a_tunnel_that_would_send_the_packet_back_does_not_meet_the_next_output()
    {
        FlowKey packet = From(Far1, 0);
        packet.TunIpv4Dst = Far2;
        WithTunnels("actions=output(port=11,max_len=100),1").Translate(packet).Text.ShouldBe("101");
    }

    private static FlowKey From(uint source, ulong id)
    {
        FlowKey key = Packets.Tcp(Socket);
        (key.TunIpv4Src, key.TunIpv4Dst, key.TunId, key.TunTtl, key.TunFlags) = (source, Near, id, 64, TunnelFlags.Key);
        return key;
    }

    private static TestSwitch WithTunnels(string flows) => new(flows, morePorts:
    [
        new BridgePort(10, Socket, "vx1") { Tunnel = new TunnelPort { RemoteIpv4 = Far1 } },
        new BridgePort(11, Socket, "vx2") { Tunnel = new TunnelPort { RemoteIpv4 = Far2, Checksum = true }.WithKey(7) },
    ]);
}
