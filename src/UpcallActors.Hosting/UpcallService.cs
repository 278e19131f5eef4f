using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Pipeline;
using UpcallActors.Switch;

namespace UpcallActors.Hosting;

/// <summary>A datapath with a pipeline over it, tied to an actor system's life.</summary>
internal sealed class UpcallService
{
    private readonly ActorSystem _system;
    private readonly OpenedDatapath _opened;
    private readonly RunningSwitch? _switch;
    private readonly IUpcallTranslatorFactory _translators;
    private readonly UpcallPipeline _pipeline;
    private readonly UpcallHealth _health;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Task> _drained;
    private readonly Lazy<Task> _closed;
    private long _saidAt;

    private UpcallService(
        ActorSystem system,
        OpenedDatapath opened,
        RunningSwitch? running,
        IUpcallTranslatorFactory translators,
        UpcallPipeline pipeline,
        UpcallHealthOptions health,
        ILogger logger)
    {
        _system = system;
        _opened = opened;
        _switch = running;
        _translators = translators;
        _pipeline = pipeline;
        _health = new UpcallHealth(
            opened.Datapath, opened.Ports, pipeline, health, running is null ? null : () => running.State.Waiting);
        _logger = logger;
        UnattendedWork.Failed += OnUnattendedFailure;
        _drained = new Lazy<Task>(DrainAsync);
        _closed = new Lazy<Task>(CloseAsync);
    }

    /// <summary>
    /// Opens the datapath and starts the pipeline; ends when upcalls are answered. Throws when that cannot be, with nothing left open.
    /// </summary>
    public static async Task StartAsync(ActorSystem system, IServiceProvider services, UpcallActorsOptions options)
    {
        ILogger logger = services.GetService<ILoggerFactory>()?.CreateLogger("UpcallActors") ?? NullLogger.Instance;
        OpenedDatapath opened = options.Open!(services);
        var names = UpcallActorsExtension.Of(system);
        RunningSwitch? running = null;
        UpcallService service;
        if (!names.TryReserve(opened.Datapath.Name))
        {
            string name = opened.Datapath.Name;
            opened.Dispose();
            throw new InvalidOperationException(
                $"WithUpcallActors was called twice for a datapath named {name} in one actor system: give each its own name");
        }

        try
        {
            if (options.Switch is { } wanted)
                running = await StartSwitchAsync(system, opened, wanted, logger);
            IUpcallTranslatorFactory translators =
                options.Translators?.Invoke(services, opened.Datapath, opened.Ports) ?? running!.Translators;
            UpcallPipeline pipeline = UpcallPipeline.Start(system, opened.Datapath, translators, Settings(options.Pipeline, services));
            if (running is not null)
                await running.AttachAsync(pipeline);
            service = new UpcallService(system, opened, running, translators, pipeline, options.Health, logger);
        }
        catch
        {
            if (running is not null)
                await running.DisposeAsync();
            names.Free(opened.Datapath.Name);
            opened.Dispose();
            throw;
        }

        await service.RunAsync();
    }

    private static Task<RunningSwitch> StartSwitchAsync(
        ActorSystem system, OpenedDatapath opened, SwitchConfiguration wanted, ILogger logger)
    {
        var options = new SwitchOptions { Source = "options", Observer = new HostedSwitchLog(logger), Logger = logger };
        return RunningSwitch.StartAsync(system, opened.Datapath, opened.Ports!, wanted, options);
    }

    /// <summary>The pipeline logs where the host does, unless it was told otherwise.</summary>
    private static UpcallPipelineSettings Settings(UpcallPipelineSettings settings, IServiceProvider services) =>
        settings.Loggers == NullLoggerFactory.Instance && services.GetService(typeof(ILoggerFactory)) is ILoggerFactory loggers
            ? settings with { Loggers = loggers }
            : settings;

    private async Task RunAsync()
    {
        _health.AttachTo(_system);
        var shutdown = CoordinatedShutdown.Get(_system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "finish upcalls", async () =>
        {
            await _drained.Value;
            return Akka.Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "close datapath", async () =>
        {
            await _closed.Value;
            return Akka.Done.Instance;
        });
        try
        {
            await _pipeline.Started;
        }
        catch
        {
            await _closed.Value;
            throw;
        }

        var running = new RunningUpcallActors(_opened.Datapath, _opened.Ports, _translators, _pipeline) { Switch = _switch };
        UpcallActorsExtension.Of(_system).Add(running);
        _logger.Answering(_opened.Datapath.Name, _opened.Datapath.HandlerCount);
        _ = WatchAsync();
    }

    /// <summary>A host that answers no upcalls is of no use: it is shut down.</summary>
    private async Task WatchAsync()
    {
        try
        {
            Task stopping = _stopping.Task;
            await await Task.WhenAny(stopping, _pipeline.Completion, _switch?.Completion ?? stopping, _opened.Datapath.Lost);
        }
#pragma warning disable CA1031 // Whatever it was, it ends the system and is said there.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _logger.Unanswered(failure, _opened.Datapath.Name);
            await CoordinatedShutdown.Get(_system).Run(new UpcallsUnansweredReason(failure));
        }
    }

    /// <summary>Says one a second; all are counted.</summary>
    private void OnUnattendedFailure(object? sender, UnattendedFailureEventArgs failed)
    {
        long now = Environment.TickCount64;
        long saidAt = Interlocked.Read(ref _saidAt);
        if ((saidAt == 0 || now - saidAt >= 1000) && Interlocked.CompareExchange(ref _saidAt, now, saidAt) == saidAt)
            _logger.UnattendedFailed(failed.Failure, failed.Work);
    }

    private async Task DrainAsync()
    {
        _stopping.TrySetResult();
        _health.Drain();
        // What ended the pipeline otherwise was said when it did.
        await _pipeline.DisposeAsync();
    }

    /// <summary>
    /// The pipeline's memory is the datapath's to read until its last actor has ended, however long a phase of the shutdown may take.
    /// </summary>
    private async Task CloseAsync()
    {
        await _drained.Value;
        if (_switch is not null)
            await _switch.DisposeAsync();
        _opened.Dispose();
        (_translators as IDisposable)?.Dispose();
        UnattendedWork.Failed -= OnUnattendedFailure;
        _logger.Closed(_opened.Datapath.Name, _pipeline.Counters.Received);
    }
}
