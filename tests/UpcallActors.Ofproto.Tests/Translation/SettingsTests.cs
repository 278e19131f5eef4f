using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>What clients say of ports and fragments, as packets meet it.</summary>
public class SettingsTests
{
    private const ulong SpanningTree = 0x0180_c200_0000;
    private const string Ports = "udp,tp_dst=53,priority=9,actions=2\npriority=8,udp,tp_dst=0,actions=3\npriority=0,actions=1";

    private static readonly FlowKey _later = Udp(FlowKey.FragAny | FlowKey.FragLater);

    [Theory]
    [InlineData("2,3,1,LOCAL", "102,100")]
    [InlineData("flood", "100,102")]
    [InlineData("all", "100,102")]
    [InlineData("normal", "100,102")]
    [InlineData("load:3->NXM_NX_REG0[],output:NXM_NX_REG0[],2", "102")]
    [InlineData("output(port=3,max_len=100),2", "102")]
    public void Nothing_is_sent_to_a_port_that_does_not_forward(string actions, string sent)
    {
        TestSwitch bridge = With($"actions={actions}", 3, PortConfig.NoFwd);
        bridge.Translate(Packets.Tcp()).Text.ShouldBe(sent);
        With("in_port=3,actions=in_port,2", 3, PortConfig.NoFwd).Translate(Packets.Tcp(103)).Text.ShouldBe("102");
    }

    [Theory]
    [InlineData("flood", "100,102")]
    [InlineData("all", "100,102,103")]
    [InlineData("normal", "100,102")]
    [InlineData("3", "103")]
    public void Only_what_is_flooded_leaves_out_a_port_that_is_not(string actions, string sent) =>
        With($"actions={actions}", 3, PortConfig.NoFlood).Translate(Packets.Tcp()).Text.ShouldBe(sent);

    [Theory]
    [InlineData("NoRecv", "drop", "drop", "102")]
    [InlineData("NoRecvStp", "102", "102", "drop")]
    [InlineData("NoRecv, NoRecvStp", "drop", "drop", "drop")]
    public void A_port_takes_in_what_it_is_told_to(string config, string ordinary, string snap, string spanningTree)
    {
        TestSwitch bridge = With("actions=2", 1, Enum.Parse<PortConfig>(config));
        TestSwitch.Outcome[] outcomes =
        [
            bridge.Translate(Packets.Tcp()), bridge.Translate(Packets.Ethernet(type: EtherTypes.None)),
            bridge.Translate(Packets.Ethernet(destination: SpanningTree, type: EtherTypes.None)),
        ];
        outcomes.Select(outcome => outcome.Text).ShouldBe([ordinary, snap, spanningTree]);
        outcomes.ShouldAllBe(outcome => outcome.Translation.InstallFlow);
        // Both of the last share their type, so that one flow must not stand for both unless they fare the same.
        ulong told = snap == spanningTree ? 0 : Packets.Broadcast;
        outcomes.Select(outcome => outcome.Mask.EthDst).ShouldBe([0ul, told, told]);
        bridge.Tables.GetRules().ShouldHaveSingleItem().Counters.Packets.ShouldBe(3ul);
    }

    [Fact]
    public void What_comes_back_from_a_recirculation_is_taken_by_the_port_that_it_came_in_on()
    {
        TestSwitch bridge = new("in_port=1,ip,actions=ct(table=1)\ntable=1,actions=2");
        FlowKey key = Packets.Tcp();
        key.RecircId = bridge.Translate(key).Recirculations.ShouldHaveSingleItem();
        bridge.Translate(key).Text.ShouldBe("102");
        Say(bridge, 1, PortConfig.NoRecv);
        bridge.Translate(key).Text.ShouldBe("drop");
    }

    [Theory]
    [InlineData("Controller", "None", true)]
    [InlineData("Controller", "NoPacketIn", false)]
    [InlineData("Continue", "None", true)]
    [InlineData("Continue", "NoPacketIn", false)]
    [InlineData("Default", "NoPacketIn", true)]
    [InlineData("Drop", "None", false)]
    public void A_packet_without_a_flow_goes_to_controllers_if_its_table_and_its_port_say_so(string miss, string config, bool asks)
    {
        TestSwitch bridge = With("", 1, Enum.Parse<PortConfig>(config));
        using (TableTransaction transaction = bridge.Tables.Begin(new ChangeOrigin(ChangeSource.Configuration)))
        {
            for (byte table = 0; table < FlowCheck.InternalTable; table++)
                transaction.Set(table, new TableSettings { Miss = Enum.Parse<TableMiss>(miss) });
            transaction.AskControllers(asks: true);
            transaction.Commit();
        }

        bridge.Translate(Packets.Tcp()).Translation.ControllerPackets.ShouldBe(asks ? 1 : 0);
        With("actions=controller", 1, PortConfig.NoPacketIn).Translate(Packets.Tcp()).Translation.ControllerPackets.ShouldBe(1);
    }

    [Fact]
    public void A_bucket_that_watches_a_port_is_not_live_while_that_is_down()
    {
        TestSwitch bridge = new("");
        bridge.AddGroups("group_id=1,type=ff,bucket=watch_port:2,output:2,bucket=watch_port:3,output:3");
        bridge.Add("in_port=1,actions=group:1");
        bridge.Translate(Packets.Tcp()).Text.ShouldBe("102");
        Say(bridge, 2, PortConfig.PortDown);
        bridge.Translate(Packets.Tcp()).Text.ShouldBe("103");
        Follow(bridge, bridge.Bridge.Settings.Changes);
        bridge.Translate(Packets.Tcp()).Text.ShouldBe("102");
    }

    [Theory]
    [InlineData("Normal", "103", "103", true)]
    [InlineData("NxMatch", "102", "103", true)]
    [InlineData("Drop", "drop", "drop", false)]
    public void Fragments_are_looked_up_as_the_mode_says(string mode, string first, string later, bool isLookedUp)
    {
        TestSwitch bridge = new(Ports);
        bridge.Bridge.Settings.Set(Enum.Parse<FragmentHandling>(mode));

        TestSwitch.Outcome[] fragments = [bridge.Translate(Udp(FlowKey.FragAny)), bridge.Translate(_later)];

        fragments.Select(outcome => outcome.Text).ShouldBe([first, later]);
        fragments.ShouldAllBe(outcome => outcome.Mask.NwFrag == (FlowKey.FragAny | FlowKey.FragLater) && outcome.Translation.InstallFlow);
        fragments.Select(outcome => outcome.Mask.NwProto != 0).ShouldBe([isLookedUp, isLookedUp]);
        bridge.Translate(Udp(0)).Text.ShouldBe("102");
        bridge.Tables.Own.Fragments.Counters.Packets.ShouldBe(isLookedUp ? 0ul : 2ul);
        bridge.Tables.Unmatched.Packets.ShouldBe(isLookedUp ? 0ul : 2ul);
        bridge.Tables.GetUse(0).ShouldBe(new TableUse(3, 3, 3));
    }

    [Fact]
    public void No_flow_is_made_of_what_was_translated_before_and_each_one_is_looked_at_again()
    {
        TestSwitch bridge = new(Ports);
        BridgeSettings settings = bridge.Bridge.Settings;
        Odp.Translation translation = bridge.Translate(_later).Translation;
        ulong version = bridge.Factory.RevalidationVersion;
        Follow(bridge, 0);
        settings.Set(FragmentHandling.Normal);
        settings.TrySet(3, PortConfig.None, PortConfig.NoFwd).ShouldBeTrue();
        bridge.Factory.IsCurrent(translation).ShouldBeTrue();

        settings.TrySet(3, PortConfig.NoFwd, PortConfig.NoFwd).ShouldBeTrue();
        bridge.Factory.IsCurrent(translation).ShouldBeFalse();
        // One that was resumed behind the tables has looked up none.
        bridge.Factory.MayDiffer(version, visitedTables: 0).ShouldBeTrue();

        translation = bridge.Translate(_later).Translation;
        settings.Set(FragmentHandling.Drop);
        bridge.Factory.IsCurrent(translation).ShouldBeFalse();
    }

    [Fact]
    public void A_look_that_began_before_a_device_was_set_does_not_say_how_it_is()
    {
        TestSwitch bridge = new(Ports);
        BridgeSettings settings = bridge.Bridge.Settings;
        Follow(bridge, settings.Changes);
        ulong before = settings.Changes;
        settings.TrySet(1, PortConfig.PortDown, PortConfig.PortDown);
        settings.TrySet(2, PortConfig.NoFwd, PortConfig.NoFwd);

        Follow(bridge, before, 2);
        settings.Current.ConfigOf(1).ShouldBe(PortConfig.PortDown);
        settings.Current.ConfigOf(2).ShouldBe(PortConfig.PortDown | PortConfig.NoFwd);
        Follow(bridge, settings.Changes);
        (settings.Current.ConfigOf(1), settings.Current.ConfigOf(2)).ShouldBe((PortConfig.None, PortConfig.NoFwd));
    }

    [Fact]
    public void What_was_said_of_a_port_is_not_said_of_another_of_its_number()
    {
        TestSwitch bridge = new(Ports);
        BridgeSettings settings = bridge.Bridge.Settings;
        settings.TrySet(3, PortConfig.NoFwd, PortConfig.NoFwd).ShouldBeFalse();
        Say(bridge, 3, PortConfig.NoFwd);
        settings.Follow([new PresentPort(3, "p3", new PortRequest("p3", PortKind.Internal), IsDown: false)], 0);
        settings.Current.Ports.ShouldBeEmpty();
        settings.TrySet(3, PortConfig.NoFwd, PortConfig.NoFwd).ShouldBeTrue();
        settings.Follow([], 0);
        settings.Current.Ports.ShouldBeEmpty();
    }

    private static FlowKey Udp(byte fragment)
    {
        FlowKey key = Packets.Ipv4(IpProtocols.Udp);
        (key.TpSrc, key.TpDst, key.NwFrag) = (1000, 53, fragment);
        if ((fragment & FlowKey.FragLater) != 0)
            (key.TpSrc, key.TpDst) = (0, 0);
        return key;
    }

    private static TestSwitch With(string flows, uint port, PortConfig config)
    {
        TestSwitch bridge = new(flows);
        Say(bridge, port, config);
        return bridge;
    }

    private static void Say(TestSwitch bridge, uint port, PortConfig config)
    {
        Follow(bridge, bridge.Bridge.Settings.Changes);
        bridge.Bridge.Settings.TrySet(port, config, config).ShouldBeTrue();
    }

    /// <summary>The ports are looked at.</summary>
    private static void Follow(TestSwitch bridge, ulong looked, params uint[] down) => bridge.Bridge.Settings.Follow(
        bridge.Bridge.Ports.Select(port => new PresentPort(
            port.Number, port.Name, new PortRequest(port.Name, PortKind.System), down.Contains(port.Number))),
        looked);
}
