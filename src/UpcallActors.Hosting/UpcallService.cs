using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Pipeline;

namespace UpcallActors.Hosting;

/// <summary>A datapath with a pipeline over it, tied to an actor system's life.</summary>
internal sealed class UpcallService
{
    private readonly ActorSystem _system;
    private readonly OpenedDatapath _opened;
    private readonly BridgedPorts? _bridges;
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
        BridgedPorts? bridges,
        IUpcallTranslatorFactory translators,
        UpcallPipeline pipeline,
        UpcallHealthOptions health,
        ILogger logger)
    {
        _system = system;
        _opened = opened;
        _bridges = bridges;
        _translators = translators;
        _pipeline = pipeline;
        _health = new UpcallHealth(opened.Datapath, opened.Ports, pipeline, health);
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
        var running = UpcallActorsExtension.Of(system);
        BridgedPorts? bridges = null;
        UpcallService service;
        if (!running.TryReserve(opened.Datapath.Name))
        {
            string name = opened.Datapath.Name;
            opened.Dispose();
            throw new InvalidOperationException(
                $"WithUpcallActors was called twice for a datapath named {name} in one actor system: give each its own name");
        }

        try
        {
            foreach (PortRequest port in options.Ports)
                opened.Ports!.Add(port);
            if (options.Bridges.Count > 0)
                bridges = new BridgedPorts(opened.Datapath, opened.Ports!, options.Bridges, logger);
            IUpcallTranslatorFactory translators = bridges?.Translators ?? options.Translators!(services, opened.Datapath, opened.Ports);
            UpcallPipeline pipeline = UpcallPipeline.Start(system, opened.Datapath, translators, Settings(options.Pipeline, services));
            service = new UpcallService(system, opened, bridges, translators, pipeline, options.Health, logger);
        }
        catch
        {
            if (bridges is not null)
                await bridges.DisposeAsync();
            running.Free(opened.Datapath.Name);
            opened.Dispose();
            throw;
        }

        await service.RunAsync();
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

        UpcallActorsExtension.Of(_system).Add(new RunningUpcallActors(_opened.Datapath, _opened.Ports, _translators, _pipeline));
        _logger.Answering(_opened.Datapath.Name, _opened.Datapath.HandlerCount);
        _ = WatchAsync();
    }

    /// <summary>A host that answers no upcalls is of no use: it is shut down.</summary>
    private async Task WatchAsync()
    {
        try
        {
            Task stopping = _stopping.Task;
            await await Task.WhenAny(stopping, _pipeline.Completion, _bridges?.Completion ?? stopping, _opened.Datapath.Lost);
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
        if (_bridges is not null)
            await _bridges.DisposeAsync();
        _opened.Dispose();
        (_translators as IDisposable)?.Dispose();
        UnattendedWork.Failed -= OnUnattendedFailure;
        _logger.Closed(_opened.Datapath.Name, _pipeline.Counters.Received);
    }
}
