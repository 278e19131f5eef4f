using UpcallActors.Odp.Text;

namespace UpcallActors.Odp.Tests;

/// <summary>
/// The expected lines are those of <c>ovs-dpctl dump-conntrack</c> 3.1, for connections made by the <c>conntrack</c> tool.
/// </summary>
public sealed class ConntrackTextTests
{
    private const ulong Started = 1_795_415_268_720_999_999;

    private static readonly ConntrackEntry Tcp = new(Tuple(6, 0x0a000001, 1, 0x0a000002, 2), Tuple(6, 0x0a000002, 2, 0x0a000001, 1))
    {
        Id = 3624541384,
        Zone = 5,
        Status = ConnectionStatus.SeenReply | ConnectionStatus.Assured | ConnectionStatus.Confirmed,
        Timeout = 99,
        Mark = 6,
        Started = Started,
        Tcp = new ConntrackTcp(
            TcpState.Established, 0, 0, ConntrackTcpFlags.SackPermitted | ConntrackTcpFlags.BeLiberal,
            ConntrackTcpFlags.SackPermitted | ConntrackTcpFlags.BeLiberal),
    };

    private static readonly ConntrackEntry Icmp = new(Tuple(1, 0x0a000001, 77, 0x0a000002, 0x0800), Tuple(1, 0x0a000002, 77, 0x0a000001, 0))
    {
        Status = ConnectionStatus.Confirmed,
        Timeout = 99,
    };

    [Fact]
    public void A_connection_reads_as_dump_conntrack_prints_it() =>
        Line(Tcp, verbose: false, statistics: false).ShouldBe(
            "tcp,orig=(src=10.0.0.1,dst=10.0.0.2,sport=1,dport=2),reply=(src=10.0.0.2,dst=10.0.0.1,sport=2,dport=1),zone=5,mark=6,"
                + "protoinfo=(state=ESTABLISHED)");

    [Fact]
    public void More_adds_id_status_and_both_ends() =>
        Line(Tcp, verbose: true, statistics: false).ShouldBe(
            "tcp,orig=(src=10.0.0.1,dst=10.0.0.2,sport=1,dport=2),reply=(src=10.0.0.2,dst=10.0.0.1,sport=2,dport=1),id=3624541384,zone=5,"
                + "status=SEEN_REPLY|ASSURED|CONFIRMED,mark=6,protoinfo=(state_orig=ESTABLISHED,state_reply=ESTABLISHED,"
                + "flags_orig=SACK_PERM|BE_LIBERAL,flags_reply=SACK_PERM|BE_LIBERAL)");

    [Fact]
    public void Statistics_add_time_timeout_and_counters()
    {
        Line(Tcp, verbose: false, statistics: true).ShouldBe(
            "tcp,orig=(src=10.0.0.1,dst=10.0.0.2,sport=1,dport=2),reply=(src=10.0.0.2,dst=10.0.0.1,sport=2,dport=1),"
                + "start=2026-11-23T06:27:48.720,zone=5,timeout=99,mark=6,protoinfo=(state=ESTABLISHED)");
        ConntrackEntry counted = Icmp with
        {
            OriginalCounters = new(3, 252),
            ReplyCounters = new(2, 168),
            Started = Started,
            Stopped = Started + 1_000_000_000,
        };
        Line(counted, verbose: false, statistics: true).ShouldBe(
            "icmp,orig=(src=10.0.0.1,dst=10.0.0.2,id=77,type=8,code=0,packets=3,bytes=252),reply=(src=10.0.0.2,dst=10.0.0.1,id=77,type=0,"
                + "code=0,packets=2,bytes=168),start=2026-11-23T06:27:48.720,stop=2026-11-23T06:27:49.720,timeout=99");
    }

    [Fact]
    public void Times_are_of_the_zone_asked_for() =>
        ConntrackText.Format(Tcp, verbose: false, statistics: true, TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(2), "x", "x"))
            .ShouldContain(",start=2026-11-23T08:27:48.720,");

    [Fact]
    public void A_half_open_connection_counts_as_established_unless_verbose()
    {
        ConntrackEntry half = Tcp with
        {
            Tcp = Tcp.Tcp!.Value with { State = TcpState.SynReceived, OriginalScale = 7, ReplyScale = 9, ReplyFlags = 0 },
        };
        Line(half, verbose: false, statistics: false).ShouldEndWith("protoinfo=(state=ESTABLISHED)");
        Line(half, verbose: true, statistics: false).ShouldEndWith(
            "protoinfo=(state_orig=SYN_RECV,state_reply=SYN_RECV,wscale_orig=7,wscale_reply=9,flags_orig=SACK_PERM|BE_LIBERAL,"
                + "flags_reply=0)");
    }

    [Fact]
    public void Labels_helper_and_parent_follow_the_mark()
    {
        ConntrackEntry related = Icmp with { Mark = 1, Labels = (UInt128)0xabc << 64, Helper = "ftp", Parent = Tcp.Original };
        Line(related, verbose: false, statistics: false).ShouldEndWith(",mark=1,labels=0xabc0000000000000000,helper=ftp");
        Line(related, verbose: true, statistics: false).ShouldEndWith(",helper=ftp,parent=(src=10.0.0.1,dst=10.0.0.2,sport=1,dport=2)");
    }

    [Fact]
    public void Other_protocols_have_a_name_or_their_number()
    {
        UInt128 source = new(0xfc00_0000_0000_0000, 1);
        var original = new ConntrackTuple(source, source + 1, 78, 0x8000, 58, IsIpv6: true);
        Line(new ConntrackEntry(original, original), verbose: false, statistics: false)
            .ShouldStartWith("icmpv6,orig=(src=fc00::1,dst=fc00::2,id=78,type=128,code=0),");
        ConntrackEntry sctp = new(original with { Protocol = 132 },
            original)
        { Sctp = new ConntrackSctp(SctpState.ShutdownReceived, 5, 9) };
        Line(sctp, verbose: false, statistics: false).ShouldEndWith(",protoinfo=(state=SHUTDOWN_RECD,vtag_orig=5,vtag_reply=9)");
        Line(new ConntrackEntry(original with { Protocol = 47 }, original), verbose: false, statistics: false).ShouldStartWith("47,orig=(");
    }

    [Theory]
    [InlineData(TcpState.None, "CLOSED")]
    [InlineData(TcpState.SynSent, "SYN_SENT")]
    [InlineData(TcpState.FinWait, "FIN_WAIT_1")]
    [InlineData(TcpState.CloseWait, "CLOSE_WAIT")]
    [InlineData(TcpState.LastAck, "LAST_ACK")]
    [InlineData(TcpState.TimeWait, "TIME_WAIT")]
    [InlineData(TcpState.Close, "CLOSING")]
    [InlineData(TcpState.SynSent2, "SYN_SENT")]
    public void The_states_have_the_names_of_Open_vSwitch(TcpState state, string name) =>
        Line(Tcp with { Tcp = new ConntrackTcp(state, 0, 0, 0, 0) }, verbose: false, statistics: false).ShouldEndWith($"(state={name})");

    private static ConntrackTuple Tuple(byte protocol, uint source, ushort sourcePort, uint destination, ushort destinationPort) =>
        new(source, destination, sourcePort, destinationPort, protocol, IsIpv6: false);

    private static string Line(ConntrackEntry entry, bool verbose, bool statistics) =>
        ConntrackText.Format(entry, verbose, statistics, TimeZoneInfo.Utc);
}
