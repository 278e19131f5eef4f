using UpcallActors.Odp.Tests.Recordings;
using UpcallActors.Odp.Text;

namespace UpcallActors.Odp.Tests;

/// <summary>The lines that <c>ovs-appctl dpctl/dump-flows -m</c> printed for the recorded scenarios, against our text.</summary>
public sealed class RecordedTextTests
{
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
    /// The recording ran on while the lines were printed, so each line was made of a FLOW message in it: one that the kernel
    /// sent with the same id. The moment of printing is not recorded; "used" is compared by the moment that it implies, which
    /// must be the same for the whole section, since ovs-appctl reads the clock once a turn of its loop.
    /// </summary>
    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_printed_flow_is_what_we_print_of_the_recorded_message(string name)
    {
        Recording recording = Recording.Of(name);
        ILookup<Ufid, (FlowMessage Flow, byte[] Bytes)> reported = recording.ReportedFlows.ToLookup(flow => flow.Flow.Ufid!.Value);
        foreach (string line in recording.DumpedFlows)
        {
            FlowDumpLine expected = FlowDumpLine.Parse(line, recording.PortNames);
            var printed = new List<string>();
            foreach ((FlowMessage flow, byte[] bytes) in reported[expected.Ufid!.Value])
            {
                long now = expected.UsedAgo is { } ago ? (long)flow.Used + ago : 0;
                printed.Add(FlowDumpLine.Of(flow, bytes, now).Format(recording.PortNames, verbose: true));
            }

            printed.ShouldContain(line);
        }
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
}
