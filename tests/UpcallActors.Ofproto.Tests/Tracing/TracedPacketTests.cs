using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Which packets can be traced, and what is said of them; on the right of a test is what ovs-vswitchd 3.1 prints.</summary>
public class TracedPacketTests
{
    private const string Any = "dl_src=00:00:00:00:00:00,dl_dst=00:00:00:00:00:00";
    private const string Ipv4 = $"vlan_tci=0x0000,{Any},nw_src=0.0.0.0,nw_dst=0.0.0.0,nw_proto=0,nw_tos=0,nw_ecn=0,nw_ttl=0,nw_frag=no";

    [Theory]
    [InlineData("ip", $"ip,in_port=ANY,{Ipv4}", "100,1,2,3")]
    [InlineData("in_port=0,ip", $"ip,in_port=ANY,{Ipv4}", "100,1,2,3")]
    [InlineData("in_port=CONTROLLER,ip", $"ip,in_port=CONTROLLER,{Ipv4}", "100,1,2,3")]
    [InlineData("in_port=2,reg0=0x5,ip", $"ip,reg0=0x5,in_port=2,{Ipv4}", "1")]
    [InlineData("in_port=2,metadata=5,xreg1=9,ip", $"ip,reg3=0x9,metadata=0x5,in_port=2,{Ipv4}", "100,1,3")]
    [InlineData("in_port=2,tun_id=0x64,ip", $"ip,tun_id=0x64,in_port=2,{Ipv4}", "100,1,3")]
    [InlineData("in_port=99,ip", $"ip,in_port=99,{Ipv4}", "drop")]
    [InlineData("in_port=p2,ip", $"ip,in_port=2,{Ipv4}", "100,1,3")]
    public void A_packet_may_come_from_any_port_or_none_with_registers(string packet, string flow, string actions)
    {
        FlowTrace trace = Trace("priority=30,reg0=5,actions=1\npriority=0,actions=normal", packet);
        TracePass pass = trace.Passes.Single();
        (pass.Flow, pass.DatapathActions).ShouldBe((flow, actions));
    }

    [Theory]
    [InlineData("in_port=99", "     >>>> received packet on unknown port 99 <<<<\n     >> no input bundle, dropping\n")]
    [InlineData("in_port=1,dl_dst=01:80:c2:00:00:0e", "     -> packet has reserved destination MAC, dropping\n")]
    [InlineData(
        "in_port=5,dl_vlan=3",
        "     >>>> dropping VLAN 3 tagged packet received on port p5 configured as VLAN 9 access port <<<<\n"
        + "     >> disallowed VLAN VID for this input port, dropping\n")]
    [InlineData(
        "in_port=6,dl_vlan=3",
        "     >>>> dropping VLAN 3 packet received on port p6 not configured for trunking VLAN 3 <<<<\n"
        + "     >> disallowed VLAN VID for this input port, dropping\n")]
    public void Normal_says_why_it_drops(string packet, string said) =>
        Trace("actions=normal", packet).ToString().ShouldContain($"    NORMAL\n{said}");

    [Theory]
    [InlineData("output:NXM_NX_REG0[]", "reg0=2", " -> output port is 2")]
    [InlineData("output:NXM_NX_REG0[]", "reg0=0x10003", " >> output port 65539 is out of range")]
    [InlineData("output:NXM_NX_XXREG0[]", "xxreg0=0x100000000000000000", " >> output port 295147905179352825856 is out of range")]
    [InlineData("output:1", "reg0=0", " >> skipping output to input port")]
    [InlineData("output:77", "reg0=0", " >> Nonexistent output port")]
    [InlineData("move:NXM_NX_REG0[]->NXM_NX_REG1[]", "reg0=0x1234", " -> NXM_NX_REG1[] is now 0x1234")]
    [InlineData("move:NXM_NX_REG0[0..7]->NXM_NX_REG1[8..15]", "reg0=0x1234", " -> NXM_NX_REG1[8..15] is now 0x34")]
    [InlineData("move:NXM_NX_REG0[0..7]->NXM_NX_REG1[8..15]", "reg0=0", " -> NXM_NX_REG1[8..15] is now 0")]
    [InlineData("move:NXM_NX_REG0[]->NXM_OF_IP_SRC[]", "reg0=0xa000001", " -> NXM_OF_IP_SRC[] is now 10.0.0.1")]
    [InlineData("load:0->NXM_NX_REG0[0..7]", "reg0=5", "    load:0->NXM_NX_REG0[0..7]")]
    public void Actions_say_what_came_of_them(string action, string registers, string said) =>
        Trace($"ip,actions={action},2", $"in_port=1,ip,{registers}").ToString().ShouldContain(said + "\n");

    [Fact]
    public void What_an_action_cannot_write_is_said()
    {
        // The tag is gone by then, which the flow's match cannot tell.
        const string Flows = "dl_vlan=5,actions=resubmit(,1),set_field:3->vlan_pcp,2\ntable=1,dl_vlan=5,actions=set_field:0->vlan_tci";
        string trace = Trace(Flows, "in_port=1,dl_vlan=5").ToString();
        trace.ShouldContain("    set_field:3->vlan_pcp\n     >> unmet prerequisites for vlan_pcp, set_field ignored\n");
    }

    [Fact]
    public void A_resubmit_by_a_connection_that_is_not_there_is_said() =>
        Trace("ct_state=+trk+new,ip,actions=resubmit(,1,ct)", "in_port=1,ip,ct_state=trk|new").ToString()
            .ShouldContain("    resubmit(,1,ct)\n     >>>> resubmit(ct) with non-tracked or non-IP packet! <<<<\n");

    [Theory]
    [InlineData("controller(reason=no_match,id=5)", "priority=9,cookie=0x1f,", 0, "0x1f", 5, 65535)]
    [InlineData("CONTROLLER:128", "priority=9,", 1, "0", 0, 128)]
    [InlineData("CONTROLLER:128", "priority=0,", 6, "0", 0, 128)]
    public void What_goes_to_a_controller_is_shown(string action, string attributes, int reason, string cookie, int id, int length) =>
        Trace($"{attributes}actions={action},2", "in_port=1,tcp").ToString().ShouldEndWith(
            $"Datapath actions: userspace(pid=0,controller(reason={reason},dont_send=1,continuation=0,recirc_id=1,rule_cookie={cookie},"
            + $"controller_id={id},max_len={length})),2\n");

    [Theory]
    [InlineData("icmp_type=8", "in_port=1,icmp,icmp_type=8,icmp_code=0", "icmp_type=0x8/0xff")]
    [InlineData("icmp_code=0", "in_port=1,icmp,icmp_type=8,icmp_code=0", "icmp_code=0x0/0xff")]
    [InlineData("icmp_code=3", "in_port=1,icmp,icmp_type=3,icmp_code=3", "icmp_code=0x3/0xff")]
    public void Types_and_codes_have_eight_bits_in_a_megaflow(string match, string packet, string megaflow) =>
        Trace($"icmp,{match},actions=2", packet).Passes[0].Megaflow.ShouldEndWith("," + megaflow);

    [Fact]
    public void Ports_go_by_name_on_demand()
    {
        const string Flows = "in_port=1,ip,actions=output:2,resubmit(2,1),LOCAL\ntable=1,in_port=2,actions=output:\"p1\"";
        string trace = Trace(Flows, "in_port=p1,ip", names: true).ToString();
        trace.ShouldContain("Flow: ip,in_port=p1,");
        trace.ShouldContain(" 0. ip,in_port=p1, priority 32768\n    output:p2\n    resubmit(p2,1)\n     1. in_port=p2, priority 32768\n");
        trace.ShouldContain("Megaflow: recirc_id=0,eth,ip,in_port=p1,nw_frag=no\nDatapath actions: p2,br0\n");
    }

    [Fact]
    public void Behind_a_recirculation_a_packet_comes_from_the_port_that_an_action_wrote()
    {
        const string Flows = "in_port=1,ip,actions=load:2->NXM_OF_IN_PORT[],ct(table=1)\n"
            + "table=1,in_port=2,actions=1,2,IN_PORT\ntable=1,in_port=1,actions=3";
        FlowTrace trace = Trace(Flows, "in_port=1,ip");
        trace.Passes[0].FinalFlow.ShouldBe($"ip,in_port=2,{Ipv4}");
        trace.Passes[0].Megaflow.ShouldBe("recirc_id=0,eth,ip,in_port=1,nw_frag=no");
        TracePass second = trace.Passes[1];
        second.Flow.ShouldBe($"recirc_id=0x1,ct_state=new|trk,eth,ip,in_port=2,{Ipv4}");
        second.FinalFlow.ShouldBeNull();
        second.Megaflow.ShouldBe("recirc_id=0x1,eth,ip,in_port=2,nw_frag=no");
        second.DatapathActions.ShouldBe("1,2");
    }

    [Fact]
    public void A_clone_that_nothing_follows_is_none_in_the_datapath() =>
        Trace("ip,actions=3,clone(ct(commit),2),1", "in_port=1,ip").Passes[0].DatapathActions.ShouldBe("3,ct(commit),2");

    [Theory]
    [InlineData("in_port=1,dl_type=0x1234", """

        bridge("br0")
        -------------
         0. in_port=1, priority 32768
            FLOOD
             -> OFPPC_NO_FWD set, skipping output

        Final flow: unchanged
        Megaflow: recirc_id=0,eth,in_port=1,dl_type=0x1234
        Datapath actions: 100,5,6

        """)]
    [InlineData("in_port=2,dl_type=0x1234", """

        bridge("br0")
        -------------
         0. in_port=2, priority 32768

        Final flow: unchanged
        Megaflow: recirc_id=0,eth,in_port=2,dl_type=0x1234
        Datapath actions: drop

        """)]
    [InlineData("in_port=1,udp,ip_frag=later", """

        bridge("br0")
        -------------
         0. Packets are IP fragments and the fragment handling mode is "drop".
            drop

        Final flow: unchanged
        Megaflow: recirc_id=0,eth,ip,in_port=1,nw_frag=later
        Datapath actions: drop

        """)]
    public void What_clients_have_said_of_ports_and_fragments_is_said(string packet, string trace)
    {
        string text = Trace("in_port=1,actions=flood\nin_port=2,actions=3", packet, say: settings =>
        {
            settings.Set(FragmentHandling.Drop);
            foreach ((uint port, PortConfig config) in new[] { (2u, PortConfig.NoFlood | PortConfig.NoRecv), (3u, PortConfig.NoFwd) })
                settings.TrySet(port, config, config).ShouldBeTrue();
        }).ToString();
        text[text.IndexOf('\n', StringComparison.Ordinal)..].ShouldBe("\n" + trace);
    }

    private static FlowTrace Trace(string flows, string packet, bool names = false, Action<BridgeSettings>? say = null)
    {
        var tables = new FlowTables();
        BridgePort[] ports =
        [
            new(OpenFlowPorts.Local, 100, "br0"), new(1, 1, "p1"), new(2, 2, "p2"), new(3, 3, "p3"),
            new(5, 5, "p5") { VlanMode = VlanMode.Access, Vlan = 9 }, new(6, 6, "p6") { Trunks = [7] },
        ];
        var bridge = new Bridge("br0", FailMode.Secure, tables, ports);
        bridge.Settings.Follow(
            ports.Select(port => new PresentPort(port.Number, port.Name, new PortRequest(port.Name, PortKind.System), IsDown: false)), 0);
        say?.Invoke(bridge.Settings);
        FlowFile file = FlowSyntax.ParseFile(flows, names: bridge.Names);
        file.Errors.ShouldBeEmpty();
        tables.Apply([.. file.Changes]);
        var factory = new OpenFlowTranslatorFactory([bridge], support: new OdpSupport { UserspacePid = _ => 0 });
        var portNames = new OdpPortNames(ports.Select(port => KeyValuePair.Create(port.DatapathPort, port.Name)));
        return new FlowTracer(factory, names ? portNames : null) { NamesPorts = names }.Trace(PacketSyntax.Parse(packet, bridge));
    }
}
