using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>A flow that is in the datapath is translated again, without a packet.</summary>
public class RetranslationTests
{
    private const int Rounds = 2000;

    [Fact]
    public void A_flow_is_translated_as_the_miss_of_its_key_was()
    {
        var random = new Random(20261124);
        for (int round = 0; round < Rounds; round++)
        {
            (TestSwitch bridge, string flows) = RandomSwitch(random);
            FlowKey packet = MegaflowProperties.RandomPacket(random);
            TestSwitch.Outcome miss = bridge.Translate(packet);

            TestSwitch.Outcome again = bridge.Retranslate(packet, new FlowCredit((ulong)random.Next(2), 64));

            again.Actions.ShouldBe(miss.Actions, $"{flows}\n{packet.Describe()}");
            again.Mask.ShouldBe(miss.Mask, $"{flows}\n{packet.Describe()}");
            again.Translation.ShouldBe(miss.Translation);
        }
    }

    [Fact]
    public void What_the_datapath_says_of_a_flow_is_enough_to_translate_it_again()
    {
        var random = new Random(20261125);
        for (int round = 0; round < Rounds; round++)
        {
            (TestSwitch bridge, string flows) = RandomSwitch(random);
            FlowKey packet = MegaflowProperties.RandomPacket(random);
            TestSwitch.Outcome miss = bridge.Translate(packet);
            (FlowKey key, FlowKey mask) = AsDumped(packet, miss.Mask);

            TestSwitch.Outcome again = bridge.Retranslate(key, default);

            again.Actions.ShouldBe(miss.Actions, $"{flows}\n{packet.Describe()}\n{key.Describe()}");
            (_, FlowKey now) = AsDumped(key, again.Mask);
            for (int word = 0; word < FlowKey.WordCount; word++)
                (now.ReadOnlyWords[word] & ~mask.ReadOnlyWords[word]).ShouldBe(0UL, $"word {word}\n{flows}\n{packet.Describe()}");
        }
    }

    [Fact]
    public void After_any_change_a_flow_matches_too_much_or_gets_the_actions_that_its_packets_would()
    {
        var random = new Random(20261126);
        int safe = 0;
        for (int round = 0; round < Rounds; round++)
        {
            (TestSwitch before, string flows) = RandomSwitch(random);
            (TestSwitch after, string newFlows) = RandomSwitch(random);
            FlowKey packet = MegaflowProperties.RandomPacket(random);
            (FlowKey key, FlowKey mask) = AsDumped(packet, before.Translate(packet).Mask);
            TestSwitch.Outcome wanted = after.Retranslate(packet, default);

            TestSwitch.Outcome again = after.Retranslate(key, default);

            (_, FlowKey now) = AsDumped(key, again.Mask);
            if (Enumerable.Range(0, FlowKey.WordCount).Any(word => (now.ReadOnlyWords[word] & ~mask.ReadOnlyWords[word]) != 0))
                continue;
            again.Actions.ShouldBe(wanted.Actions, $"{flows}\n\n{newFlows}\n{packet.Describe()}\n{key.Describe()}");
            safe++;
        }

        safe.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Packets_are_credited_to_every_rule_on_the_way_once_and_none_to_a_flow_that_is_only_looked_at()
    {
        var bridge = new TestSwitch("in_port=1,actions=resubmit(,1)\ntable=1,actions=2");

        bridge.Retranslate(Packets.Tcp(), default);
        bridge.Retranslate(Packets.Tcp(), new FlowCredit(5, 500));

        bridge.Tables.GetRules().ShouldAllBe(rule => rule.Counters.Packets == 5 && rule.Counters.Bytes == 500);
    }

    [Fact]
    public void Packets_that_meet_no_rule_where_they_come_in_are_counted_as_that()
    {
        var bridge = new TestSwitch("in_port=1,actions=resubmit(,1)\ntable=1,udp,actions=2");
        FlowKey elsewhere = Packets.Tcp();
        elsewhere.DatapathPort = 102;

        bridge.Retranslate(elsewhere, default);
        bridge.Retranslate(elsewhere, new FlowCredit(5, 500));
        bridge.Translate(elsewhere);
        // It has met a rule, and another one later does not count.
        bridge.Retranslate(Packets.Tcp(), new FlowCredit(3, 300));

        (bridge.Tables.Unmatched.Packets, bridge.Tables.Unmatched.Bytes).ShouldBe((6UL, 564UL));
        // The rule for packets without a rule has all of them.
        RuleCounters dropped = bridge.Tables.Own.Dropped.Counters;
        (dropped.Packets, dropped.Bytes).ShouldBe((9UL, 864UL));
    }

    [Fact]
    public void A_station_is_learned_from_a_flow_that_has_carried_packets_only()
    {
        var bridge = new TestSwitch("actions=NORMAL");
        FlowKey packet = Packets.Tcp();

        bridge.Retranslate(packet, default);
        bridge.Bridge.MacLearning.TryLookup(packet.EthSrc, 0, out _).ShouldBeFalse();

        bridge.Retranslate(packet, new FlowCredit(1, 64));
        bridge.Bridge.MacLearning.TryLookup(packet.EthSrc, 0, out uint port).ShouldBeTrue();
        port.ShouldBe(1u);
    }

    [Fact]
    public void Tables_ports_and_stations_each_ask_for_revalidation_and_only_tables_and_ports_keep_a_flow_from_being_installed()
    {
        var bridge = new TestSwitch("actions=NORMAL");
        int raised = 0;
        bridge.Factory.Changed += (_, _) => raised++;
        (ulong Install, ulong Revalidate) Versions() => (bridge.Factory.Version, bridge.Factory.RevalidationVersion);

        (ulong Install, ulong Revalidate) before = Versions();
        bridge.Translate(Packets.Tcp());
        Versions().Install.ShouldBe(before.Install);
        Versions().Revalidate.ShouldNotBe(before.Revalidate);
        raised.ShouldBe(1);

        before = Versions();
        bridge.Translate(Packets.Tcp());
        Versions().ShouldBe(before, "a station was heard again");
        raised.ShouldBe(1);

        bridge.Add("table=9,actions=drop");
        Versions().Install.ShouldNotBe(before.Install);
        Versions().Revalidate.ShouldNotBe(before.Revalidate);
        raised.ShouldBe(2);

        before = Versions();
        bridge.Factory.Replace([new Bridge("br0", FailMode.Secure, bridge.Tables, [new BridgePort(1, 101, "p1")],
            bridge.Bridge.MacLearning)]);
        Versions().Install.ShouldNotBe(before.Install);
        Versions().Revalidate.ShouldNotBe(before.Revalidate);
        raised.ShouldBe(3);

        bridge.Add("table=8,actions=drop");
        raised.ShouldBe(4, "the tables live on in the new bridge");
    }

    private static (TestSwitch Bridge, string Flows) RandomSwitch(Random random)
    {
        string flows = MegaflowProperties.RandomFlows(random);
        return (new TestSwitch(flows, random.Next(2) == 0 ? FailMode.Secure : FailMode.Standalone,
            morePorts: MegaflowProperties.Ports(random)), flows);
    }

    /// <summary>
    /// Puts a flow on the wire and reads it back as the kernel hands it out: the key with the mask applied, the mask for what the key has.
    /// </summary>
    private static (FlowKey Key, FlowKey Mask) AsDumped(in FlowKey packet, in FlowKey mask)
    {
        var writer = new NetlinkWriter(new byte[2048]);
        OvsFlowKeyWriter.WriteMask(packet, mask, ref writer);
        OvsFlowKeyReader.TryReadMask(writer.Written, out FlowKey onWire).ShouldBe(OdpParseError.None);
        // A tag that a mask says nothing of is matched exactly (ovs_nla_get_match).
        if (onWire.VlanTci == 0)
            onWire.VlanTci = ushort.MaxValue;
        if (onWire.CvlanTci == 0)
            onWire.CvlanTci = ushort.MaxValue;
        FlowKey masked = packet;
        for (int word = 0; word < FlowKey.WordCount; word++)
            masked.Words[word] &= onWire.ReadOnlyWords[word];
        writer = new NetlinkWriter(new byte[2048]);
        OvsFlowKeyWriter.WriteKey(masked, ref writer);
        OvsFlowKeyReader.TryRead(writer.Written, out FlowKey key).ShouldBe(OdpParseError.None);
        return (key, onWire);
    }
}
