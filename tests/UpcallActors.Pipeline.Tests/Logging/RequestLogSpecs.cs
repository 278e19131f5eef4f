using Microsoft.Extensions.Logging;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>What is said of requests, as Open vSwitch's <c>log_execute_message</c> and <c>log_flow_put_message</c> say it.</summary>
public sealed class RequestLogSpecs : PipelineSpec
{

    private const string Packet =
        "icmp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,"
        + "nw_src=10.1.1.1,nw_dst=10.2.0.3,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,icmp_type=8,icmp_code=0";

    private const string Said = $"on packet {Packet} with metadata skb_priority(0),skb_mark(0),in_port(1)";

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1500, 0, 1500)]
    [InlineData(1500, 1400, 1400)]
    [InlineData(1300, 1400, 1300)]
    public async Task A_refused_execute_is_a_warning_with_actions_error_packet_metadata_and_the_MRU_that_was_sent(
        int mru, int limit, int said)
    {
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => message.IsExecute ? Errno.Invalid : Errno.None;
        Translators.Decide = (in UpcallView upcall, Span<byte> actions, ref FlowKey mask) =>
            ScriptedTranslators.OutputTo(2)(upcall, actions, ref mask) with { MruLimit = (ushort)limit };

        IReadOnlyList<string> lines = await Run(datapath, LogLevel.Information, Upcalls.Miss(1, 3, mru: (ushort)mru));

        lines.ShouldBe([$"dpif Warning: test@scripted: execute 2 failed (Invalid argument) {Said} mtu {said}"]);
    }

    [Fact]
    public async Task A_refused_flow_put_is_a_warning_with_its_match_and_actions()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => message.IsExecute ? Errno.None : Errno.Invalid;

        IReadOnlyList<string> lines = await Run(datapath, LogLevel.Information, Upcalls.Miss(1, 3));

        lines.Single().ShouldMatch(
            @"^dpif Warning: test@scripted: failed to put\[create\] \(Invalid argument\) ufid:[0-9a-f-]{36} .*in_port\(1\),.*, actions:2$");
    }

    [Fact]
    public async Task Of_a_storm_of_errors_five_are_said()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => message.IsExecute ? Errno.Invalid : Errno.None;

        byte[][] upcalls = [.. Enumerable.Range(0, 200).Select(i => Upcalls.Miss(1, (uint)i))];
        IReadOnlyList<string> lines = await Run(datapath, LogLevel.Information, upcalls);

        lines.Count.ShouldBeInRange(5, 20);
        lines.ShouldAllBe(line => Is(line, "Warning: test@scripted: execute") || Is(line, "Warning: Dropped"));
    }

    [Fact]
    public async Task What_succeeds_and_a_flow_that_is_there_already_are_said_at_debug_alone()
    {
        using var datapath = new ScriptedDatapath();
        datapath.Answer = message => message.IsExecute || message.Key.DatapathPort == 1 ? Errno.None : Errno.Exists;
        byte[][] upcalls = [Upcalls.Miss(1, 3, mru: 1500), Upcalls.Miss(2, 4)];

        (await Run(datapath, LogLevel.Information, upcalls)).ShouldBeEmpty();
        IReadOnlyList<string> lines = await Run(datapath, LogLevel.Debug, upcalls);

        lines.ShouldContain($"dpif Debug: test@scripted: execute 2 {Said} mtu 1500");
        lines.Count(line => Is(line, "Debug: test@scripted: execute 2 on packet")).ShouldBe(2);
        lines.Count(line => Is(line, "Debug: test@scripted: put[create] ufid:")).ShouldBe(1);
        lines.Count(line => Is(line, "Debug: test@scripted: failed to put[create] (File exists) ufid:")).ShouldBe(1);
        lines.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_send_that_is_refused_and_a_request_that_no_send_takes_are_said_too()
    {
        using var refusing = new ScriptedDatapath();
        refusing.Refuse = _ => Errno.NotPermitted;
        (await Run(refusing, LogLevel.Information, Upcalls.Miss(1, 3)))
            .ShouldContain($"dpif Warning: test@scripted: execute 2 failed (Operation not permitted) {Said} mtu 0");

        using var narrow = new ScriptedDatapath { SendLimit = 1500 };
        (await Run(narrow, LogLevel.Information, Upcalls.Miss(1, 3, packetLength: 2000)))
            .ShouldBe([$"dpif Warning: test@scripted: execute 2 failed (Message too long) {Said} mtu 0"]);
    }

    private static bool Is(string line, string beginning) => line.StartsWith($"dpif {beginning}", StringComparison.Ordinal);

    private async Task<IReadOnlyList<string>> Run(ScriptedDatapath datapath, LogLevel least, params byte[][] upcalls)
    {
        using var lines = new LogLines(least);
        await using UpcallPipeline pipeline = Start(datapath, new UpcallPipelineSettings { Loggers = lines });
        long before = datapath.UpcallsQueued;
        datapath.Upcall(upcalls);
        await Until(() => pipeline.Counters.Completed == datapath.UpcallsQueued - before);
        return lines.All;
    }
}
