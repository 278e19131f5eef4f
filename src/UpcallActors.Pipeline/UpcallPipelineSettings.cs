using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace UpcallActors.Pipeline;

/// <summary>How a pipeline is sized and where its stages run. There is one lane for each handler of the datapath.</summary>
public sealed record UpcallPipelineSettings
{
    /// <summary>Upcalls in a batch, 1 to 64. A batch never waits to be filled.</summary>
    public int BatchSize { get; init; } = UpcallBatch.MaxUpcalls;

    /// <summary>Batches of a lane, 2 or more: the credits that bound what is on its way, and with it the memory.</summary>
    public int BatchesPerLane { get; init; } = 32;

    /// <summary>
    /// The part of a lane's credits, above 0 up to 1, that one port may hold when they run out; with n active ports at most 1/(n+1), so
    /// that a new port always finds room. What a port brings beyond is shed.
    /// </summary>
    public double PortShare { get; init; } = 0.5;

    /// <summary>Dispatcher id of the receivers; null for the lane's own event loop.</summary>
    public string? ReceiverDispatcher { get; init; }

    /// <summary>Dispatcher id of the routers; null for the lane's own event loop.</summary>
    public string? RouterDispatcher { get; init; }

    /// <summary>Dispatcher id of the translators; null for the lane's own event loop.</summary>
    public string? TranslatorDispatcher { get; init; }

    /// <summary>Dispatcher id of the executors; null for the lane's own event loop.</summary>
    public string? ExecutorDispatcher { get; init; }

    /// <summary>
    /// Failures of one lane's receiver, router and executor within <see cref="RestartWindow"/> after which the lane gives up.
    /// </summary>
    public int RestartLimit { get; init; } = 10;

    /// <summary>See <see cref="RestartLimit"/>.</summary>
    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Translator failures without one success in between after which the lane gives up. Not a rate: a packet that makes a
    /// translator throw costs itself, however often it is sent, as long as others get through.
    /// </summary>
    public int TranslatorFailureLimit { get; init; } = 1000;

    /// <summary>What is traced to begin with; see <see cref="UpcallPipeline.Tracing"/>.</summary>
    public TraceSampling Tracing { get; init; } = new();

    /// <summary>
    /// Where requests that the datapath refused are said, under the category <c>dpif</c>: refused ones at warning, with
    /// at most 60 lines a minute, and at debug those that it took.
    /// Failures of actors are said under <c>ofproto_dpif_upcall</c>, and by the actor system's own log where there are no loggers.
    /// </summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>
    /// Whether lines about requests are limited in number at this moment (<c>vlog/disable-rate-limit</c>); asked for each. Null for always.
    /// </summary>
    public Func<bool>? LimitsRequestLog { get; init; }

    /// <summary>
    /// How flows in the datapath are revalidated; null for not at all, as in a replay: they stay until another program deletes them.
    /// </summary>
    public RevalidatorSettings? Revalidation { get; init; } = new();

    /// <summary>
    /// When this has ended, flows of before are taken over and upcalls are answered; until then both stay as they are. A pipeline that is
    /// stopped before never begins.
    /// </summary>
    internal Task Begin { get; init; } = Task.CompletedTask;

    /// <summary>Whether all stages of a lane run on its own event loop.</summary>
    internal bool RunsOnOneLoop => (ReceiverDispatcher ?? RouterDispatcher ?? TranslatorDispatcher ?? ExecutorDispatcher) is null;

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> for a value outside its range.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BatchSize, UpcallBatch.MaxUpcalls);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchesPerLane, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PortShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PortShare, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RestartLimit, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(TranslatorFailureLimit, 1);
        ArgumentNullException.ThrowIfNull(Loggers);
        ArgumentNullException.ThrowIfNull(Tracing);
        Tracing.Validate();
        Revalidation?.Validate();
    }
}
