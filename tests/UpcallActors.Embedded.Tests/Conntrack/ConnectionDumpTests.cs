using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>The connections that a datapath shows, forgets when told to, and forgets when their time is over.</summary>
public sealed class ConnectionDumpTests : IDisposable
{
    private const string A = "10.0.0.1";
    private const string B = "10.0.0.2";
    private readonly TestDatapath _datapath = new();

    private IConntrack Conntrack => _datapath.Datapath.Conntrack;

    public void Dispose() => _datapath.Dispose();

    [Fact]
    public void Connections_are_shown_with_what_is_known_of_them()
    {
        Commit(Frames.Udp(A, 1000, B, 53), zone: 3);
        Commit(Frames.Tcp("fc00::1", 1, "fc00::2", 2, Frames.Syn), zone: 4);

        ConntrackEntry udp = Conntrack.Dump(3).ShouldHaveSingleItem();
        udp.Original.ShouldBe(new ConntrackTuple(0x0a000001, 0x0a000002, 1000, 53, 17, false));
        udp.Reply.ShouldBe(new ConntrackTuple(0x0a000002, 0x0a000001, 53, 1000, 17, false));
        udp.Zone.ShouldBe((ushort)3);
        udp.Timeout.ShouldBe(30u);
        udp.Tcp.ShouldBeNull();
        udp.Status.ShouldBe(ConnectionStatus.Confirmed);
        ConntrackEntry tcp = Conntrack.Dump(4).ShouldHaveSingleItem();
        tcp.Original.IsIpv6.ShouldBeTrue();
        tcp.Tcp!.Value.State.ShouldBe(TcpState.SynSent);
        Conntrack.Dump(null).Count.ShouldBe(2);
        Conntrack.Dump(5).ShouldBeEmpty();
    }

    [Fact]
    public void More_connections_than_are_read_at_a_time_are_all_shown_once()
    {
        for (ushort port = 1; port <= 700; port++)
            Commit(Frames.Udp(A, port, B, 53), zone: 1);
        Conntrack.Dump(1).Select(entry => entry.Original.SourcePort).Order()
            .ShouldBe(Enumerable.Range(1, 700).Select(port => (ushort)port));
    }

    [Fact]
    public void Connections_of_a_zone_are_forgotten_and_no_others()
    {
        Commit(Frames.Udp(A, 1, B, 2), zone: 3);
        Commit(Frames.Udp(A, 1, B, 2), zone: 4);
        Conntrack.Flush(3);
        Conntrack.Dump(null).ShouldHaveSingleItem().Zone.ShouldBe((ushort)4);
        Conntrack.Flush(null);
        Conntrack.Dump(null).ShouldBeEmpty();
    }

    [Fact]
    public void One_connection_is_forgotten_by_its_original_tuple_and_zone()
    {
        Commit(Frames.Udp(A, 1, B, 2), zone: 3);
        Commit(Frames.Udp(A, 9, B, 2), zone: 3);
        ConntrackEntry entry = Conntrack.Dump(3)[0];
        Conntrack.Flush(4, entry.Original).ShouldBeFalse();
        Conntrack.Flush(3, entry.Reply).ShouldBeFalse();
        Conntrack.Flush(3, entry.Original).ShouldBeTrue();
        Conntrack.Flush(3, entry.Original).ShouldBeFalse();
        Conntrack.Dump(3).ShouldHaveSingleItem().Original.ShouldNotBe(entry.Original);
    }

    [Fact]
    public void What_has_timed_out_is_given_up_without_a_packet_coming_by()
    {
        Commit(Frames.Udp(A, 1, B, 2), zone: 3);
        byte[] fragment = TestFrames.Udp();
        fragment[20] = 0x20;
        _datapath.Execute(fragment, ActionBytes.Ct(3, commit: false)).ShouldBe(0);
        _datapath.Datapath.Defragmented(DefragmentationOutcome.Queued).ShouldBe(1UL);

        _datapath.Datapath.Clock.Set(29_999_000);
        _datapath.Datapath.Expire();
        _datapath.Datapath.ConnectionCount.ShouldBe(1);
        _datapath.Datapath.WaitingDatagrams.ShouldBe(1);
        _datapath.Datapath.Clock.Set(30_000_000);
        _datapath.Datapath.Expire();
        _datapath.Datapath.ConnectionCount.ShouldBe(0);
        _datapath.Datapath.WaitingDatagrams.ShouldBe(0);
    }

    private void Commit(byte[] frame, ushort zone) => _datapath.Execute(frame, ActionBytes.Ct(zone, commit: true)).ShouldBe(0);
}
