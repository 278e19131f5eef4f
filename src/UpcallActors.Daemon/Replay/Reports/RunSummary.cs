using UpcallActors.Odp;
using UpcallActors.Pipeline;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Replay.Reports;

/// <summary>What a run with a configuration has done.</summary>
/// <param name="Ports">The capture ports.</param>
/// <param name="Upcalls">The upcalls.</param>
/// <param name="Seconds">How long frames were sent and answered.</param>
/// <param name="Drops">Packets that the datapath dropped, by the causes that occurred.</param>
internal sealed record RunSummary(
    IReadOnlyList<PortSummary> Ports, UpcallSummary Upcalls, double Seconds, IReadOnlyList<DatapathDrop> Drops)
{
    /// <summary>Upcalls per second of the whole time.</summary>
    public double UpcallsPerSecond => Seconds > 0 ? (Upcalls.Misses + Upcalls.Actions) / Seconds : 0;
}

/// <summary>A capture port's part.</summary>
/// <param name="Bridge">Its bridge.</param>
/// <param name="Port">Its name.</param>
/// <param name="FramesIn">Frames its host sent.</param>
/// <param name="FramesOut">Frames put out on it.</param>
/// <param name="TooLong">Frames not put out because they exceed its MTU.</param>
internal sealed record PortSummary(string Bridge, string Port, long FramesIn, long FramesOut, long TooLong);

/// <summary>The pipeline's part.</summary>
internal sealed record UpcallSummary
{
    /// <summary>Upcalls because no flow matched.</summary>
    public required long Misses { get; init; }

    /// <summary>Upcalls by a userspace action.</summary>
    public required long Actions { get; init; }

    /// <summary>Upcalls with an MRU.</summary>
    public required long WithMru { get; init; }

    /// <summary>The largest MRU, bytes of layer 3; 0 if there was none.</summary>
    public required int LargestMru { get; init; }

    /// <summary>EXECUTEs the datapath took.</summary>
    public required long Executes { get; init; }

    /// <summary>Flow puts the datapath took.</summary>
    public required long FlowPuts { get; init; }

    /// <summary>Upcalls lost, in front of the pipeline or in it.</summary>
    public required long Lost { get; init; }

    /// <summary>The same by the causes that occurred.</summary>
    public required IReadOnlyList<LossSnapshot> LostBy { get; init; }

    /// <summary>Requests that the datapath answered with an error.</summary>
    public required long Errors { get; init; }

    /// <summary>Sums up what a pipeline has counted.</summary>
    public static UpcallSummary Of(PipelineCounters pipeline)
    {
        long misses = pipeline.ByClass(UpcallClass.Miss);
        return new UpcallSummary
        {
            Misses = misses,
            Actions = Enum.GetValues<UpcallClass>().Where(kind => kind is not (UpcallClass.Miss or UpcallClass.Bad)).Sum(pipeline.ByClass),
            WithMru = pipeline.WithMru,
            LargestMru = pipeline.LargestMru,
            Executes = pipeline.Executes,
            FlowPuts = pipeline.FlowPuts,
            Lost = pipeline.AllLost,
            LostBy = [.. pipeline.Losses().Where(loss => loss.Count > 0).Select(Describe)],
            Errors = pipeline.AllRequestErrors,
        };
    }

    /// <summary>In the datapath of a replay nothing else happens to an upcall on its way.</summary>
    private static LossSnapshot Describe(UpcallLoss loss) =>
        new(loss.Cause, loss.Cause == UpcallLoss.UnreachableCause ? "longer than an upcall carries" : loss.Words, loss.Count);
}
