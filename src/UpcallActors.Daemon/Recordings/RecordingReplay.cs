using System.Runtime.CompilerServices;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Reports;
using UpcallActors.Daemon.Switching;

namespace UpcallActors.Daemon.Recordings;

/// <summary>Replays recordings, each in a switch of its own, and compares what comes out with what the kernel put out.</summary>
internal static class RecordingReplay
{
    /// <summary>Replays one after the other. Ends early, without a row for the recording under way, when told to stop.</summary>
    public static async IAsyncEnumerable<ReplayRow> RunAsync(IReadOnlyList<Recording> recordings, CaptureRun run, [EnumeratorCancellation] CancellationToken stop)
    {
        // Once for the just-in-time compiler, or the first row's upcalls per second would be a measure of that.
        if (recordings.Count > 0)
            await ReplayAsync(recordings[0], run, stop);
        foreach (Recording recording in recordings)
        {
            ReplayRow row = await ReplayAsync(recording, run, stop);
            if (stop.IsCancellationRequested)
                yield break;
            yield return row;
        }
    }

    private static async Task<ReplayRow> ReplayAsync(Recording recording, CaptureRun run, CancellationToken stop)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.Read([recording.ConfigurationFile]);
        if (options == null)
            throw new InvalidDataException(string.Join(Environment.NewLine, problems));
        var outputs = new Dictionary<CapturePortOptions, FrameList>();
        RunSummary summary = await run.RunAsync(options, (_, port) => outputs[port] = new FrameList(), stop);
        return new ReplayRow
        {
            Scenario = recording.Scenario,
            Kernel = recording.Kernel,
            FramesIn = summary.Ports.Sum(port => port.FramesIn),
            Misses = summary.Upcalls.Misses,
            Actions = summary.Upcalls.Actions,
            WithMru = summary.Upcalls.WithMru,
            LargestMru = summary.Upcalls.LargestMru,
            Executes = summary.Upcalls.Executes,
            FlowPuts = summary.Upcalls.FlowPuts,
            FramesOut = summary.Ports.Sum(port => port.FramesOut),
            UpcallsPerSecond = summary.UpcallsPerSecond,
            Differences = [.. options.Bridges.SelectMany(bridge => Differences(bridge, outputs))],
        };
    }

    /// <summary>
    /// What a host received through the datapath comes from the other hosts. Its capture has frames from the datapath's end of
    /// its own wire too (router solicitations of that device), which never were in the datapath.
    /// </summary>
    private static IEnumerable<string> Differences(BridgeOptions bridge, Dictionary<CapturePortOptions, FrameList> outputs)
    {
        CapturePortOptions[] ports = [.. bridge.Ports.OfType<CapturePortOptions>()];
        foreach (CapturePortOptions port in ports)
        {
            var others = ports.Where(other => other != port).Select(other => other.HostAddress).ToHashSet();
            IReadOnlyList<ReadOnlyMemory<byte>> recorded = [.. port.Frames.Where(frame => others.Contains(frame.Source)).Select(frame => frame.Data)];
            if (new FrameComparison(port.Name).Compare(recorded, outputs[port].Frames) is { } difference)
                yield return difference;
        }
    }
}
