namespace UpcallActors.Daemon.Tests.Control;

/// <summary>How many connections there may be, by zone and in all; the texts are those of <c>ovs-vswitchd</c> 3.1.</summary>
public sealed class ConntrackLimitTests
{
    [Fact]
    public async Task Limits_are_set_shown_and_taken_away_by_zone()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("dpctl/ct-get-limits")).ShouldBe("default limit=0\n");
        (await daemon.PrintAsync("dpctl/ct-set-limits", "default=10", "zone=1,limit=5", "zone=2,limit=0")).ShouldBeEmpty();
        (await daemon.PrintAsync("dpctl/ct-get-limits")).ShouldBe("default limit=10\nzone=1,limit=5,count=0\nzone=2,limit=0,count=0\n");
        (await daemon.PrintAsync("dpctl/ct-get-limits", "zone=1")).ShouldBe("default limit=10\nzone=1,limit=5,count=0\n");
        (await daemon.PrintAsync("dpctl/ct-get-limits", "ovs-system", "zone=1,3"))
            .ShouldBe("default limit=10\nzone=1,limit=5,count=0\nzone=3,limit=10,count=0\n");
        (await daemon.PrintAsync("dpctl/ct-del-limits", "zone=1,7")).ShouldBeEmpty();
        (await daemon.PrintAsync("dpctl/ct-get-limits")).ShouldBe("default limit=10\nzone=2,limit=0,count=0\n");
    }

    [Fact]
    public async Task A_zone_has_no_more_connections_than_its_limit()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        await daemon.PrintAsync("dpctl/add-flow", "in_port(2),eth(),eth_type(0x0800),ipv4(frag=no)", "ct(commit,zone=9),3");
        Send(daemon, 1);
        (await daemon.PrintAsync("dpctl/ct-set-limits", "zone=9,limit=3")).ShouldBeEmpty();
        for (byte port = 2; port <= 10; port++)
            Send(daemon, port);
        daemon.Datapath.ConnectionCount.ShouldBe(3);
        (await daemon.PrintAsync("dpctl/ct-get-limits", "zone=9")).ShouldBe("default limit=0\nzone=9,limit=3,count=3\n");
        // What is tracked already goes on, and what has gone makes room.
        ulong sent = daemon.Datapath.Ports.Single(port => port.Number == 3).SentPackets;
        sent.ShouldBe(3UL);
        Send(daemon, 2);
        daemon.Datapath.Ports.Single(port => port.Number == 3).SentPackets.ShouldBe(4UL);
        await daemon.PrintAsync("dpctl/flush-conntrack", "zone=9");
        Send(daemon, 7);
        daemon.Datapath.ConnectionCount.ShouldBe(1);
        await daemon.PrintAsync("dpctl/ct-del-limits", "zone=9");
        for (byte port = 11; port <= 20; port++)
            Send(daemon, port);
        daemon.Datapath.ConnectionCount.ShouldBe(11);
    }

    [Fact]
    public async Task Connections_are_counted_by_protocol_and_TCP_s_by_state()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("dpctl/ct-stats-show")).ShouldBe("Connections Stats:\n    Total: 0\n");
        await daemon.PrintAsync("dpctl/add-flow", "in_port(2),eth(),eth_type(0x0800),ipv4(frag=no)", "ct(commit,zone=9),3");
        Send(daemon, 1);
        Send(daemon, 2);
        Send(daemon, 3, protocol: 6);
        (await daemon.PrintAsync("dpctl/ct-stats-show")).ShouldBe("Connections Stats:\n    Total: 3\n  TCP: 1\n  UDP: 2\n");
        (await daemon.PrintAsync("dpctl/ct-stats-show", "-m", "zone=9"))
            .ShouldBe("Connections Stats:\n    Total: 3\n  TCP: 1\n    Conn per TCP states:\n\t  [SYN_SENT]=1\n  UDP: 2\n");
        (await daemon.PrintAsync("dpctl/ct-stats-show", "zone=8")).ShouldBe("Connections Stats:\n    Total: 0\n");
        (await daemon.FailAsync("dpctl/ct-stats-show", "nosuch")).ShouldBe("upcall-actors: datapath not found (Invalid argument)\n");
    }

    [Fact]
    public async Task All_connections_together_have_a_limit()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("dpctl/ct-get-maxconns")).ShouldBe("262144\n");
        (await daemon.PrintAsync("dpctl/ct-set-maxconns", "2")).ShouldBe("setting maxconns successful\n");
        (await daemon.PrintAsync("dpctl/ct-get-maxconns")).ShouldBe("2\n");
        await daemon.PrintAsync("dpctl/add-flow", "in_port(2),eth(),eth_type(0x0800),ipv4(frag=no)", "ct(commit,zone=9),3");
        for (byte port = 1; port <= 5; port++)
            Send(daemon, port);
        (await daemon.PrintAsync("dpctl/ct-get-nconns")).ShouldBe("2\n");
        (await daemon.FailAsync("dpctl/ct-set-maxconns", "x"))
            .ShouldBe("upcall-actors: maxconns missing or malformed (Invalid argument)\n");
        (await daemon.FailAsync("dpctl/ct-set-maxconns", "0")).ShouldBe("upcall-actors: ct set maxconns failed (Invalid argument)\n");
    }

    [Theory]
    [InlineData("failed to parse zone limit", "dpctl/ct-set-limits", "zone=1")]
    [InlineData("failed to parse field limit", "dpctl/ct-set-limits", "zone=1,limit=x")]
    [InlineData("failed to parse field zone", "dpctl/ct-set-limits", "zone=70000,limit=1")]
    [InlineData("invalid zone limit field: foo", "dpctl/ct-set-limits", "foo=1")]
    [InlineData("invalid zone limit field: default", "dpctl/ct-set-limits", "default=1", "default=2")]
    [InlineData("invalid default limit", "dpctl/ct-set-limits", "default=xx")]
    [InlineData("invalid zone", "dpctl/ct-get-limits", "zone=x")]
    [InlineData("invalid zone", "dpctl/ct-del-limits", "zone=")]
    [InlineData("invalid argument foo", "dpctl/ct-get-limits", "foo")]
    [InlineData("datapath not found", "dpctl/ct-get-limits", "zone=1", "zone=2")]
    public async Task What_is_wrong_is_said_in_Open_vSwitchs_words(string problem, string command, params string[] arguments)
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.FailAsync(command, arguments)).ShouldBe($"upcall-actors: {problem} (Invalid argument)\n");
    }

    /// <summary>A packet of a connection of its own, from a port.</summary>
    private static void Send(ControlledSwitch daemon, byte port, byte protocol = 17)
    {
        daemon.Clock.Set(5_000_000);
        byte[] frame =
        [
            0x50, 0x54, 0, 0, 0, 0x0a, 0x50, 0x54, 0, 0, 0, 1, 8, 0,
            0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
            0, port, 0, 53, 0, 20, 0, 0, .. new byte[12],
        ];
        if (protocol == 6)
            (frame[46], frame[47]) = (0x50, 0x02);
        SetChecksum(frame, 14, 20, 24, 0);
        const uint PseudoHeader = (10 * 256 * 2) + 1 + 2 + 20;
        SetChecksum(frame, 34, 20, protocol == 6 ? 50 : 40, PseudoHeader + protocol);
        daemon.Datapath.Receive(2, frame);
    }

    private static void SetChecksum(byte[] frame, int start, int length, int place, uint initial)
    {
        uint sum = initial;
        for (int i = start; i < start + length; i += 2)
            sum += (uint)((frame[i] << 8) | frame[i + 1]);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
        (frame[place], frame[place + 1]) = ((byte)(sum >> 8), (byte)sum);
    }
}
