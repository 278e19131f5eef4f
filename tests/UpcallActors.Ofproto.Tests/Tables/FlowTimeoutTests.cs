using UpcallActors.Odp;

namespace UpcallActors.Ofproto.Tests;

public class FlowTimeoutTests
{
    private const string Idle = "in_port=1,idle_timeout=10,actions=2";

    private readonly ManualTime _time = new();

    [Fact]
    public void An_idle_rule_goes_with_the_first_whole_round_that_began_after_its_time()
    {
        TestSwitch bridge = Switch(Idle);
        Expire(bridge, after: 9).ShouldBeTrue();
        Expire(bridge, after: 2).ShouldBeTrue("what came in the last two seconds may not have been told");
        Expire(bridge, after: 0).ShouldBeFalse();
        bridge.Tables.Expired.ShouldBe(1);
    }

    [Fact]
    public void While_not_all_is_accounted_for_no_rule_is_idle()
    {
        TestSwitch bridge = Switch(Idle);
        Expire(bridge, after: 11).ShouldBeTrue();
        for (int round = 0; round < 20; round++)
            Expire(bridge, after: 30, isAccounted: false).ShouldBeTrue();
        Expire(bridge, after: 1).ShouldBeFalse();
    }

    [Fact]
    public void Packets_that_come_up_keep_a_rule_and_those_above_it_that_led_there()
    {
        TestSwitch bridge =
            Switch("in_port=1,idle_timeout=10,actions=resubmit(,1)\ntable=1,idle_timeout=10,actions=2\ntable=2,idle_timeout=10,actions=2");
        for (int packet = 0; packet < 4; packet++)
        {
            _time.Advance(TimeSpan.FromSeconds(6));
            bridge.Translate(Packets.Tcp());
            bridge.Tables.Expire(isAccounted: true);
        }

        bridge.Tables.GetRules().Select(rule => (int)rule.Table).ShouldBe([0, 1], ignoreOrder: true);
        Expire(bridge, after: 11).ShouldBeTrue();
        Expire(bridge, after: 1).ShouldBeFalse();
        bridge.Tables.Expired.ShouldBe(3);
    }

    [Fact]
    public void What_a_flow_carried_keeps_a_rule_from_when_it_came()
    {
        TestSwitch bridge = Switch(Idle);
        Expire(bridge, after: 9);
        bridge.Retranslate(Packets.Tcp(), new FlowCredit(1, 60, TimeSpan.FromSeconds(5)));
        Expire(bridge, after: 5).ShouldBeTrue();
        Expire(bridge, after: 1).ShouldBeTrue("ten seconds were not over a round ago");
        Expire(bridge, after: 0).ShouldBeFalse();
    }

    [Fact]
    public void A_packet_that_was_counted_before_keeps_a_rule_as_well()
    {
        TestSwitch bridge = Switch(Idle);
        Expire(bridge, after: 9);
        bridge.Retranslate(Packets.Tcp(), new FlowCredit(0, 0, TimeSpan.FromSeconds(5)));
        Expire(bridge, after: 4);
        Expire(bridge, after: 0).ShouldBeTrue();
        bridge.Tables.GetRules()[0].Counters.Packets.ShouldBe(0u);
    }

    [Fact]
    public void News_of_an_earlier_packet_do_not_take_back_those_of_a_later()
    {
        TestSwitch bridge = Switch(Idle);
        Expire(bridge, after: 9);
        bridge.Retranslate(Packets.Tcp(), new FlowCredit(1, 60, TimeSpan.FromSeconds(1)));
        bridge.Retranslate(Packets.Tcp(), new FlowCredit(1, 60, TimeSpan.FromSeconds(8)));
        Expire(bridge, after: 8);
        Expire(bridge, after: 0).ShouldBeTrue();
    }

    [Fact]
    public void A_rule_without_timeouts_says_how_long_ago_its_last_packet_came_as_well()
    {
        TestSwitch bridge = Switch("in_port=1,actions=resubmit(,1)\ntable=1,actions=2\nin_port=2,actions=1");
        _time.Advance(TimeSpan.FromSeconds(60));
        bridge.Translate(Packets.Tcp());
        _time.Advance(TimeSpan.FromSeconds(4));
        IdleSeconds(bridge).ShouldBe([4, 4, 64]);
        bridge.Retranslate(Packets.Tcp(), new FlowCredit(1, 60, TimeSpan.FromSeconds(3)));
        IdleSeconds(bridge).ShouldBe([3, 3, 64]);
        bridge.Retranslate(Packets.Tcp(), default);
        _time.Advance(TimeSpan.FromSeconds(1));
        IdleSeconds(bridge).ShouldBe([4, 4, 65]);
    }

    [Fact]
    public void A_rule_that_is_only_looked_at_goes()
    {
        TestSwitch bridge = Switch(Idle);
        Expire(bridge, after: 9);
        bridge.Retranslate(Packets.Tcp(), default);
        Expire(bridge, after: 2);
        Expire(bridge, after: 0).ShouldBeFalse();
    }

    [Fact]
    public void A_hard_timeout_asks_for_nobodys_account()
    {
        TestSwitch bridge = Switch("in_port=1,hard_timeout=10,actions=2");
        Expire(bridge, after: 10, isAccounted: false).ShouldBeTrue();
        bridge.Translate(Packets.Tcp());
        Expire(bridge, after: 1, isAccounted: false).ShouldBeFalse();
    }

    [Fact]
    public void A_modification_begins_the_hard_time_anew_but_not_the_idle_one()
    {
        TestSwitch bridge = Switch("in_port=1,hard_timeout=10,actions=2\nin_port=2,idle_timeout=10,actions=3");
        Expire(bridge, after: 6);
        bridge.Add("modify actions=1");
        Expire(bridge, after: 6);
        Expire(bridge, after: 0);
        bridge.Tables.GetRules().ShouldHaveSingleItem().HardTimeout.ShouldBe((ushort)10);
        Expire(bridge, after: 5).ShouldBeFalse();
    }

    [Fact]
    public void A_rule_added_in_the_place_of_another_has_times_of_its_own()
    {
        TestSwitch bridge =
            Switch("in_port=1,hard_timeout=10,actions=2\nin_port=2,idle_timeout=10,actions=3\nin_port=3,idle_timeout=10,actions=3");
        Expire(bridge, after: 6);
        bridge.Add("in_port=1,hard_timeout=10,actions=3\nin_port=2,idle_timeout=10,actions=1\nin_port=3,actions=1");
        Expire(bridge, after: 6);
        Expire(bridge, after: 0);
        bridge.Tables.GetRules().Length.ShouldBe(3);
        Expire(bridge, after: 5);
        Expire(bridge, after: 0);
        bridge.Tables.GetRules().ShouldHaveSingleItem().ToString().ShouldContain("in_port=3", customMessage: "it has no timeout any more");
        bridge.Tables.Expired.ShouldBe(2);
    }

    [Fact]
    public void Rules_that_go_together_are_one_change_and_none_is_none()
    {
        TestSwitch bridge = Switch("in_port=1,hard_timeout=10,actions=2\ntable=4,hard_timeout=9,actions=2\nactions=drop");
        ulong version = bridge.Tables.Version;
        int raised = 0;
        bridge.Tables.Changed += (_, _) => raised++;
        Expire(bridge, after: 8);
        (bridge.Tables.Version, raised).ShouldBe((version, 0));
        using TablesSnapshot before = bridge.Tables.Read();
        Expire(bridge, after: 3);
        (bridge.Tables.Version, raised).ShouldBe((version + 1, 1));
        before.Version.ShouldBe(version);
        Expire(bridge, after: 60);
        (bridge.Tables.Version, raised).ShouldBe((version + 1, 1));
        bridge.Tables.GetRules().Length.ShouldBe(1);
    }

    [Fact]
    public void A_rule_that_was_deleted_does_not_expire_as_well()
    {
        TestSwitch bridge = Switch("in_port=1,hard_timeout=10,actions=2\nin_port=2,idle_timeout=10,actions=2");
        bridge.Add("delete in_port=1\ndelete in_port=2");
        Expire(bridge, after: 11);
        Expire(bridge, after: 0);
        bridge.Tables.Expired.ShouldBe(0);
    }

    private static IEnumerable<double> IdleSeconds(TestSwitch bridge) =>
        bridge.Tables.GetRules().Select(rule => bridge.Tables.GetStatistics(rule).Idle.TotalSeconds).Order();

    private TestSwitch Switch(string flows) => new(flows, time: _time);

    /// <summary>Begins a round; whether rules are left.</summary>
    private bool Expire(TestSwitch bridge, int after, bool isAccounted = true)
    {
        _time.Advance(TimeSpan.FromSeconds(after));
        bridge.Tables.Expire(isAccounted);
        return bridge.Tables.GetRules().Length != 0;
    }
}
