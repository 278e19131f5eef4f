using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Which translations are too old for a flow to be made of them.</summary>
public class VersionGuardTests
{
    private const string Flows = """
        in_port=1,actions=resubmit(,3)
        table=3,tcp,actions=resubmit(,77),2
        in_port=2,actions=1
        """;

    private readonly TestSwitch _bridge = new(Flows);

    [Fact]
    public void Tables_that_a_translation_did_not_look_up_may_change()
    {
        Odp.Translation translation = _bridge.Translate(Packets.Tcp()).Translation;
        _bridge.Add("table=9,actions=drop\ndelete table=200\ntable=4,priority=7,udp,actions=1");
        translation.Version.ShouldNotBe(_bridge.Factory.Version);
        _bridge.Factory.IsCurrent(translation).ShouldBeTrue();
    }

    [Theory]
    [InlineData("table=0,priority=1,actions=drop")]
    [InlineData("table=3,priority=1,udp,actions=drop")]
    [InlineData("table=77,actions=drop")]
    [InlineData("delete table=3,tcp")]
    public void A_table_that_it_looked_up_must_not_even_if_it_had_no_rule_there(string change)
    {
        Odp.Translation translation = _bridge.Translate(Packets.Tcp()).Translation;
        _bridge.Add(change);
        _bridge.Factory.IsCurrent(translation).ShouldBeFalse();
        _bridge.Factory.IsCurrent(_bridge.Translate(Packets.Tcp()).Translation).ShouldBeTrue();
    }

    [Fact]
    public void A_rule_that_expires_is_a_change_of_its_table()
    {
        var time = new ManualTime();
        var bridge = new TestSwitch("actions=2\ntable=5,hard_timeout=1,actions=1\nhard_timeout=9,in_port=1,actions=1", time: time);
        Odp.Translation translation = bridge.Translate(Packets.Tcp()).Translation;
        Expire(2);
        bridge.Factory.IsCurrent(translation).ShouldBeTrue();
        Expire(9);
        bridge.Factory.IsCurrent(translation).ShouldBeFalse();

        void Expire(int after)
        {
            time.Advance(TimeSpan.FromSeconds(after));
            bridge.Factory.Expire(isAccounted: true);
        }
    }

    [Fact]
    public void Bridges_and_what_the_datapath_can_do_must_not_change()
    {
        Odp.Translation translation = _bridge.Translate(Packets.Tcp()).Translation;
        _bridge.Factory.Replace([_bridge.Bridge]);
        _bridge.Factory.IsCurrent(translation).ShouldBeFalse();

        translation = _bridge.Translate(Packets.Tcp()).Translation;
        _bridge.Factory.ChangeSupport(support => support);
        _bridge.Factory.IsCurrent(translation).ShouldBeFalse();
    }

    [Fact]
    public void A_packet_of_no_bridge_waits_for_bridges_and_for_no_table()
    {
        Odp.Translation translation = _bridge.Translate(Packets.Tcp(inPort: 4711)).Translation;
        translation.Error.ShouldBe(Odp.XlateError.BridgeNotFound);
        _bridge.Add("delete");
        _bridge.Factory.IsCurrent(translation).ShouldBeTrue();
        _bridge.Factory.Replace([_bridge.Bridge]);
        _bridge.Factory.IsCurrent(translation).ShouldBeFalse();
    }

    [Fact]
    public void A_change_that_is_refused_is_none()
    {
        Odp.Translation translation = _bridge.Translate(Packets.Tcp()).Translation;
        Should.Throw<FlowRefusedException>(() => _bridge.Tables.Apply(
            FlowSyntax.ParseFlow("delete"), FlowSyntax.ParseFlow("priority=5,in_port=1,actions=1"),
            FlowSyntax.ParseFlow("check_overlap,priority=5,tcp,actions=1")));
        _bridge.Factory.IsCurrent(translation).ShouldBeTrue();
    }
}
