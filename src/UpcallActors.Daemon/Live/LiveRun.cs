using Akka.Actor;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Control;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Daemon.Status;
using UpcallActors.Daemon.Telemetry;
using UpcallActors.Odp;
using UpcallActors.Pipeline;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Live;

/// <summary>
/// Runs a configuration of live ports until told to stop: datapath, bridges, pipeline over them, control socket,
/// in this order, and back. The run directory is claimed before all that, and announced when upcalls are answered.
/// </summary>
/// <param name="system">Where the pipeline's actors live.</param>
/// <param name="loggers">Where it is said what happens.</param>
/// <param name="levels">What is logged.</param>
/// <param name="attach">What the pipeline is to see as the datapath; tests put something in between.</param>
internal sealed class LiveRun(ActorSystem system, ILoggerFactory loggers, LogLevels levels, Func<IDatapath, IDatapath>? attach = null)
{
    private readonly ILogger _logger = loggers.CreateLogger(DaemonHost.ActorSystemName);

    /// <summary>
    /// Runs. Cancelling <paramref name="stop"/> ends it cleanly, like the control socket's <c>exit</c>: upcalls in progress are finished.
    /// Throws what ended it otherwise: <see cref="RunDirectoryException"/> and <see cref="DatapathException"/> have messages for people.
    /// </summary>
    public async Task RunAsync(RunningConfiguration configuration, CancellationToken stop)
    {
        DaemonOptions options = configuration.Options;
        Descriptors.Prepare(options, _logger);
        // From the start on: the usual meaning of the signal would end what only begins.
        using var hangup = HangupSignal.Listen(configuration, _logger);
        using var directory = RunDirectory.Claim(options.RunDirectory);
        using var live = OpenedDatapath.Open(options.Datapath.For(options.Handlers), _logger);
        _logger.TellSkippedFlows(options);
        FeatureReport.Log(_logger, live.Datapath);
        var exit = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stop.Register(() => exit.TrySetResult(!options.Datapath.KeepOnExit));
        // It ends last: a client that asked for the end gets its answer when all else has ended.
        ControlService? control = null;
        try
        {
            await using (RunningSwitch bridges = await StartSwitchAsync(options, live))
            await using (UpcallPipeline pipeline = StartPipeline(options, live, bridges))
            {
                configuration.Attach(new LogLevelReload(levels), new PipelineReload(pipeline), new SwitchReload(bridges));
                control = await ServeAsync(configuration, live, bridges, pipeline, directory, exit);
                // Upcalls wait in their sockets until the flows of an earlier run are taken up.
                await Task.WhenAny(pipeline.Started, pipeline.Completion, exit.Task);
                var status = new SwitchStatus(
                    live.Datapath, bridges.Translators, pipeline, live.Ports, () => bridges.State.Waiting);
                if (pipeline.Started.IsCompletedSuccessfully)
                    Announce(options, live, directory);
                // Now, not before: its code would be compiled while upcalls wait.
                await using (DaemonTelemetry.Start(
                    options.Telemetry, status.Subject, isScraped: false, saysProblems: true, loggers, _logger))
                await using (StatusPage.Open(options, status, loggers, _logger))
                await using (Watch(bridges, pipeline))
                {
                    // Whichever ends first; a failure of the pipeline or of following the
                    // ports ends the daemon, and so does the loss of the datapath.
                    await await Task.WhenAny(exit.Task, pipeline.Completion, bridges.Completion, live.Datapath.Lost);
                    status.Drain();
                    await pipeline.StopAsync(CancellationToken.None);
                }

                _logger.Drained(pipeline.Counters.Received);
            }

            End(live, await exit.Task);
        }
        finally
        {
            if (control != null)
                await control.DisposeAsync();
        }
    }

    private void Announce(DaemonOptions options, OpenedDatapath live, RunDirectory directory)
    {
        directory.Announce();
        _logger.Running(
            live.Datapath.FullName,
            options.Bridges.Count,
            options.Bridges.Sum(bridge => bridge.Configuration.Ports.Count),
            live.Datapath.HandlerCount,
            live.Datapath.Dispatch.Words());
    }

    private Task<RunningSwitch> StartSwitchAsync(DaemonOptions options, OpenedDatapath live) =>
        RunningSwitch.StartAsync(system, live.Datapath, live.Ports!, options.Switch, new SwitchOptions { Logger = _logger });

    private UpcallPipeline StartPipeline(DaemonOptions options, OpenedDatapath live, RunningSwitch bridges)
    {
        IDatapath datapath = attach?.Invoke(live.Datapath) ?? live.Datapath;
        UpcallPipelineSettings settings = PipelineSettings.Of(system, options) with
        {
            Loggers = loggers,
            LimitsRequestLog = () => levels.IsRateLimited("dpif"),
        };
        var pipeline = UpcallPipeline.Start(system, datapath, bridges.Translators, settings);
        bridges.Attach(pipeline);
        return pipeline;
    }

    private async Task<ControlService> ServeAsync(
        RunningConfiguration configuration,
        OpenedDatapath live,
        RunningSwitch bridges,
        UpcallPipeline pipeline,
        RunDirectory directory,
        TaskCompletionSource<bool> exit)
    {
        var context = new ControlContext
        {
            Datapath = live.Datapath,
            Translators = bridges.Translators,
            WaitingPorts = () => bridges.State.Waiting,
            Pipeline = pipeline,
            Configuration = configuration,
            LogLevels = levels,
            Stop = isDeleted => exit.TrySetResult(isDeleted || !configuration.Options.Datapath.KeepOnExit),
        };
        return await ControlService.StartAsync(directory, context, new ControlLimits(), _logger);
    }

    private SwitchWatch Watch(RunningSwitch bridges, UpcallPipeline pipeline)
    {
        var losses = new LossReport(pipeline.Counters.Losses());
        var narrow = new NarrowPorts(bridges.Translators, _logger);
        return SwitchWatch.Start(passed =>
        {
            if (losses.Next(pipeline.Counters.Losses(), passed.TotalSeconds) is { } lost)
                _logger.Losing(passed.TotalSeconds, lost);
            narrow.Look();
        });
    }

    private void End(OpenedDatapath live, bool isDeleted)
    {
        if (isDeleted)
        {
            live.Delete();
            _logger.Deleted(live.Datapath.Name);
        }
        else if (live.Datapath.StaysWhenClosed)
        {
            _logger.Kept(live.Datapath.Name);
        }
    }
}
