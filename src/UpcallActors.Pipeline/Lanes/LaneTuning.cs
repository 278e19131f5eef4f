using System.Collections.Frozen;

namespace UpcallActors.Pipeline;

/// <summary>What of a pipeline's settings can be changed while it runs (<see cref="UpcallPipeline.Tune"/>).</summary>
internal sealed record LaneTuning
{
    /// <summary>Upcalls in a batch, 1 to 64; for the batches that are begun from then on.</summary>
    public int BatchSize { get; init; } = UpcallBatch.MaxUpcalls;

    /// <summary>See <see cref="UpcallPipelineSettings.PortShare"/>.</summary>
    public double PortShare { get; init; } = 0.5;

    /// <summary>
    /// Shares of single ports, above 0 up to 1, by their numbers in the datapath.
    /// They hold in place of <see cref="PortShare"/>, however many ports are active.
    /// </summary>
    public FrozenDictionary<uint, double> PortShares { get; init; } = FrozenDictionary<uint, double>.Empty;

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> for a value outside its range.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BatchSize, UpcallBatch.MaxUpcalls);
        ArgumentNullException.ThrowIfNull(PortShares);
        foreach (double share in PortShares.Values.Append(PortShare))
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share, nameof(PortShares));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1, nameof(PortShares));
        }
    }
}
