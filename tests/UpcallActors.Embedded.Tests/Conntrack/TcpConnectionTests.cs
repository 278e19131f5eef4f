using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>TCP connections from SYN to the last ACK, and what does not belong to them.</summary>
public class TcpConnectionTests
{
    private const string Client = "10.1.1.1";
    private const string Server = "10.1.1.2";
    private const CtState New = CtState.Tracked | CtState.New;
    private const CtState Established = CtState.Tracked | CtState.Established;
    private const CtState EstablishedReply = Established | CtState.Reply;
    private const CtState Invalid = CtState.Tracked | CtState.Invalid;

    // SACK permitted, window scale 7.
    private static readonly byte[] s_synOptions = [2, 4, 5, 0xb4, 4, 2, 3, 3, 7, 1, 1, 0];
    private readonly CtSession _ct = new();

    [Fact]
    public void A_handshake_establishes_the_connection()
    {
        Handshake();
        ConnectionInfo connection = _ct.Connections().Single();
        connection.Tcp!.Value.State.ShouldBe(TcpState.Established);
        connection.Status.HasFlag(ConnectionStatus.Assured).ShouldBeTrue();
        connection.Remaining.ShouldBe(5L * 24 * 3600 * 1000);
    }

    [Fact]
    public void Data_that_is_not_acknowledged_shortens_the_life()
    {
        Handshake();
        FromClient(Frames.Ack | Frames.Push, 1001, 5001, payload: 100).ShouldBe(Established);
        _ct.Connections().Single().Remaining.ShouldBe(300_000);
        FromServer(Frames.Ack, 5001, 1101).ShouldBe(EstablishedReply);
        _ct.Connections().Single().Remaining.ShouldBe(5L * 24 * 3600 * 1000);
    }

    [Fact]
    public void Fins_from_both_sides_end_in_time_wait()
    {
        Handshake();
        FromClient(Frames.Fin | Frames.Ack, 1001, 5001).ShouldBe(Established);
        StateIs(TcpState.FinWait, 120_000);
        FromServer(Frames.Ack, 5001, 1002).ShouldBe(EstablishedReply);
        StateIs(TcpState.CloseWait, 60_000);
        FromServer(Frames.Fin | Frames.Ack, 5001, 1002).ShouldBe(EstablishedReply);
        StateIs(TcpState.LastAck, 30_000);
        FromClient(Frames.Ack, 1002, 5002).ShouldBe(Established);
        StateIs(TcpState.TimeWait, 120_000);
    }

    [Fact]
    public void A_syn_reopens_a_connection_in_time_wait()
    {
        Fins_from_both_sides_end_in_time_wait();
        Tracked again = _ct.Commit(Segment(Frames.Syn, 90_000, 0));
        again.State.ShouldBe(New);
        StateIs(TcpState.SynSent, 120_000);
    }

    [Fact]
    public void A_reset_closes()
    {
        Handshake();
        FromServer(Frames.Rst | Frames.Ack, 5001, 1001).ShouldBe(EstablishedReply);
        StateIs(TcpState.Close, 10_000);
    }

    [Fact]
    public void A_reset_for_an_answer_removes_the_connection()
    {
        _ct.Commit(Segment(Frames.Syn, 1000, 0));
        FromServer(Frames.Rst | Frames.Ack, 0, 1001).ShouldBe(EstablishedReply);
        _ct.Tracker.Count.ShouldBe(0);
    }

    [Fact]
    public void A_reset_out_of_the_blue_is_invalid()
    {
        Handshake();
        FromServer(Frames.Ack, 5001, 1001).ShouldBe(EstablishedReply);
        FromClient(Frames.Ack | Frames.Push, 1001, 5001, payload: 10).ShouldBe(Established);
        FromServer(Frames.Rst, 100, 0).ShouldBe(Invalid);
        StateIs(TcpState.Established);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Frames.Syn | Frames.Fin)]
    [InlineData(Frames.Syn | Frames.Rst)]
    [InlineData(Frames.Fin)]
    [InlineData(0x3f)]
    public void Flags_that_no_tcp_sends_are_invalid(byte flags)
    {
        FromClient(flags, 1, 1).ShouldBe(Invalid);
        Handshake();
        FromClient(flags, 1001, 5001).ShouldBe(Invalid);
    }

    [Theory]
    [InlineData(Frames.Syn | Frames.Ack)]
    [InlineData(Frames.Fin | Frames.Ack)]
    [InlineData(Frames.Rst)]
    public void No_connection_begins_with_other_than_syn_or_ack(byte flags) => FromClient(flags, 1, 1).ShouldBe(Invalid);

    [Fact]
    public void A_connection_is_picked_up_in_its_middle()
    {
        _ct.Commit(Segment(Frames.Ack, 7000, 9000)).State.ShouldBe(New);
        StateIs(TcpState.Established, 300_000);
        FromServer(Frames.Ack, 9000, 7000).ShouldBe(EstablishedReply);
        FromClient(Frames.Ack, 7000, 9000).ShouldBe(Established);
        _ct.Connections().Single().Status.HasFlag(ConnectionStatus.Assured).ShouldBeTrue();
    }

    [Fact]
    public void Before_it_is_established_what_lies_out_of_window_is_invalid()
    {
        _ct.Commit(Segment(Frames.Syn, 1000, 0, options: s_synOptions));
        FromServer(Frames.Syn | Frames.Ack, 5000, 1001, options: s_synOptions).ShouldBe(EstablishedReply);
        FromClient(Frames.Ack, 1001 + 10_000_000, 5001).ShouldBe(Invalid);
        FromClient(Frames.Ack, 1001, 5001 + 10_000_000).ShouldBe(Invalid);
        FromClient(Frames.Ack, 1001, 5001).ShouldBe(Established);
    }

    [Fact]
    public void Once_established_the_window_is_liberal()
    {
        Handshake();
        FromClient(Frames.Ack, 1001 + 10_000_000, 5001).ShouldBe(Established);
    }

    [Fact]
    public void A_syn_ack_that_nobody_asked_for_belongs_to_nothing()
    {
        _ct.Commit(Segment(Frames.Syn, 1000, 0));
        FromClient(Frames.Syn | Frames.Ack, 1000, 1).ShouldBe(Invalid);
        FromServer(Frames.Syn | Frames.Ack, 5000, 77_000_000).ShouldBe(Invalid);
    }

    [Fact]
    public void A_simultaneous_open_is_established()
    {
        _ct.Commit(Segment(Frames.Syn, 1000, 0));
        FromServer(Frames.Syn, 5000, 0).ShouldBe(EstablishedReply);
        StateIs(TcpState.SynSent2);
        FromClient(Frames.Syn | Frames.Ack, 1000, 5001).ShouldBe(Established);
        StateIs(TcpState.SynReceived);
        FromServer(Frames.Ack, 5001, 1001).ShouldBe(EstablishedReply);
        StateIs(TcpState.Established);
    }

    [Fact]
    public void A_stale_connection_gets_in_step_with_its_ends()
    {
        Handshake();
        FromClient(Frames.Syn, 50_000, 0).ShouldBe(Established, "ignored, but remembered");
        StateIs(TcpState.Established);
        FromServer(Frames.Syn | Frames.Ack, 80_000, 50_001).ShouldBe(EstablishedReply);
        StateIs(TcpState.SynReceived);
        FromClient(Frames.Ack, 50_001, 80_001).ShouldBe(Established);
        StateIs(TcpState.Established);
    }

    [Fact]
    public void A_retransmitted_syn_does_not_prolong_the_life()
    {
        _ct.Commit(Segment(Frames.Syn, 1000, 0));
        _ct.Now += 50_000;
        FromClient(Frames.Syn, 1000, 0).ShouldBe(New);
        StateIs(TcpState.SynSent, 70_000);
    }

    [Theory]
    [InlineData(0x40)]
    [InlineData(0xf0)]
    public void A_header_length_that_cannot_be_is_invalid(byte offset)
    {
        byte[] segment = new byte[20];
        segment[12] = offset;
        segment[13] = Frames.Syn;
        _ct.Commit(Frames.Ip(Client, Server, 6, segment, 16)).State.ShouldBe(Invalid);
    }

    [Fact]
    public void Options_without_sense_do_no_harm()
    {
        foreach (byte[] options in (byte[][])[[3, 0, 0, 0], [3, 1, 0, 0], [5, 40, 0, 0], [1, 1, 1, 5], [4, 255, 3, 3], [0, 9, 9, 9]])
        {
            var ct = new CtSession();
            ct.Commit(Segment(Frames.Syn, 1000, 0, options: options)).State.ShouldBe(New);
            ct.Send(Frames.Tcp(Server, 80, Client, 4000, Frames.Syn | Frames.Ack, 5000, 1001, options: options)).State
                .ShouldBe(EstablishedReply);
        }
    }

    private static byte[] Segment(byte flags, uint sequence, uint ack, int payload = 0, byte[]? options = null) =>
        Frames.Tcp(Client, 4000, Server, 80, flags, sequence, ack, 65535, payload, options);

    private void Handshake()
    {
        _ct.Commit(Segment(Frames.Syn, 1000, 0, options: s_synOptions)).State.ShouldBe(New);
        StateIs(TcpState.SynSent, 120_000);
        FromServer(Frames.Syn | Frames.Ack, 5000, 1001, options: s_synOptions).ShouldBe(EstablishedReply);
        StateIs(TcpState.SynReceived, 60_000);
        FromClient(Frames.Ack, 1001, 5001).ShouldBe(Established);
        // The SYN and ACK of the server count as data until acknowledged; the server has nothing to say yet.
        FromServer(Frames.Ack, 5001, 1001).ShouldBe(EstablishedReply);
    }

    private CtState FromClient(byte flags, uint sequence, uint ack, int payload = 0) =>
        _ct.Send(Segment(flags, sequence, ack, payload)).State;

    private CtState FromServer(byte flags, uint sequence, uint ack, byte[]? options = null) =>
        _ct.Send(Frames.Tcp(Server, 80, Client, 4000, flags, sequence, ack, options: options)).State;

    private void StateIs(TcpState state, long? remaining = null)
    {
        ConnectionInfo connection = _ct.Connections().Single();
        connection.Tcp!.Value.State.ShouldBe(state);
        if (remaining is { } expected)
            connection.Remaining.ShouldBe(expected);
    }
}
