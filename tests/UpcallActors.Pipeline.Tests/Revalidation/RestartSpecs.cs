using Akka.TestKit.Xunit2;
using UpcallActors.Embedded;
using UpcallActors.Embedded.Tests.Recordings;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.OpenFlow.Tests;

namespace UpcallActors.Pipeline.Tests;

/// <summary>The slow path ends and starts anew, with nothing of what it knew, over a datapath that goes on: traffic does not notice.</summary>
public sealed class RestartSpecs() : TestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    private const string TwoTracks = """
        in_port=1,udp,actions=ct(commit,zone=1,table=1)
        table=1,udp,tp_dst=53,actions=load:0x2->NXM_NX_REG0[],ct(commit,zone=2,table=2)
        table=1,udp,tp_dst=54,actions=load:0x3->NXM_NX_REG0[],ct(commit,zone=3,table=2)
        table=2,actions=output:NXM_NX_REG0[]
        """;

    public static TheoryData<string> Scenarios => KernelRecording.Bridged;

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Recorded_traffic_needs_the_new_slow_path_for_nothing(string name)
    {
        var recording = new KernelRecording(name);
        using var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions { Clock = DatapathClock.Settable(), RandomSeed = 1 });
        datapath.AddPort(new EmbeddedPort(1, "br0", OvsVportType.Internal));
        datapath.AddPort(new EmbeddedPort(recording.PortNumber("p0"), "ovs-p0"));
        datapath.AddPort(new EmbeddedPort(recording.PortNumber("p1"), "ovs-p1"));
        await using (UpcallPipeline first = await StartAsync(datapath, name))
        {
            // Twice: with the connections there from the beginning, there are flows for them.
            await PlayAsync(recording, datapath, first);
            await PlayAsync(recording, datapath, first);
        }

        string[] flows = FlowsOf(datapath);
        flows.Count(flow => flow.Contains("recirc(0x", StringComparison.Ordinal)).ShouldBeGreaterThan(0);
        long upcalls = datapath.Counters.UpcallsQueued;

        await using UpcallPipeline second = await StartAsync(datapath, name);
        FlowsOf(datapath).ShouldBe(flows);
        await PlayAsync(recording, datapath, second, upcalls);

        datapath.Counters.UpcallsQueued.ShouldBe(upcalls);
        second.Counters.Received.ShouldBe(0);
        FlowsOf(datapath).ShouldBe(flows);
        RevalidationCounters counters = second.Revalidation!.Counters;
        counters[RevalidationEvent.FlowAdopted].ShouldBe(flows.Length);
        counters[RevalidationEvent.FlowModified].ShouldBe(0);
        Enum.GetValues<FlowDeletionReason>().Sum(counters.Deleted).ShouldBe(0);
    }

    [Fact]
    public async Task Chains_of_recirculations_are_understood_again_in_any_order()
    {
        RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(Sys, TwoTracks);
        await SendBothAsync(first);
        await SendBothAsync(first);
        string[] flows = first.Flows();
        long upcalls = first.Datapath.Counters.UpcallsQueued;
        await first.DisposeAsync();

        await using RevalidatedSwitch second = await RevalidatedSwitch.StartAsync(Sys, TwoTracks, first.Datapath);
        second.Flows().ShouldBe(flows);
        await SendBothAsync(second);
        await second.RoundAsync(2);
        second.Flows().ShouldBe(flows);
        second.Datapath.Counters.UpcallsQueued.ShouldBe(upcalls);
        second.Counters[RevalidationEvent.FlowModified].ShouldBe(0);
    }

    [Fact]
    public async Task Flows_whose_actions_a_dump_has_left_out_are_asked_for_one_by_one_and_stay()
    {
        RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(Sys, TwoTracks);
        await SendBothAsync(first);
        await SendBothAsync(first);
        string[] flows = first.Flows();
        long upcalls = first.Datapath.Counters.UpcallsQueued;
        await first.DisposeAsync();

        await using RevalidatedSwitch second = await RevalidatedSwitch.StartAsync(
            Sys, TwoTracks, first.Datapath, seen: datapath => new ActionlessDumps(datapath));
        second.Counters[RevalidationEvent.FlowAdopted].ShouldBe(flows.Length);
        second.Flows().ShouldBe(flows);
        await SendBothAsync(second);
        second.Datapath.Counters.UpcallsQueued.ShouldBe(upcalls);

        // New ones, so many that they are shown in full, or as much as fits.
        for (byte host = 10; host < 90; host++)
            await second.SendAsync(101, RevalidatedSwitch.Udp(host, 2, (ushort)(1000 + host)));
        int count = second.Flows().Length;
        await second.RoundAsync(3);
        second.Flows().Length.ShouldBe(count);
        second.Counters[RevalidationEvent.FlowModified].ShouldBe(0);
        Enum.GetValues<FlowDeletionReason>().Sum(second.Counters.Deleted).ShouldBe(0);
    }

    [Fact]
    public async Task Ids_given_out_after_a_restart_are_not_those_of_flows_that_stay()
    {
        RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(Sys, TwoTracks);
        await first.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 53), times: 2);
        uint[] before = [.. IdsOf(first)];
        await first.DisposeAsync();

        await using RevalidatedSwitch second = await RevalidatedSwitch.StartAsync(Sys, TwoTracks, first.Datapath);
        await second.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 54), times: 2);
        uint[] after = [.. IdsOf(second)];
        after.Length.ShouldBe(before.Length + 1, "the first track is the same, the second is new");
        before.ShouldBeSubsetOf(after);
        after.ShouldBeUnique();
    }

    [Fact]
    public async Task What_an_id_of_other_tables_stood_for_is_not_guessed()
    {
        RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(Sys, TwoTracks);
        await SendBothAsync(first);
        long modified = first.Datapath.FlowCount;
        await first.DisposeAsync();

        // The same track, but with something else behind it.
        await using RevalidatedSwitch second = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,udp,actions=ct(commit,zone=7,table=1)\ntable=1,actions=3", first.Datapath);
        second.Counters[RevalidationEvent.FlowModified].ShouldBe(1, "the first flow leads on to the new track");
        second.Counters.Deleted(FlowDeletionReason.XlationError).ShouldBe(modified - 1);
        await second.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 53), times: 2);
        second.Flows().ShouldContain(flow => flow.EndsWith("actions:103", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stations_of_flows_that_are_there_are_known_again_and_their_flows_stay()
    {
        RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(Sys, "actions=NORMAL");
        await first.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await first.SendAsync(102, RevalidatedSwitch.Udp(2, 1), times: 2);
        await first.RoundAsync(2);
        await first.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        string[] flows = first.Flows();
        flows.ShouldAllBe(flow => !flow.Contains(",103", StringComparison.Ordinal));
        await first.DisposeAsync();

        await using RevalidatedSwitch second = await RevalidatedSwitch.StartAsync(Sys, "actions=NORMAL", first.Datapath);
        second.Flows().ShouldBe(flows);
        second.Counters[RevalidationEvent.FlowModified].ShouldBe(0);
        second.Factory.Bridges[0].MacLearning.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Userspace_actions_name_the_new_sockets()
    {
        RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=controller,2", support: new OdpSupport { UserspacePid = _ => 4711 });
        await first.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        first.Flows().ShouldHaveSingleItem().ShouldContain("pid=4711");
        await first.DisposeAsync();

        await using RevalidatedSwitch second = await RevalidatedSwitch.StartAsync(Sys, "in_port=1,actions=controller,2", first.Datapath, support: new OdpSupport { UserspacePid = _ => 4712 });
        second.Flows().ShouldHaveSingleItem().ShouldContain("pid=4712");
        second.Counters[RevalidationEvent.FlowModified].ShouldBe(1);
    }

    private static async Task SendBothAsync(RevalidatedSwitch bridge)
    {
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 53));
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 54));
    }

    private static IEnumerable<uint> IdsOf(RevalidatedSwitch bridge) => bridge.Dump().Select(flow =>
    {
        OvsFlowKeyReader.TryRead(flow.Key.Span, out FlowKey key).ShouldBe(OdpParseError.None);
        return key.RecircId;
    }).Where(id => id != 0).Distinct();

    private static string[] FlowsOf(EmbeddedDatapath datapath) => RevalidatedSwitch.FlowsOf(datapath);

    private async Task<UpcallPipeline> StartAsync(EmbeddedDatapath datapath, string name)
    {
        UpcallPipeline pipeline = UpcallPipeline.Start(Sys, datapath, new OpenFlowTranslatorFactory(RecordedScenario.Of(name).Bridges()), new UpcallPipelineSettings
        {
            Revalidation = new RevalidatorSettings { Time = new ManualTime(), Revalidators = 2 },
        });
        await pipeline.Started.WaitAsync(TimeSpan.FromSeconds(60));
        return pipeline;
    }

    /// <summary>Plays the hosts' frames, each when the one before is done with; <paramref name="answered"/> upcalls were answered by an earlier pipeline.</summary>
    private static async Task PlayAsync(KernelRecording recording, EmbeddedDatapath datapath, UpcallPipeline pipeline, long answered = 0)
    {
        IReadOnlyList<CapturedFrame> frames0 = recording.Frames("p0");
        IReadOnlyList<CapturedFrame> frames1 = recording.Frames("p1");
        CaptureInput[] inputs =
        [
            new(recording.PortNumber("p0"), frames0, HostOf(frames0, frames1)),
            new(recording.PortNumber("p1"), frames1, HostOf(frames1, frames0)),
        ];
        await new CaptureReplay(datapath, inputs, []).RunAsync(ReplayPace.WhenIdle, WhenIdleAsync, TimeProvider.System, CancellationToken.None);

        async ValueTask WhenIdleAsync(CancellationToken cancellation)
        {
            while (answered + pipeline.Counters.Completed != datapath.Counters.UpcallsQueued)
            {
                pipeline.Completion.IsCompleted.ShouldBeFalse();
                await Task.Yield();
            }
        }
    }

    private static ulong HostOf(IReadOnlyList<CapturedFrame> own, IReadOnlyList<CapturedFrame> other) =>
        own.First(frame => other.Any(seen => seen.Data.Span.SequenceEqual(frame.Data.Span) && frame.Microseconds < seen.Microseconds)).Source;
}
