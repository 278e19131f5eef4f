using Akka.Actor;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Control;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Live;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Daemon.Replay;
using UpcallActors.Daemon.Status;
using UpcallActors.Daemon.Telemetry;
using UpcallActors.Embedded;
using UpcallActors.Odp;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Demo;

/// <summary>
/// Runs recorded hosts on an embedded datapath until told to stop, with all that a daemon has beside it: control socket, status page,
/// telemetry, revalidators. The datapath lives by the machine's clock, and its queue is a small one, so that a scan of ports loses some
/// of its upcalls.
/// </summary>
/// <param name="system">Where the pipeline's actors live.</param>
/// <param name="loggers">Where it is said what happens.</param>
/// <param name="levels">What is logged.</param>
/// <param name="output">Where it is said what to try.</param>
/// <param name="attach">What the pipeline is to see as the datapath; tests put something in between.</param>
internal sealed class DemoRun(
    ActorSystem system, ILoggerFactory loggers, LogLevels levels, TextWriter output, Func<IDatapath, IDatapath>? attach = null)
{
    /// <summary>A few hundred upcalls: what the kernel's own default would be to a socket (<c>net.core.rmem_default</c>).</summary>
    private const int QueueBytes = 128 << 10;

    private readonly ILogger _logger = loggers.CreateLogger(DaemonHost.ActorSystemName);

    /// <summary>
    /// Runs. Cancelling <paramref name="stop"/> ends it well, as the control socket's <c>exit</c> does. Throws what ended it otherwise.
    /// </summary>
    public async Task RunAsync(RunningConfiguration configuration, CancellationToken stop)
    {
        DaemonOptions options = configuration.Options with { Bridges = [.. configuration.Options.Bridges, PortScan.Bridge] };
        using var hangup = HangupSignal.Listen(configuration, _logger);
        using var directory = RunDirectory.Claim(options.RunDirectory);
        using var recorded = CaptureSwitch.Create(options, (_, _) => null, Shape);
        using var slowed = new SlowedDatapath(recorded.Datapath);
        var exit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stop.Register(() => exit.TrySetResult());
        // It ends last: a client that asked for the end gets its answer when all else has ended.
        ControlService? control = null;
        try
        {
            UpcallPipelineSettings settings = PipelineSettings.Of(system, options) with
            {
                Loggers = loggers,
                LimitsRequestLog = () => levels.IsRateLimited("dpif"),
            };
            await using (var pipeline = UpcallPipeline.Start(system, attach?.Invoke(slowed) ?? slowed, recorded.Translators, settings))
            {
                configuration.Attach(new LogLevelReload(levels), new PipelineReload(pipeline));
                ControlContext context = ContextOf(configuration, recorded, pipeline, exit);
                control = await ControlService.StartAsync(directory, context, new ControlLimits(), _logger);
                await pipeline.Started;
                var status = new SwitchStatus(recorded.Datapath, recorded.Translators, pipeline);
                directory.Announce();
                IDatapath datapath = recorded.Datapath;
                _logger.Running(
                    datapath.FullName, options.Bridges.Count, recorded.Ports.Count, datapath.HandlerCount, datapath.Dispatch.Words());
                await output.WriteAsync(DemoText.Welcome(options, directory.Path));
                await output.FlushAsync(CancellationToken.None);
                await using (DaemonTelemetry.Start(
                    options.Telemetry, status.Subject, isScraped: false, saysProblems: true, loggers, _logger))
                await using (StatusPage.Open(options, status, loggers, _logger))
                await using (Watch(pipeline.Counters))
                {
                    var traffic = new DemoTraffic(recorded, options.Replay.PurgeAt, pipeline.Revalidation!.PurgeAsync, slowed);
                    await PlayAsync(traffic, pipeline, exit.Task);
                    status.Drain();
                    await pipeline.StopAsync(CancellationToken.None);
                }

                _logger.Drained(pipeline.Counters.Received);
            }
        }
        finally
        {
            if (control != null)
                await control.DisposeAsync();
        }
    }

    /// <summary>Until the end is asked for, or the pipeline or the traffic fails.</summary>
    private static async Task PlayAsync(DemoTraffic traffic, UpcallPipeline pipeline, Task exit)
    {
        using var ending = new CancellationTokenSource();
        Task playing = traffic.RunAsync(ending.Token);
        try
        {
            await await Task.WhenAny(exit, pipeline.Completion, playing);
        }
        finally
        {
            await ending.CancelAsync();
            await playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static EmbeddedDatapathOptions Shape(EmbeddedDatapathOptions usual) =>
        usual with { Clock = DatapathClock.Monotonic(), UpcallQueueBytes = QueueBytes };

    private ControlContext ContextOf(
        RunningConfiguration configuration, CaptureSwitch recorded, UpcallPipeline pipeline, TaskCompletionSource exit) => new()
        {
            Datapath = recorded.Datapath,
            Translators = recorded.Translators,
            Pipeline = pipeline,
            Configuration = configuration,
            LogLevels = levels,
            Stop = _ => exit.TrySetResult(),
        };

    private SwitchWatch Watch(PipelineCounters counters)
    {
        var losses = new LossReport(counters.Losses());
        return SwitchWatch.Start(passed =>
        {
            if (losses.Next(counters.Losses(), passed.TotalSeconds) is { } lost)
                _logger.Losing(passed.TotalSeconds, lost);
        });
    }
}
