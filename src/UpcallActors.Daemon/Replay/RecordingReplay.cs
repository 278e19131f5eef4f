using System.Runtime.CompilerServices;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Bridges;
using UpcallActors.Daemon.Configuration.Telemetry;
using UpcallActors.Daemon.Replay.Reports;
using UpcallActors.Daemon.Telemetry;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Replay;

/// <summary>Replays recordings, each in its own switch, and compares the output with the kernel's.</summary>
/// <param name="system">Where the pipelines' actors live.</param>
/// <param name="attach">What the pipelines are to see as the datapath; tests put something in between.</param>
/// <param name="options">What is traced of the replay.</param>
/// <param name="loggers">The log of requests that the datapath refused.</param>
/// <param name="tell">Starts telemetry; null without it.</param>
internal sealed class RecordingReplay(
    ActorSystem system, Func<IDatapath, IDatapath>? attach, TelemetryOptions options, ILoggerFactory loggers, Func<DaemonTelemetry?> tell)
{
    /// <summary>Replays one after the other. If it is stopped, it ends early, without a row for the current recording.</summary>
    public async IAsyncEnumerable<ReplayRow> RunAsync(IReadOnlyList<Recording> recordings, [EnumeratorCancellation] CancellationToken stop)
    {
        // Once for the just-in-time compiler, or the first row's upcalls per second would be a measure of that.
        if (recordings.Count > 0)
            await ReplayAsync(recordings[0], new CaptureRun(system, attach, loggers: loggers), stop);
        // After that, so that it is reported once.
        await using DaemonTelemetry? telemetry = tell();
        var run = new CaptureRun(system, attach, telemetry, loggers: loggers);
        foreach (Recording recording in recordings)
        {
            ReplayRow row = await ReplayAsync(recording, run, stop);
            if (stop.IsCancellationRequested)
                yield break;
            yield return row;
        }
    }

    private async Task<ReplayRow> ReplayAsync(Recording recording, CaptureRun run, CancellationToken stop)
    {
        (DaemonOptions? read, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.Read([recording.ConfigurationFile]);
        if (read == null)
            throw new InvalidDataException(string.Join(Environment.NewLine, problems));
        var outputs = new Dictionary<CapturePortOptions, FrameList>();
        RunSummary summary = await run.RunAsync(read with { Telemetry = options }, (_, port) => outputs[port] = new FrameList(), stop);
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
            Differences = [.. read.Bridges.SelectMany(bridge => Differences(bridge, outputs))],
        };
    }

    /// <summary>
    /// What a host received through the datapath comes from the other hosts. Its capture also has frames from the datapath's end of its
    /// wire (router solicitations of that device), which never were in the datapath.
    /// </summary>
    private static IEnumerable<string> Differences(BridgeOptions bridge, Dictionary<CapturePortOptions, FrameList> outputs)
    {
        foreach (CapturePortOptions port in bridge.Captures)
        {
            var others = bridge.Captures.Where(other => other != port).SelectMany(other => other.Stations).ToHashSet();
            IReadOnlyList<ReadOnlyMemory<byte>> recorded =
                [.. port.Frames.Where(frame => others.Contains(frame.Source)).Select(frame => frame.Data)];
            if (new FrameComparison(port.Name).Compare(recorded, outputs[port].Frames) is { } difference)
                yield return difference;
        }
    }
}
