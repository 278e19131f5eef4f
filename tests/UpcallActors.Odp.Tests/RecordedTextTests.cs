using UpcallActors.Odp.Tests.Recordings;
using UpcallActors.Odp.Text;

namespace UpcallActors.Odp.Tests;

/// <summary>The lines that <c>ovs-appctl dpctl/dump-flows -m</c> printed for the recorded scenarios, against our text.</summary>
public sealed class RecordedTextTests
{
    private const long AnyMoment = -1;
    private const long PrintingTime = 16;

    public static TheoryData<string> Recordings => Recording.All;

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_printed_flow_parses_and_prints_the_same(string name)
    {
        Recording recording = Recording.Of(name);
        string[] lines = recording.DumpedFlows;
        lines.ShouldNotBeEmpty();
        foreach (string line in lines)
            FlowDumpLine.Parse(line, recording.PortNames).Format(recording.PortNames, verbose: true).ShouldBe(line);
    }

    /// <summary>
    /// Each line was made of a FLOW message in the recording: one that the kernel sent with the same id. When the
    /// lines of a section were printed is not recorded, but "used" implies it: there must be one moment at which
    /// we print the whole section as ovs-appctl did, to within 16 ms: the kernel counts "used" in jiffies of 4 ms
    /// and rounds anew for each message (<c>ovs_flow_used_time</c>), and ovs-appctl reads the clock for each line.
    /// </summary>
    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_section_is_what_we_print_of_the_recorded_messages_at_one_moment(string name)
    {
        Recording recording = Recording.Of(name);
        ILookup<Ufid, (FlowMessage Flow, byte[] Bytes)> reported = recording.ReportedFlows.ToLookup(flow => flow.Flow.Ufid!.Value);
        int sections = 0;
        foreach (string[] section in recording.DumpedSections.Where(section => section.Length != 0))
        {
            sections++;
            List<HashSet<long>> moments = [.. section.Select(line => MomentsOf(line, reported, recording.PortNames))
                .Where(candidates => !candidates.Contains(AnyMoment))];
            if (moments.Count == 0)
                continue;
            moments[0].Any(moment => moments.TrueForAll(
                candidates => candidates.Any(candidate => Math.Abs(candidate - moment) <= PrintingTime))).ShouldBeTrue(section[0]);
        }

        sections.ShouldBe(3);
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_recorded_action_list_survives_text(string name)
    {
        Recording recording = Recording.Of(name);
        foreach ((FlowMessage flow, byte[] bytes) in recording.ReportedFlows)
        {
            string text = ActionText.Format(flow.Actions.Of(bytes), recording.PortNames);
            ActionText.Format(ActionText.Parse(text, recording.PortNames), recording.PortNames).ShouldBe(text);
        }
    }

    /// <summary>The moments (kernel's monotonic milliseconds) at which a line is what we print of some message.</summary>
    private static HashSet<long> MomentsOf(string line, ILookup<Ufid, (FlowMessage Flow, byte[] Bytes)> reported, OdpPortNames names)
    {
        FlowDumpLine expected = FlowDumpLine.Parse(line, names);
        var moments = new HashSet<long>();
        foreach ((FlowMessage flow, byte[] bytes) in reported[expected.Ufid!.Value])
        {
            long now = expected.UsedAgo is { } ago ? (long)flow.Used + ago : AnyMoment;
            if (FlowDumpLine.Of(flow, bytes, now).Format(names, verbose: true) == line)
                moments.Add(now);
        }

        moments.ShouldNotBeEmpty(line);
        return moments;
    }
}
