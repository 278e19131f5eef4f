using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>A packet that conntrack put together from fragments larger than the port it goes to takes.</summary>
public class RefragmentationTests
{
    private const string ToNarrow = "ct_state=+trk,actions=2,3";

    private static readonly BridgePort _narrow = new(2, 102, "p2") { Mtu = 1280 };

    [Fact]
    public void A_tracked_flow_to_a_narrower_port_sends_up_what_is_too_long_for_it_and_outputs_the_rest()
    {
        TestSwitch.Outcome outcome = new TestSwitch(ToNarrow, morePorts: _narrow).Translate(Tracked());

        outcome.Text.ShouldBe($"check_pkt_len(size=1294,gt(userspace(pid=4294967295,userdata({Hex(Cookie(102))}))),le(102)),103");
        outcome.Translation.InstallFlow.ShouldBeTrue();
    }

    [Fact]
    public void The_size_allows_for_an_inner_tag()
    {
        FlowKey tagged = Tracked().Tagged(5).Tagged(6);
        new TestSwitch(ToNarrow, morePorts: _narrow).Translate(tagged).Text.ShouldStartWith("check_pkt_len(size=1298,");
    }

    [Fact]
    public void The_flow_is_the_same_whether_its_first_packet_was_too_long_or_not()
    {
        var bridge = new TestSwitch(ToNarrow, morePorts: _narrow);

        bridge.Translate(Tracked(), mru: 1500).Actions.ShouldBe(bridge.Translate(Tracked()).Actions);
    }

    [Fact]
    public void An_output_behind_ct_in_the_same_actions_is_treated_alike()
    {
        FlowKey key = Packets.Tcp();

        string text = new TestSwitch("ip,actions=ct(commit),2", morePorts: _narrow).Translate(key).Text;

        text.ShouldStartWith("ct(commit),check_pkt_len(size=1294,");
    }

    [Fact]
    public void What_conntrack_has_not_seen_is_simply_output()
    {
        new TestSwitch("actions=2", morePorts: _narrow).Translate(Packets.Tcp()).Text.ShouldBe("102");
    }

    [Fact]
    public void A_port_as_wide_as_the_one_the_packet_came_from_is_simply_output_to()
    {
        new TestSwitch(ToNarrow).Translate(Tracked()).Text.ShouldBe("102,103");
    }

    [Fact]
    public void Fragments_larger_than_even_the_input_says_it_takes_come_up_one_by_one()
    {
        var bridge = new TestSwitch(ToNarrow);

        TestSwitch.Outcome outcome = bridge.Translate(Tracked(), mru: 9000);

        outcome.Text
            .ShouldBe($"userspace(pid=4294967295,userdata({Hex(Cookie(102))})),userspace(pid=4294967295,userdata({Hex(Cookie(103))}))");
        outcome.Translation.InstallFlow.ShouldBeFalse();
    }

    [Fact]
    public void Without_check_pkt_len_no_flow_stands_for_a_packet_that_is_too_long()
    {
        var bridge = new TestSwitch(ToNarrow, support: new OdpSupport
        {
            Features = OdpSupport.Everything with { CheckPktLen = false },
            UserspacePid = port => port + 1000,
        },
            morePorts: _narrow);

        TestSwitch.Outcome outcome = bridge.Translate(Tracked(), mru: 1500);

        outcome.Text.ShouldBe($"userspace(pid=1101,userdata({Hex(Cookie(102))})),103");
        outcome.Translation.InstallFlow.ShouldBeFalse();
    }

    [Fact]
    public void What_came_up_goes_back_with_an_mru_that_the_port_takes()
    {
        var bridge = new TestSwitch(ToNarrow, morePorts: _narrow);

        TestSwitch.Outcome outcome = bridge.Translate(Tracked(), PacketCommand.Action, mru: 1500, cookie: Cookie(102));

        outcome.Text.ShouldBe("102");
        outcome.Translation.MruLimit.ShouldBe((ushort)1280);
        outcome.Translation.InstallFlow.ShouldBeFalse();
        bridge.Factory.Refragmented.ShouldBe([KeyValuePair.Create(102u, 1L)]);
    }

    [Fact]
    public void An_mru_that_fits_stays_as_it_is()
    {
        var bridge = new TestSwitch(ToNarrow, morePorts: _narrow);

        bridge.Translate(Tracked(), PacketCommand.Action, mru: 1280, cookie: Cookie(102)).Translation.MruLimit.ShouldBe((ushort)0);
        bridge.Factory.Refragmented.ShouldBeEmpty();
    }

    [Fact]
    public void Nobody_cuts_a_packet_that_was_sent_whole()
    {
        var bridge = new TestSwitch(ToNarrow, morePorts: _narrow);

        TestSwitch.Outcome outcome = bridge.Translate(Tracked(), PacketCommand.Action, cookie: Cookie(102));

        outcome.Actions.ShouldBeEmpty();
        outcome.Translation.Error.ShouldBe(XlateError.PacketTooLong);
    }

    [Fact]
    public void A_port_that_has_gone_since_gets_nothing()
    {
        new TestSwitch(ToNarrow).Translate(Tracked(), PacketCommand.Action, mru: 1500, cookie: Cookie(999)).Translation.Error
            .ShouldBe(XlateError.BridgeNotFound);
    }

    private static FlowKey Tracked()
    {
        FlowKey key = Packets.Tcp();
        key.CtState = CtState.Tracked | CtState.Established;
        return key;
    }

    private static byte[] Cookie(uint port)
    {
        var written = new UserspaceCookie(UserspaceReason.Refragment, 0, port);
        byte[] cookie = new byte[written.Length];
        written.Write(cookie);
        return cookie;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
