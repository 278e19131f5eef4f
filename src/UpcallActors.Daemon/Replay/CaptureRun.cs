using System.Diagnostics;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Bridges;
using UpcallActors.Daemon.Live;
using UpcallActors.Daemon.Replay.Reports;
using UpcallActors.Daemon.Status;
using UpcallActors.Daemon.Telemetry;
using UpcallActors.Embedded;
using UpcallActors.Odp;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Replay;

/// <summary>
/// Runs a configuration to its end: datapath, pipeline over it, and the hosts' frames into it, until all capture ports have
/// ended and the pipeline is idle, or until told to stop. In a loop the captures begin again when they have ended.
/// </summary>
/// <param name="system">Where the pipeline's actors live.</param>
/// <param name="attach">What the pipeline is to see as the datapath; tests put something in between.</param>
/// <param name="telemetry">Telemetry; null for none.</param>
/// <param name="show">Shows the run while it lasts; null for none.</param>
/// <param name="loggers">The log of requests that the datapath refused; null for none.</param>
internal sealed class CaptureRun(
    ActorSystem system,
    Func<IDatapath, IDatapath>? attach = null,
    DaemonTelemetry? telemetry = null,
    Func<SwitchStatus, IAsyncDisposable>? show = null,
    ILoggerFactory? loggers = null)
{
    /// <summary>Turns of looking before the wait for the pipeline gives the processor away.</summary>
    private const int EagerLooks = 2000;

    /// <summary>
    /// Runs. Cancelling <paramref name="stop"/> ends the frames; upcalls in progress are always finished. Throws what ended the pipeline if
    /// it did not end well.
    /// </summary>
    /// <param name="options">The configuration.</param>
    /// <param name="outputOf">Where what a port puts out goes.</param>
    /// <param name="stop">Ends the run early.</param>
    public async Task<RunSummary> RunAsync(DaemonOptions options, Func<BridgeOptions, CapturePortOptions, IPortOutput?> outputOf,
        CancellationToken stop)
    {
        using var embedded = CaptureSwitch.Create(options, outputOf);
        IDatapath datapath = attach?.Invoke(embedded.Datapath) ?? embedded.Datapath;
        UpcallPipelineSettings settings = PipelineSettings.Of(system, options);
        await using UpcallPipeline pipeline = UpcallPipeline.Start(system, datapath, embedded.Translators, settings with
        {
            // As many flows as the recording makes: without revalidators they stay until they are purged.
            Revalidation = settings.Revalidation! with { FlowLimit = int.MaxValue },
            Loggers = loggers ?? NullLoggerFactory.Instance,
        });
        await pipeline.Started;
        Revalidation flows = pipeline.Revalidation!;
        // Recorded frames run through in a moment, by their own clock; a replay purges its flows when the recording did.
        await flows.PauseAsync();
        var replay = new CaptureReplay(
            embedded.Datapath,
            [.. embedded.Ports.Select(
                port => new CaptureInput(port.Port.Number, port.Options.Frames, port.Options.Stations) { Mtu = port.Options.Mtu })],
            [.. options.Replay.PurgeAt.Select(time => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)])
        {
            Purge = flows.PurgeAsync,
        };
        var status = new SwitchStatus(datapath, embedded.Translators, pipeline);
        await using IAsyncDisposable? shown = show?.Invoke(status);
        long started = Stopwatch.GetTimestamp();
        try
        {
            do
            {
                // Each time as the first time: nothing is known of what went through before.
                await flows.PurgeAsync();
                embedded.Datapath.Conntrack.Flush(zone: null);
                await replay.RunAsync(
                    options.Replay.Recorded ? ReplayPace.Recorded : ReplayPace.WhenIdle,
                    cancellation => WhenIdleAsync(embedded.Datapath, pipeline, cancellation),
                    TimeProvider.System,
                    stop);
            }
            while (options.Replay.Loop && replay.FrameCount > 0);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop: no more frames come, and what they have caused is finished.
            await WhenIdleAsync(embedded.Datapath, pipeline, CancellationToken.None);
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        status.Drain();
        // Its rules have counted then what its flows have carried.
        await flows.PurgeAsync();
        await pipeline.StopAsync(CancellationToken.None);
        // While the pipeline's instruments are there to be read.
        if (telemetry != null)
            await telemetry.SendMetricsAsync();
        return Summarise(embedded, pipeline.Counters, seconds);
    }

    /// <summary>
    /// Ends when every upcall was answered. The pipeline counts an upcall as completed only after the datapath has handled its requests,
    /// which may have queued more upcalls: so completed is read first, and equality means that nothing was in progress then.
    /// </summary>
    private static async ValueTask WhenIdleAsync(EmbeddedDatapath datapath, UpcallPipeline pipeline, CancellationToken cancellation)
    {
        var spin = default(SpinWait);
        for (int look = 0; pipeline.Counters.Completed != datapath.Counters.UpcallsQueued; look++)
        {
            if (pipeline.Completion.IsCompleted)
            {
                await pipeline.Completion;
                throw new InvalidOperationException("the pipeline ended while upcalls were waiting");
            }

            cancellation.ThrowIfCancellationRequested();
            if (look < EagerLooks)
                spin.SpinOnce(sleep1Threshold: -1);
            else
                await Task.Delay(1, cancellation);
        }
    }

    private static RunSummary Summarise(CaptureSwitch embedded, PipelineCounters counters, double seconds)
    {
        var ports = embedded.Ports.Select(port => new PortSummary(
            port.Bridge.Name, port.Options.Name, (long)port.Port.ReceivedPackets, (long)port.Port.SentPackets, (long)port.Port.SendErrors));
        return new RunSummary(
            [.. ports], UpcallSummary.Of(counters), seconds, [.. embedded.Datapath.Drops.Where(drop => drop.Packets > 0)]);
    }
}
