using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>
/// Replies of DHCP servers come to the port of a bridge that reaches its controllers through itself. The actions are those that
/// <c>ofproto/trace</c> of ovs-vswitchd 3.1 shows for such a bridge.
/// </summary>
public class InBandTests
{
    [Theory]
    [InlineData("actions=2", "102,100")]
    [InlineData("actions=drop", "100")]
    [InlineData("actions=local", "100")]
    [InlineData("actions=clone(local)", "100")]
    [InlineData("udp,actions=mod_tp_dst:99,2", "set(udp(dst=99)),102")]
    [InlineData("udp,actions=mod_tp_dst:99,2,mod_tp_dst:68", "set(udp(dst=99)),102,set(udp(dst=68)),100")]
    [InlineData("actions=normal", "100,102,103")]
    public void A_reply_of_DHCP_comes_to_the_bridges_own_port_once_whatever_the_flows_say(string flow, string actions) =>
        Bridge(flow).Translate(Reply()).Text.ShouldBe(actions);

    [Fact]
    public void A_reply_that_waits_for_conntrack_comes_to_the_port_before_and_after()
    {
        TestSwitch bridge = Bridge("udp,actions=ct(table=1)\ntable=1,actions=2");
        TestSwitch.Outcome before = bridge.Translate(Reply());
        before.Text.ShouldEndWith("),100");
        FlowKey after = Reply();
        after.RecircId = before.Recirculations.Single();
        after.CtState = CtState.Tracked | CtState.New;
        bridge.Translate(after).Text.ShouldBe("102,100");
    }

    [Fact]
    public void A_reply_comes_to_the_port_though_its_own_takes_nothing_while_the_datapath_hashes_it()
    {
        TestSwitch bridge = Bridge("");
        bridge.AddGroups("group_id=1,type=select,bucket=output:2");
        bridge.Add("udp,actions=group:1");
        FlowKey after = Reply();
        after.RecircId = bridge.Translate(Reply()).Recirculations.ShouldHaveSingleItem();
        bridge.Translate(after).Text.ShouldBe("102,100");
        BridgeSettings settings = bridge.Bridge.Settings;
        settings.Follow([new PresentPort(1, "p1", new PortRequest("p1", PortKind.System), IsDown: false)], settings.Changes);
        settings.TrySet(1, PortConfig.NoRecv, PortConfig.NoRecv).ShouldBeTrue();
        bridge.Translate(after).Text.ShouldBe("100");
    }

    [Theory]
    [InlineData(67, 69)]
    [InlineData(66, 68)]
    [InlineData(68, 67)]
    public void No_other_packet_does(ushort source, ushort destination) =>
        Bridge("actions=2").Translate(Reply() with { TpSrc = source, TpDst = destination }).Text.ShouldBe("102");

    [Fact]
    public void A_bridge_that_reaches_no_controller_through_itself_leaves_the_reply_to_its_flows() =>
        new TestSwitch("actions=2").Translate(Reply()).Text.ShouldBe("102");

    [Fact]
    public void A_packet_that_breaks_off_goes_nowhere() =>
        Bridge("actions=resubmit(,0)").Translate(Reply()).Translation.Error.ShouldBe(XlateError.RecursionTooDeep);

    [Fact]
    public void The_megaflow_of_a_reply_is_for_replies_only()
    {
        FlowKey mask = Bridge("actions=2").Translate(Reply()).Mask;
        (mask.NwProto, mask.TpSrc, mask.TpDst).ShouldBe((byte.MaxValue, ushort.MaxValue, ushort.MaxValue));
        mask = Bridge("actions=local").Translate(Reply()).Mask;
        (mask.NwProto, mask.TpSrc, mask.TpDst).ShouldBe(((byte)0, (ushort)0, (ushort)0));
    }

    [Fact]
    public void No_flow_that_another_packet_has_made_takes_a_reply_along()
    {
        TestSwitch bridge = Bridge("actions=2");
        FlowKey reply = Reply();
        for (int port = 0; port <= ushort.MaxValue; port++)
        {
            if (port != reply.TpSrc)
                IsTold(bridge, reply with { TpSrc = (ushort)port }, reply).ShouldBeTrue($"from {port}");
            if (port != reply.TpDst)
                IsTold(bridge, reply with { TpDst = (ushort)port }, reply).ShouldBeTrue($"to {port}");
        }

        IsTold(bridge, reply with { NwProto = IpProtocols.Tcp }, reply).ShouldBeTrue();
    }

    [Fact]
    public void Packets_of_other_ports_share_megaflows()
    {
        TestSwitch bridge = Bridge("actions=2");
        var masks = new HashSet<(ushort, ushort)>();
        for (int port = 1024; port <= ushort.MaxValue; port++)
        {
            FlowKey mask = bridge.Translate(Reply() with { TpSrc = (ushort)port }).Mask;
            masks.Add((mask.TpSrc, mask.TpDst));
        }

        masks.Count.ShouldBe(6);
    }

    [Fact]
    public void A_trace_says_so_as_open_vswitch_does()
    {
        TestSwitch bridge = Bridge("actions=2");
        TracedPacket packet = PacketSyntax.Parse("udp,in_port=1,udp_src=67,udp_dst=68", bridge.Bridge);
        new FlowTracer(bridge.Factory).Trace(packet).ToString().ShouldContain(
            "    output:2\n     -> outputting DHCP packet to local port for in-band control\n");
    }

    private static bool IsTold(TestSwitch bridge, FlowKey packet, FlowKey from)
    {
        FlowKey mask = bridge.Translate(packet).Mask;
        for (int word = 0; word < FlowKey.WordCount; word++)
        {
            if (((packet.ReadOnlyWords[word] ^ from.ReadOnlyWords[word]) & mask.ReadOnlyWords[word]) != 0)
                return true;
        }

        return false;
    }

    private static TestSwitch Bridge(string flows) => new(flows, hasInBand: true);

    private static FlowKey Reply() => Packets.Ipv4(IpProtocols.Udp) with { TpSrc = 67, TpDst = 68 };
}
