namespace UpcallActors.Pipeline;

/// <summary>What the lanes' tracers share. Any thread.</summary>
internal sealed class TraceState(TraceSampling sampling)
{
    private volatile TraceSampling _sampling = sampling;

    /// <summary>What is traced from now on.</summary>
    public TraceSampling Sampling
    {
        get => _sampling;
        set => _sampling = value;
    }

    /// <summary>The traced upcalls whose packets are in recirculation.</summary>
    public RecirculationTraces Recirculations { get; } = new();
}
