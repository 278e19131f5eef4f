using Akka.TestKit.Xunit2;
using UpcallActors.Embedded;
using UpcallActors.Embedded.Tests.Recordings;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>
/// The slow path ends and starts anew, with nothing of what it knew, over a datapath that goes on: traffic does not notice.
/// </summary>
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
        using EmbeddedDatapath datapath = RecordedSwitch.NewDatapath(recording);
        await using (RecordedSwitch first = await RecordedSwitch.StartAsync(Sys, recording, datapath))
        {
            // Twice: with the connections there from the beginning, there are flows for them.
            await first.PlayAsync();
            await first.PlayAsync();
        }

        string[] flows = RevalidatedSwitch.FlowsOf(datapath);
        flows.Count(flow => flow.Contains("recirc(0x", StringComparison.Ordinal)).ShouldBeGreaterThan(0);
        long upcalls = datapath.Counters.UpcallsQueued;

        await using RecordedSwitch second = await RecordedSwitch.StartAsync(Sys, recording, datapath);
        RevalidatedSwitch.FlowsOf(datapath).ShouldBe(flows);
        await second.PlayAsync();

        datapath.Counters.UpcallsQueued.ShouldBe(upcalls);
        second.Pipeline.Counters.Received.ShouldBe(0);
        RevalidatedSwitch.FlowsOf(datapath).ShouldBe(flows);
        RevalidationCounters counters = second.Pipeline.Revalidation!.Counters;
        counters[RevalidationEvent.FlowAdopted].ShouldBe(flows.Length);
        counters[RevalidationEvent.FlowModified].ShouldBe(0);
        Enum.GetValues<FlowDeletionReason>().Sum(counters.Deleted).ShouldBe(0);
    }

    [Fact]
    public async Task Chains_of_recirculations_are_understood_again_in_any_order()
    {
        await using RevalidatedSwitch first = await StartOnBothTracksAsync();
        string[] flows = first.Flows();
        long upcalls = first.Datapath.Counters.UpcallsQueued;

        await using RevalidatedSwitch second = await first.RestartAsync();
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
        await using RevalidatedSwitch first = await StartOnBothTracksAsync();
        string[] flows = first.Flows();
        long upcalls = first.Datapath.Counters.UpcallsQueued;

        await using RevalidatedSwitch second = await first.RestartAsync(seen: datapath => new ActionlessDumps(datapath));
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
        await using RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(Sys, TwoTracks);
        await first.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 53), times: 2);
        uint[] before = [.. IdsOf(first)];

        await using RevalidatedSwitch second = await first.RestartAsync();
        await second.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 54), times: 2);
        uint[] after = [.. IdsOf(second)];
        after.Length.ShouldBe(before.Length + 1, "the first track is the same, the second is new");
        before.ShouldBeSubsetOf(after);
        after.ShouldBeUnique();
    }

    [Fact]
    public async Task What_an_id_of_other_tables_stood_for_is_not_guessed()
    {
        await using RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(Sys, TwoTracks);
        await SendBothAsync(first);
        long modified = first.Datapath.FlowCount;

        // The same track, but with something else behind it.
        await using RevalidatedSwitch second = await first.RestartAsync(
            "in_port=1,udp,actions=ct(commit,zone=7,table=1)\ntable=1,actions=3");
        second.Counters[RevalidationEvent.FlowModified].ShouldBe(1, "the first flow leads on to the new track");
        second.Counters.Deleted(FlowDeletionReason.XlationError).ShouldBe(modified - 1);
        await second.SendAsync(101, RevalidatedSwitch.Udp(1, 2, 53), times: 2);
        second.Flows().ShouldContain(flow => flow.EndsWith("actions:103", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stations_of_flows_that_are_there_are_known_again_and_their_flows_stay()
    {
        await using RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(Sys, "actions=NORMAL");
        await first.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        await first.SendAsync(102, RevalidatedSwitch.Udp(2, 1), times: 2);
        await first.RoundAsync(2);
        await first.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        string[] flows = first.Flows();
        flows.ShouldAllBe(flow => !flow.Contains(",103", StringComparison.Ordinal));

        await using RevalidatedSwitch second = await first.RestartAsync();
        second.Flows().ShouldBe(flows);
        second.Counters[RevalidationEvent.FlowModified].ShouldBe(0);
        second.Factory.Bridges[0].MacLearning.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Userspace_actions_name_the_new_sockets()
    {
        await using RevalidatedSwitch first = await RevalidatedSwitch.StartAsync(
            Sys, "in_port=1,actions=controller,2", support: new OdpSupport { UserspacePid = _ => 4711 });
        await first.SendAsync(101, RevalidatedSwitch.Udp(1, 2), times: 2);
        first.Flows().ShouldHaveSingleItem().ShouldContain("pid=4711");

        await using RevalidatedSwitch second = await first.RestartAsync(support: new OdpSupport { UserspacePid = _ => 4712 });
        second.Flows().ShouldHaveSingleItem().ShouldContain("pid=4712");
        second.Counters[RevalidationEvent.FlowModified].ShouldBe(1);
    }

    /// <summary>A switch that has sent a packet along each of the two tracks, and one more when there were flows for it.</summary>
    private async Task<RevalidatedSwitch> StartOnBothTracksAsync()
    {
        RevalidatedSwitch bridge = await RevalidatedSwitch.StartAsync(Sys, TwoTracks);
        await SendBothAsync(bridge);
        await SendBothAsync(bridge);
        return bridge;
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
}
