using Akka.Actor;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Replay;
using UpcallActors.Daemon.Replay.Reports;
using UpcallActors.Embedded;

namespace UpcallActors.Daemon.Tests.Replay;

/// <summary>Captures that begin again when they have ended.</summary>
public sealed class CaptureLoopTests
{
    [Fact]
    public async Task A_recording_in_a_loop_causes_the_same_upcalls_each_time_until_told_to_stop()
    {
        RunSummary once = await RunAsync(loop: false, stopAfter: int.MaxValue);
        int frames = (int)once.Ports.Sum(port => port.FramesOut);

        RunSummary looped = await RunAsync(loop: true, stopAfter: (3 * frames) + 1);

        // Three whole runs, and some of the fourth.
        looped.Ports.Sum(port => port.FramesOut).ShouldBeInRange((3 * frames) + 1, 4 * frames);
        looped.Upcalls.Misses.ShouldBeGreaterThan(3 * once.Upcalls.Misses);
        looped.Upcalls.WithMru.ShouldBeInRange(3 * once.Upcalls.WithMru, 4 * once.Upcalls.WithMru);
        (looped.Upcalls.Lost, looped.Upcalls.Errors).ShouldBe((0, 0));
    }

    private static async Task<RunSummary> RunAsync(bool loop, int stopAfter)
    {
        Recording recording = Recording.Find(Recording.Folder).First(recording => recording.Scenario == "ipv4-fragmentation");
        (DaemonOptions? options, _) = DaemonOptionsReader.Read([recording.ConfigurationFile]);
        using var system = ActorSystem.Create("loop");
        using var stop = new CancellationTokenSource();
        var output = new StoppingOutput(stopAfter, stop);
        options = options! with { Replay = options.Replay with { Loop = loop } };
        RunSummary summary = await new CaptureRun(system, show: RunAccount.Of)
            .RunAsync(options, (_, _) => output, stop.Token).WaitAsync(Eventually.Limit);
        await system.Terminate();
        return summary;
    }

    /// <summary>Tells a run to stop when it has put out enough. Called under the datapath's lock, by one thread at a time.</summary>
    private sealed class StoppingOutput(int frames, CancellationTokenSource stop) : IPortOutput
    {
        private int _left = frames;

        public void Transmit(ReadOnlySpan<byte> frame, long microseconds)
        {
            if (--_left == 0)
                stop.Cancel();
        }
    }
}
