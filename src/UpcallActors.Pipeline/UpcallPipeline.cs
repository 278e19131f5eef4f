using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// A running pipeline: one lane for each handler of the datapath, each with its own event loop, actors and credits.
/// Thread-safe.
/// </summary>
public sealed class UpcallPipeline : IAsyncDisposable
{
    /// <summary>Upcalls of each lane that <see cref="Recall"/> can tell of.</summary>
    internal const int MostRemembered = UpcallMemory.Capacity;

    private readonly IActorRef _pipeline;
    private readonly Lane[] _lanes;
    private readonly Lock _tuning = new();
    private readonly PipelineState _state;

    private UpcallPipeline(
        IActorRef pipeline,
        PipelineState state,
        Lane[] lanes,
        PipelineCounters counters,
        Revalidation? revalidation,
        Task started,
        Task completion)
    {
        _pipeline = pipeline;
        _state = state;
        _lanes = lanes;
        Counters = counters;
        Revalidation = revalidation;
        Started = started;
        Completion = completion;
    }

    /// <summary>What the pipeline has done; stays readable after it has stopped.</summary>
    public PipelineCounters Counters { get; }

    /// <summary>The revalidation of the datapath's flows; null if the settings switch it off.</summary>
    internal Revalidation? Revalidation { get; }

    /// <summary>Where the lanes put what is for controllers, for the one who reads it.</summary>
    internal ControllerQueue Controllers => _state.Controllers;

    /// <summary>What can be changed while the pipeline runs (<see cref="Tune"/>), as it is now.</summary>
    internal LaneTuning Tuning => _lanes[0].Tuning;

    /// <summary>
    /// What is traced if there is a listener. It may be set while the pipeline runs, for later upcalls. Throws
    /// <see cref="ArgumentOutOfRangeException"/> for values outside their ranges.
    /// </summary>
    public TraceSampling Tracing
    {
        get => _state.Tracing.Sampling;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate();
            _state.Tracing.Sampling = value;
        }
    }

    /// <summary>
    /// Watches upcalls of all lanes from now on; to be disposed. Shed upcalls, which no stage looks at, are not among them.
    /// </summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="packetBytes">How much of each packet is copied, bytes from its start.</param>
    internal UpcallMonitor Watch(IUpcallFilter filter, int packetBytes = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfNegative(packetBytes);
        return _state.Tap.Add(filter, packetBytes);
    }

    /// <summary>
    /// The last upcalls of each lane, at most <see cref="MostRemembered"/> of each, also from before a monitor was attached. The lanes do
    /// not notice.
    /// </summary>
    /// <param name="filter">Which ones.</param>
    internal RecentUpcalls Recall(IUpcallFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var clock = new UpcallClock();
        List<MonitoredUpcall> found = [];
        ImmutableArray<long> looked = [.. _lanes.Select(lane => lane.Memory.Recall(lane.Handler, filter, clock, found))];
        return new RecentUpcalls([.. found.OrderBy(upcall => upcall.TimeNanoseconds)], looked);
    }

    /// <summary>
    /// Ends when upcalls are answered: once the flows that the datapath had before us are taken over,
    /// so that what they carry does not notice. Ends with the failure when the pipeline ends before.
    /// </summary>
    public Task Started { get; }

    /// <summary>
    /// Ends when the pipeline has: well after <see cref="StopAsync"/>; with the failure when a lane has given up, in which case the other
    /// lanes were drained and upcalls are no longer answered.
    /// </summary>
    public Task Completion { get; }

    /// <summary>
    /// Takes over the flows that the datapath has, then starts the lanes (see <see cref="Started"/>). The datapath and the factory stay the
    /// caller's, who disposes them after <see cref="Completion"/>. Any number of pipelines may run in one actor system, each over its own
    /// datapath. Throws <see cref="ArgumentOutOfRangeException"/> for settings outside their ranges.
    /// </summary>
    /// <param name="system">Where the pipeline's actors live.</param>
    /// <param name="datapath">Whose upcalls are answered.</param>
    /// <param name="translators">Who decides about them.</param>
    /// <param name="settings">Sizes and limits.</param>
    public static UpcallPipeline Start(
        ActorSystem system,
        IDatapath datapath,
        IUpcallTranslatorFactory translators,
        UpcallPipelineSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        var loops = new PipelineLoops(system, datapath.Name);
        try
        {
            return Start(system, datapath, translators, settings, loops);
        }
        catch
        {
            loops.Release();
            throw;
        }
    }

    private static UpcallPipeline Start(ActorSystem system, IDatapath datapath, IUpcallTranslatorFactory translators,
        UpcallPipelineSettings settings, PipelineLoops loops)
    {
        ILogger requests = LoggerOf(system, settings, RequestLog.Category);
        var log = new RequestLog(requests, datapath, translators, TimeProvider.System, settings.LimitsRequestLog);
        var state = new PipelineState(datapath, translators, settings, log, LoggerOf(system, settings, FailureLog.Category));
        RevalidationState? revalidated =
            settings.Revalidation is null ? null : new RevalidationState(state, index => loops.Add($"revalidator-{index}"));
        Lane[] lanes = MakeLanes(state, revalidated, loops);
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var counters = new PipelineCounters(lanes);
        PipelineMetrics.AddTo(state.Histograms.Meter, lanes, counters, revalidated);
        IActorRef pipeline = system.ActorOf(
            ActorFactory.Props(() => new PipelineActor(lanes, revalidated, loops, state.Logger, settings.Begin, started, completion)));
        Revalidation? revalidation = revalidated is null ? null : new Revalidation(revalidated, pipeline, completion.Task);
        return new UpcallPipeline(pipeline, state, lanes, counters, revalidation, started.Task, completion.Task);
    }

    private static Lane[] MakeLanes(PipelineState state, RevalidationState? revalidation, PipelineLoops loops)
    {
        var lanes = new Lane[state.Counters.Length];
        try
        {
            for (int handler = 0; handler < lanes.Length; handler++)
                lanes[handler] = new Lane(handler, state, revalidation, loops.Add($"lane-{handler}"));
            return lanes;
        }
        catch (Win32Exception refused)
        {
            foreach (Lane? lane in lanes)
                lane?.Close();
            state.Histograms.Dispose();
            throw NoAddressSpace(lanes.Length, refused);
        }
    }

    /// <summary>
    /// Asks every lane for a sign of life, through the mailboxes that upcalls go through. Returns the handlers whose lanes did not answer
    /// in time, in order: none when all is well, all of them before
    /// <see cref="Started"/> and after <see cref="Completion"/>.
    /// </summary>
    /// <param name="patience">How long a lane may take.</param>
    /// <param name="cancellation">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    public async Task<IReadOnlyList<int>> FindSilentHandlersAsync(TimeSpan patience, CancellationToken cancellation = default)
    {
        var probe = new LivenessProbe(_lanes.Length);
        _pipeline.Tell(probe, ActorRefs.NoSender);
        // A pipeline that has ended answers no requests.
        Task answered = Task.WhenAny(probe.Answered, Completion).WaitAsync(patience, cancellation);
        await answered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        return probe.SilentLanes;
    }

    private static ILogger LoggerOf(ActorSystem system, UpcallPipelineSettings settings, string category) =>
        settings.Loggers == NullLoggerFactory.Instance
            ? new ActorSystemLog(Logging.GetLogger(system, typeof(UpcallPipeline)))
            : settings.Loggers.CreateLogger(category);

    private static InsufficientMemoryException NoAddressSpace(int lanes, Win32Exception refused)
    {
        long least = (UpcallBatch.AddressSpaceOf(UpcallBatch.MaxUpcalls) * BatchPool.Least) >> 20;
        const int Left = BatchPool.LeftToOthers >> 20;
        return new InsufficientMemoryException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"no address space for {lanes} lanes: each needs {least} MiB at least, and {Left} MiB must be left ({refused.Message}). ")
            + "Raise RLIMIT_AS (ulimit -v; LimitAS= of systemd) or what vm.overcommit_memory = 2 allows, or use fewer handlers",
            refused);
    }

    /// <summary>
    /// Changes <see cref="Tuning"/>, for the batches that are begun from then on. Throws
    /// <see cref="ArgumentOutOfRangeException"/> for values outside their ranges; nothing was changed then.
    /// </summary>
    /// <param name="change">Makes the new values from those that hold; called once, and no other change comes between.</param>
    internal void Tune(Func<LaneTuning, LaneTuning> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_tuning)
        {
            LaneTuning tuning = change(Tuning);
            tuning.Validate();
            foreach (Lane lane in _lanes)
                lane.Tuning = tuning;
        }
    }

    /// <summary>
    /// Stops reading upcalls, finishes those on their way, and closes the lanes; ends when that is done. The instruments
    /// can be read until <see cref="DisposeAsync"/>. For a coordinated shutdown this belongs before the phase that
    /// closes the datapath. Cancelling stops the wait, not the drain. Throws what <see cref="Completion"/> ends with.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        _pipeline.Tell(PipelineActor.Drain.Instance, ActorRefs.NoSender);
        await Completion.WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _pipeline.Tell(PipelineActor.Drain.Instance, ActorRefs.NoSender);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _state.Histograms.Dispose();
    }
}
