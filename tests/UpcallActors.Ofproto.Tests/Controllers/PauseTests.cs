using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>What waits when <c>controller(pause)</c> ends a translation.</summary>
public class PauseTests
{
    [Theory]
    [InlineData("actions=2,controller(pause),3", "102", "output:3 0 1")]
    [InlineData("actions=controller(pause)", "", "")]
    [InlineData("actions=resubmit(,1),3\ntable=1,cookie=5,actions=controller(pause),load:1->NXM_NX_REG0[],resubmit(,2)\ntable=2,actions=2",
        "", "load:0x1->NXM_NX_REG0[] 1 5,resubmit(,2) 1 5,output:3 0 1")]
    [InlineData(
        "actions=resubmit(,1)\ntable=1,cookie=5,actions=resubmit(,2),2\ntable=2,cookie=6,actions=controller(pause),goto_table:3", "",
        "goto_table:3 2 6,output:2 1 5")]
    [InlineData("actions=mod_dl_src:02:00:00:00:00:09,controller(pause),controller(pause),2", "",
        "controller(pause) 0 1,output:2 0 1")]
    public void All_that_is_left_waits_with_its_table_and_cookie_inner_lists_first(string flows, string before, string left)
    {
        var bridge = new TestSwitch("cookie=1," + flows);
        TestSwitch.Outcome outcome = bridge.Translate(Packets.Tcp());
        outcome.Outputs.ShouldBe(before.Length == 0 ? [] : [uint.Parse(before, System.Globalization.CultureInfo.InvariantCulture)]);
        outcome.Translation.ControllerPackets.ShouldBe(1);
        outcome.Translation.InstallFlow.ShouldBeTrue();
        (UserspaceCookie cookie, FrozenState state) = CookieOf(bridge, outcome);
        ControllerRequest.FromArgument(cookie.Argument).Pauses.ShouldBeTrue();
        cookie.RuleCookie.ShouldBe(1u);
        state.Table.ShouldBe((byte)0);
        TextOf(state).ShouldBe(left);
    }

    [Fact]
    public void A_paused_packet_goes_to_the_controller_as_it_is_by_then()
    {
        TestSwitch.Outcome outcome = new TestSwitch("actions=mod_dl_src:02:00:00:00:00:09,controller(id=3,userdata=01,pause),2")
            .Translate(Packets.Tcp());
        outcome.Text.ShouldStartWith("set(eth(src=02:00:00:00:00:09)),userspace(");
        outcome.Text.ShouldContain("continuation=1");
    }

    [Fact]
    public void A_copy_that_is_paused_waits_alone_and_the_packet_goes_on()
    {
        var bridge = new TestSwitch("actions=clone(controller(pause),2),3");
        TestSwitch.Outcome outcome = bridge.Translate(Packets.Tcp());
        outcome.Outputs.ShouldBe([103u]);
        TextOf(CookieOf(bridge, outcome).State).ShouldBe("output:2 0 0");
    }

    [Fact]
    public void What_was_to_be_paused_is_not_when_the_translation_fails()
    {
        TestSwitch.Outcome outcome = new TestSwitch("actions=clone(controller(pause),2),resubmit(,0)", room: 16_384)
            .Translate(Packets.Tcp());
        outcome.Translation.Error.ShouldBe(XlateError.RecursionTooDeep);
        outcome.Actions.ShouldBeEmpty();
    }

    [Fact]
    public void The_same_state_has_one_id_and_another_rule_makes_another()
    {
        var bridge = new TestSwitch("actions=controller(pause),2");
        uint first = CookieOf(bridge, bridge.Translate(Packets.Tcp())).Cookie.RecircId;
        CookieOf(bridge, bridge.Translate(Packets.Tcp())).Cookie.RecircId.ShouldBe(first);
        bridge.Add("actions=controller(pause),3");
        CookieOf(bridge, bridge.Translate(Packets.Tcp())).Cookie.RecircId.ShouldNotBe(first);
    }

    private static string TextOf(FrozenState state)
    {
        var texts = new List<string>();
        foreach (FrozenActions left in state.Actions)
            texts.AddRange(left.List.Actions[left.From..].Select(action => $"{action} {left.Table} {left.Cookie}"));
        return string.Join(',', texts);
    }

    private static (UserspaceCookie Cookie, FrozenState State) CookieOf(TestSwitch bridge, TestSwitch.Outcome outcome)
    {
        UserspaceCookie cookie = UserspaceCookies.Of(outcome.Actions).ShouldHaveSingleItem();
        bridge.Factory.Recirculations.TryGetState(cookie.RecircId, out FrozenState state).ShouldBeTrue();
        return (cookie, state);
    }
}
