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
using UpcallActors.Unixctl;

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
        var exit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stop.Register(() => exit.TrySetResult());
        await OrderOf(configuration, exit).RunAsync(exit.Task, _logger);
    }

    /// <summary>The order in which the parts of the demo start and stop.</summary>
    /// <param name="configuration">What it runs by.</param>
    /// <param name="exit">Ends when the demo is to end.</param>
    internal RunOrder OrderOf(RunningConfiguration configuration, TaskCompletionSource exit)
    {
        DaemonOptions options = configuration.Options with { Bridges = [.. configuration.Options.Bridges, PortScan.Bridge] };
        var signal = new RunPart<HangupSignal>("reload signal", () => HangupSignal.Listen(configuration, _logger));
        var directory = new RunPart<RunDirectory>(
            "run directory", () => RunDirectory.Claim(DaemonPrograms.UpcallActors, options.RunDirectory));
        var recorded = new RunPart<CaptureSwitch>("datapath", () => CaptureSwitch.Create(options, (_, _) => null, Shape));
        var slowed = new RunPart<SlowedDatapath>("slow packets", () => new SlowedDatapath(recorded.Value.Datapath));
        var pipeline = new RunPart<UpcallPipeline>(
            "pipeline",
            () => StartPipeline(options, slowed.Value, recorded.Value),
            running => PipelineEnd.CloseAsync(running, _logger));
        // A client that asked for the end gets its answer when all that its commands can see has ended.
        var control = new RunPart<ControlService>(
            "control socket", () => ServeAsync(configuration, recorded.Value, pipeline.Value, directory.Value, exit))
        {
            StopsAfter = pipeline.Name,
        };
        var announcement = new RunStep(
            "announcement", () => AnnounceAsync(options, recorded.Value, pipeline.Value, directory.Value, exit.Task));
        var status = new RunPart<SwitchStatus>(
            "status", () => new SwitchStatus(recorded.Value.Datapath, recorded.Value.Translators, pipeline.Value));
        var telemetry = new RunPart<DaemonTelemetry?>("telemetry", () => DaemonTelemetry.Start(
            options.Telemetry, status.Value.Subject, isScraped: false, saysProblems: true, loggers, _logger));
        var page = new RunPart<StatusPage>("status page", () => StatusPage.Open(options, status.Value, loggers, _logger));
        var watch = new RunPart<SwitchWatch>("watch", () => Watch(pipeline.Value.Counters));
        var drain = new RunStep("drain", stop: () => PipelineEnd.DrainAsync(status.Value, pipeline.Value)) { ComesWithPrevious = true };
        return new RunOrder(
            [signal, directory, recorded, slowed, pipeline, control, announcement, status, telemetry, page, watch, drain],
            () => PlayAsync(
                new DemoTraffic(recorded.Value, options.Replay.PurgeAt, pipeline.Value.Revalidation!.PurgeAsync, slowed.Value),
                pipeline.Value,
                exit.Task));
    }

    private UpcallPipeline StartPipeline(DaemonOptions options, SlowedDatapath slowed, CaptureSwitch recorded)
    {
        UpcallPipelineSettings settings = PipelineSettings.Of(system, options) with
        {
            Loggers = loggers,
            LimitsRequestLog = () => levels.IsRateLimited("dpif"),
        };
        return UpcallPipeline.Start(system, attach?.Invoke(slowed) ?? slowed, recorded.Translators, settings);
    }

    private Task<ControlService> ServeAsync(
        RunningConfiguration configuration,
        CaptureSwitch recorded,
        UpcallPipeline pipeline,
        RunDirectory directory,
        TaskCompletionSource exit)
    {
        configuration.Attach(new LogLevelReload(levels), new PipelineReload(pipeline));
        return ControlService.StartAsync(directory, ContextOf(configuration, recorded, pipeline, exit), new ControlLimits(), _logger);
    }

    private async Task AnnounceAsync(
        DaemonOptions options, CaptureSwitch recorded, UpcallPipeline pipeline, RunDirectory directory, Task exit)
    {
        await await Task.WhenAny(pipeline.Started, exit);
        if (!pipeline.Started.IsCompletedSuccessfully)
            return;
        directory.Announce();
        IDatapath datapath = recorded.Datapath;
        _logger.Running(
            datapath.FullName, options.Bridges.Count, recorded.Ports.Count, datapath.HandlerCount, datapath.Dispatch.Words());
        await output.WriteAsync(DemoText.Welcome(options, directory.Path));
        await output.FlushAsync(CancellationToken.None);
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
