using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>Zones, marks, labels, force commit and flushing.</summary>
public class ZoneAndMarkTests
{
    private const CtState New = CtState.Tracked | CtState.New;
    private const CtState EstablishedReply = CtState.Tracked | CtState.Established | CtState.Reply;
    private readonly CtSession _ct = new();
    private readonly byte[] _request = Frames.Udp("10.1.1.1", 1000, "10.1.1.2", 2000);
    private readonly byte[] _answer = Frames.Udp("10.1.1.2", 2000, "10.1.1.1", 1000);

    [Fact]
    public void Zones_know_nothing_of_each_other()
    {
        _ct.Commit(_request, zone: 1);
        _ct.Send(_answer, zone: 2).State.ShouldBe(New);
        _ct.Send(_answer, zone: 1).State.ShouldBe(EstablishedReply);
        _ct.Commit(_request, zone: 2);
        _ct.Tracker.Count.ShouldBe(2);
    }

    [Fact]
    public void A_packet_may_pass_several_zones()
    {
        Tracked first = _ct.Commit(_request, zone: 1);
        Tracked second = _ct.Send(_request, zone: 2, commit: true, key: first.Key);
        second.State.ShouldBe(New);
        second.Key.CtZone.ShouldBe((ushort)2);
        _ct.Tracker.Count.ShouldBe(2);
    }

    [Fact]
    public void A_packet_that_another_zone_tracked_gets_the_state_of_this_one()
    {
        _ct.Commit(_request, zone: 2);
        _ct.Send(_answer, zone: 2);
        Tracked first = _ct.Commit(_request, zone: 1);
        Tracked second = _ct.Send(_request, zone: 2, key: first.Key);
        second.State.ShouldBe(CtState.Tracked | CtState.Established);
        second.Key.CtZone.ShouldBe((ushort)2);
    }

    [Fact]
    public void A_mark_changes_under_its_mask()
    {
        _ct.Send(_request, commit: true, mark: (0x12, 0xff)).Key.CtMark.ShouldBe(0x12u);
        _ct.Send(_request, commit: true, mark: (0x3400, 0xff00)).Key.CtMark.ShouldBe(0x3412u);
        _ct.Send(_answer).Key.CtMark.ShouldBe(0x3412u);
    }

    [Fact]
    public void Labels_change_under_their_mask()
    {
        UInt128 high = (UInt128)0xabcd << 112;
        _ct.Send(_request, commit: true, labels: (5, 0xff));
        _ct.Send(_request, commit: true, labels: (high | 0xf0, (UInt128)0xffff << 112)).Key.CtLabels.ShouldBe(high | 5);
        _ct.Send(_answer).Key.CtLabels.ShouldBe(high | 5);
    }

    [Fact]
    public void Force_turns_the_connection_around()
    {
        _ct.Commit(_request);
        Tracked forced = _ct.Send(_answer, commit: true, force: true);
        forced.State.ShouldBe(New);
        ConnectionInfo connection = _ct.Connections().Single();
        connection.Original.SourcePort.ShouldBe((ushort)2000);
        _ct.Send(_request).State.ShouldBe(EstablishedReply);
    }

    [Fact]
    public void Force_leaves_a_connection_of_the_right_direction_alone()
    {
        _ct.Send(_request, commit: true, mark: (7, uint.MaxValue));
        _ct.Send(_answer);
        _ct.Send(_request, commit: true, force: true).State.ShouldBe(CtState.Tracked | CtState.Established);
        _ct.Connections().Single().Mark.ShouldBe(7u);
    }

    [Fact]
    public void Force_leaves_a_connection_alone_whose_packet_was_translated_before()
    {
        Tracked first = _ct.Send(_request, commit: true, mark: (7, uint.MaxValue), nat: new Nat(Source: true, Min: "192.0.2.7"));
        first.Frame.ShouldNotBe(_request);
        _ct.Send(first.Frame, commit: true, force: true, key: first.Key);
        ConnectionInfo connection = _ct.Connections().Single();
        connection.Original.Source.ShouldBe((UInt128)0x0a010101);
        connection.Mark.ShouldBe(7u);
    }

    [Fact]
    public void Flushing_a_zone_leaves_the_others()
    {
        for (ushort zone = 1; zone <= 3; zone++)
        {
            for (ushort port = 1; port <= 10; port++)
                _ct.Commit(Frames.Udp("10.1.1.1", port, "10.1.1.2", 2000), zone);
        }

        _ct.Tracker.Flush(2).ShouldBe(10);
        _ct.Connections().Count(connection => connection.Zone == 2).ShouldBe(0);
        _ct.Connections().Count.ShouldBe(20);
        _ct.Tracker.Flush().ShouldBe(20);
        _ct.Tracker.Count.ShouldBe(0);
        _ct.Commit(_request, zone: 2).State.ShouldBe(New);
    }
}
