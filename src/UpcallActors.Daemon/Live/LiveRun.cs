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
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Live;

/// <summary>
/// Runs a configuration of live ports until told to stop. <see cref="OrderOf"/> has its parts: datapath, bridges, pipeline over them,
/// control socket. The run directory is claimed before all that, and announced when upcalls are answered.
/// </summary>
/// <param name="system">Where the pipeline's actors live.</param>
/// <param name="loggers">Where it is said what happens.</param>
/// <param name="levels">What is logged.</param>
/// <param name="attach">What the pipeline is to see as the datapath; tests put something in between.</param>
internal sealed class LiveRun(ActorSystem system, ILoggerFactory loggers, LogLevels levels, Func<IDatapath, IDatapath>? attach = null)
{
    private readonly ILogger _logger = loggers.CreateLogger(DaemonHost.ActorSystemName);

    /// <summary>Who the daemon is to its clients.</summary>
    public DaemonIdentity Identity { get; init; } = DaemonIdentity.Own;

    /// <summary>Called once, when the daemon is ready.</summary>
    public Action Ready { get; init; } = () => { };

    /// <summary>
    /// Runs. Cancelling <paramref name="stop"/> ends it cleanly, like the control socket's <c>exit</c>: upcalls in progress are finished.
    /// Throws what ended it otherwise: <see cref="RunDirectoryException"/> and <see cref="DatapathException"/> have messages for people.
    /// </summary>
    public async Task RunAsync(RunningConfiguration configuration, CancellationToken stop)
    {
        Descriptors.Prepare(configuration.Options, _logger);
        var exit = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration =
            stop.Register(() => exit.TrySetResult(!configuration.Options.Datapath.KeepOnExit));
        await OrderOf(configuration, exit).RunAsync(exit.Task, _logger);
    }

    /// <summary>The order in which the parts of the run start and stop.</summary>
    /// <param name="configuration">What the run does.</param>
    /// <param name="exit">Ends when the run is to end; with whether the datapath is to be deleted.</param>
    internal RunOrder OrderOf(RunningConfiguration configuration, TaskCompletionSource<bool> exit)
    {
        DaemonOptions options = configuration.Options;
        // From the start on: the usual meaning of the signal would end what only begins.
        var signal = new RunPart<IDisposable>("reload signal", () => Identity.EndsAtHangup
            ? EndSignal.Listen(() => exit.TrySetResult(!options.Datapath.KeepOnExit))
            : HangupSignal.Listen(configuration, _logger));
        var directory = new RunPart<RunDirectory>("run directory", () => Identity.Claim(options));
        // Before the datapath: while another process has the database's lock, that one has the datapath.
        var database = new RunPart<SwitchDatabase?>("database", () => ConnectAsync(options, directory.Value, exit));
        var live = new RunPart<OpenedDatapath>(
            "datapath", () => OpenedDatapath.Open(options.Datapath.For(options.Handlers), _logger));
        var cleanup = new RunStep("cleanup", stop: () => CleanUpAsync(live.Value, exit.Task)) { ComesWithPrevious = true };
        var bridges = new RunPart<RunningSwitch>("switch", () => StartSwitchAsync(options, live.Value, directory.Value));
        // Before the pipeline: flows of an earlier run lead to ports of the database.
        var contents = new RunPart<SwitchDatabase?>("database contents", () => FollowAsync(database.Value, bridges.Value, exit));
        var pipeline = new RunPart<UpcallPipeline>(
            "pipeline",
            () => StartPipelineAsync(options, live.Value, bridges.Value, database.Value),
            running => PipelineEnd.CloseAsync(running, _logger));
        // A client that asked for the end gets its answer when all that its commands can see has ended.
        var control = new RunPart<ControlService?>(
            "control socket",
            () => ServeAsync(configuration, live.Value, bridges.Value, pipeline.Value, directory.Value, exit))
        {
            StopsAfter = cleanup.Name,
        };
        var configured = new RunStep(
            "first configuration",
            async () => await await Task.WhenAny(database.Value?.Configured ?? Task.CompletedTask, exit.Task));
        var announcement = new RunStep(
            "announcement", () => AnnounceAsync(options, live.Value, pipeline.Value, directory.Value, database.Value, exit.Task));
        // From here on, what starts is not needed to answer upcalls: its code would be compiled while they wait.
        var status = new RunPart<SwitchStatus>("status", () => StatusOf(live.Value, bridges.Value, pipeline.Value));
        var telemetry = new RunPart<DaemonTelemetry?>("telemetry", () => DaemonTelemetry.Start(
            options.Telemetry, status.Value.Subject, isScraped: false, saysProblems: true, loggers, _logger));
        var page = new RunPart<StatusPage>("status page", () => StatusPage.Open(options, status.Value, loggers, _logger));
        var watch = new RunPart<SwitchWatch>("watch", () => Watch(bridges.Value, pipeline.Value));
        var drain = new RunStep("drain", stop: () => PipelineEnd.DrainAsync(status.Value, pipeline.Value)) { ComesWithPrevious = true };
        return new RunOrder(
            [
                signal, directory, database, live, cleanup, bridges, contents, pipeline, control, configured, announcement, status,
                telemetry, page, watch, drain,
            ],
            // Whichever ends first; a failure of the pipeline or of following the ports ends the daemon, and so does the loss of the
            // datapath.
            async () => await await Task.WhenAny(
                exit.Task, pipeline.Value.Completion, bridges.Value.Completion, live.Value.Datapath.Lost,
                database.Value?.Completion ?? exit.Task));
    }

    /// <summary>
    /// Upcalls wait in their sockets until the flows of an earlier run are taken up. Whoever restores OpenFlow flows before that needs a
    /// daemon that is there.
    /// </summary>
    private async Task AnnounceAsync(
        DaemonOptions options, OpenedDatapath live, UpcallPipeline pipeline, RunDirectory directory, SwitchDatabase? database, Task exit)
    {
        bool isRestoring = database is { FlowsRestored.IsCompleted: false };
        if (!isRestoring)
            await await Task.WhenAny(pipeline.Started, exit);
        if (isRestoring || pipeline.Started.IsCompletedSuccessfully)
            Announce(options, live, directory);
    }

    private void Announce(DaemonOptions options, OpenedDatapath live, RunDirectory directory)
    {
        directory.Announce();
        Ready();
        _logger.Running(
            live.Datapath.FullName,
            options.Bridges.Count,
            options.Bridges.Sum(bridge => bridge.Configuration.Ports.Count),
            live.Datapath.HandlerCount,
            live.Datapath.Dispatch.Words());
    }

    /// <summary>
    /// Waits until the database's contents are here and its lock is ours; meanwhile the control socket has the commands that need no
    /// switch.
    /// </summary>
    private async Task<SwitchDatabase?> ConnectAsync(DaemonOptions options, RunDirectory directory, TaskCompletionSource<bool> exit)
    {
        if (options.Ovsdb is not { } wanted)
            return null;
        var database = SwitchDatabase.Connect(system, new DatabaseOptions(wanted)
        {
            Tls = options.Tls is { } files ? TlsIdentity.Read(files) : null,
            Logger = loggers.CreateLogger("bridge"),
            Dummies = options.Datapath.Dummies,
        });
        try
        {
            await using ControlService? waiting = !Identity.HasControlSocket ? null : await ControlService.StartWaitingAsync(
                directory, levels, Identity.Version, isDeleted => exit.TrySetResult(isDeleted), _logger);
            await await Task.WhenAny(database.Ready, database.Completion, exit.Task);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    private static async Task<SwitchDatabase?> FollowAsync(
        SwitchDatabase? database, RunningSwitch bridges, TaskCompletionSource<bool> exit)
    {
        if (database is not null)
            await await Task.WhenAny(database.AttachAsync(bridges), exit.Task);
        return database;
    }

    private Task<RunningSwitch> StartSwitchAsync(DaemonOptions options, OpenedDatapath live, RunDirectory directory)
    {
        _logger.TellSkippedFlows(options);
        LogLevel each = Identity.TellsEachFeature ? LogLevel.Information : LogLevel.Debug;
        FeatureReport.Log(_logger, loggers.CreateLogger("ofproto_dpif"), each, live.Datapath);
        return RunningSwitch.StartAsync(
            system, live.Datapath, live.Ports!, options.Switch,
            new SwitchOptions
            {
                Logger = _logger,
                Observer = Identity.Observe(_logger),
                RunDirectory = directory.Path,
                Tls = options.Tls is { } files ? TlsIdentity.Read(files) : null,
            });
    }

    private async Task<UpcallPipeline> StartPipelineAsync(
        DaemonOptions options, OpenedDatapath live, RunningSwitch bridges, SwitchDatabase? database)
    {
        IDatapath datapath = attach?.Invoke(live.Datapath) ?? live.Datapath;
        UpcallPipelineSettings settings = PipelineSettings.Of(system, options) with
        {
            Loggers = loggers,
            LimitsRequestLog = () => levels.IsRateLimited("dpif"),
            Begin = database?.FlowsRestored ?? Task.CompletedTask,
        };
        var pipeline = UpcallPipeline.Start(system, datapath, bridges.Translators, settings);
        await bridges.AttachAsync(pipeline);
        database?.Attach(pipeline);
        return pipeline;
    }

    private async Task<ControlService?> ServeAsync(
        RunningConfiguration configuration,
        OpenedDatapath live,
        RunningSwitch bridges,
        UpcallPipeline pipeline,
        RunDirectory directory,
        TaskCompletionSource<bool> exit)
    {
        configuration.Attach(new LogLevelReload(levels), new PipelineReload(pipeline), new SwitchReload(bridges));
        if (!Identity.HasControlSocket)
            return null;
        var context = new ControlContext
        {
            Datapath = live.Datapath,
            Translators = bridges.Translators,
            WaitingPorts = () => bridges.State.Waiting,
            Pipeline = pipeline,
            Configuration = configuration,
            LogLevels = levels,
            Version = Identity.Version,
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

    private static SwitchStatus StatusOf(OpenedDatapath live, RunningSwitch bridges, UpcallPipeline pipeline) =>
        new(live.Datapath, bridges.Translators, pipeline, live.Ports, () => bridges.State.Waiting);

    /// <summary>Deletes the datapath, or leaves it, as the end was asked for. A run that failed leaves it.</summary>
    private async Task CleanUpAsync(OpenedDatapath live, Task<bool> exit)
    {
        if (!exit.IsCompleted)
            return;
        if (await exit)
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
