using UpcallActors.Embedded.Tests.Recordings;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>What the real kernel put out, the embedded datapath puts out, given the same frames and the same decisions.</summary>
public sealed class BridgedReplayTests
{
    [Theory]
    [MemberData(nameof(KernelRecording.Bridged), MemberType = typeof(KernelRecording))]
    public async Task The_frames_put_out_by_recorded_decisions_are_those_of_the_kernel(string name)
    {
        using var scenario = new BridgedScenario(name);
        using RecordedSlowPath slowPath = await scenario.PlayAsync();

        slowPath.Unknown.ShouldBeEmpty();
        slowPath.Recorded.ShouldBeGreaterThan(12);
        FrameAssertions.ShouldEqual(scenario.Output1.Frames, scenario.Expected1, "p1");
        FrameAssertions.ShouldEqual(scenario.Output0.Frames, scenario.Expected0, "p0");
    }

    [Theory]
    [MemberData(nameof(KernelRecording.Bridged), MemberType = typeof(KernelRecording))]
    public async Task The_frames_put_out_by_translated_rules_are_those_of_the_kernel(string name)
    {
        using var scenario = new BridgedScenario(name);
        using TranslatedSlowPath slowPath = await scenario.PlayTranslatedAsync();

        FrameAssertions.ShouldEqual(scenario.Output1.Frames, scenario.Expected1, "p1");
        FrameAssertions.ShouldEqual(scenario.Output0.Frames, scenario.Expected0, "p0");
    }

    [Theory]
    [MemberData(nameof(KernelRecording.Bridged), MemberType = typeof(KernelRecording))]
    public async Task Reassembled_packets_come_up_with_the_MRU_the_kernel_gave_them(string name)
    {
        ushort[] recorded = [.. new KernelRecording(name).Upcalls.Select(upcall => upcall.Packet.Origin.Mru).Where(mru => mru != 0)];
        using var scenario = new BridgedScenario(name);
        using RecordedSlowPath slowPath = await scenario.PlayAsync();

        recorded.ShouldNotBeEmpty();
        slowPath.Mrus.Where(mru => mru != 0).ShouldBe(recorded);
        scenario.Datapath.Counters.LargestMru.ShouldBe(recorded.Max());
        scenario.Datapath.Counters.UpcallsWithMru.ShouldBe(recorded.Length);
    }

    [Theory]
    [MemberData(nameof(KernelRecording.Bridged), MemberType = typeof(KernelRecording))]
    public async Task Without_the_MRU_the_large_packets_that_came_up_are_lost_and_counted(string name)
    {
        using var scenario = new BridgedScenario(name);
        using RecordedSlowPath slowPath = await scenario.PlayAsync(new MruStrippingDatapath(scenario.Datapath));

        // One reply of each of the two large pings comes up reassembled; in so many pieces it would have gone out.
        scenario.Datapath.Counters.Dropped(DropReason.OverMtu).ShouldBe(2);
        scenario.Output0.Frames.Count.ShouldBe(scenario.Expected0.Count - 2 - 3);
        FrameAssertions.ShouldEqual(scenario.Output1.Frames, scenario.Expected1, "p1");
    }

    [Theory]
    [MemberData(nameof(KernelRecording.Bridged), MemberType = typeof(KernelRecording))]
    public async Task Nothing_is_dropped_but_what_the_rules_drop(string name)
    {
        using var scenario = new BridgedScenario(name);
        using RecordedSlowPath slowPath = await scenario.PlayAsync();

        foreach (DropReason reason in Enum.GetValues<DropReason>().Where(reason => reason != DropReason.LastAction))
            scenario.Datapath.Counters.Dropped(reason).ShouldBe(0, reason.ToString());
        scenario.Datapath.Counters.Lost.ShouldBe(0);
    }

    [Fact]
    public void The_kernel_draws_the_identification_of_IPv6_fragments_anew_and_keeps_that_of_IPv4()
    {
        foreach (string name in KernelRecording.Names.Where(name => name.Contains("ipv6", StringComparison.Ordinal)))
        {
            var recording = new KernelRecording(name);
            HashSet<string> seen0 = Identifications(recording.Frames("p0"));
            HashSet<string> seen1 = Identifications(recording.Frames("p1"));

            seen0.Count.ShouldBe(12);
            seen1.Count.ShouldBe(12);
            seen0.Overlaps(seen1).ShouldBeFalse();
        }
    }

    private static HashSet<string> Identifications(IReadOnlyList<CapturedFrame> frames) =>
    [
        .. from frame in frames
           let offset = FrameAssertions.IdentificationOffset(frame.Data.Span)
           where offset != 0
           select Convert.ToHexString(frame.Data.Span.Slice(offset, 4)),
    ];
}
