namespace UpcallActors.Pipeline;

/// <summary>
/// Where monitors are attached to all lanes of a pipeline. Without one a batch pays the read of a
/// field when it is done with; with one, a copy of each upcall that passes its filter. Thread-safe.
/// </summary>
internal sealed class UpcallTap
{
    private readonly Lock _changes = new();
    private UpcallMonitor[]? _monitors;

    /// <summary>Attaches a monitor.</summary>
    public UpcallMonitor Add(IUpcallFilter filter, int packetBytes)
    {
        var monitor = new UpcallMonitor(this, filter, packetBytes);
        lock (_changes)
            Volatile.Write(ref _monitors, [.. _monitors ?? [], monitor]);
        return monitor;
    }

    /// <summary>Detaches a monitor. A lane that is processing a batch may still add to its queue.</summary>
    public void Remove(UpcallMonitor monitor)
    {
        lock (_changes)
        {
            UpcallMonitor[] rest = [.. (_monitors ?? []).Where(other => other != monitor)];
            Volatile.Write(ref _monitors, rest.Length == 0 ? null : rest);
        }
    }

    /// <summary>Shows a batch that is done with to the monitors. Called by its owner, before it goes home.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="batch">Its batch.</param>
    /// <param name="first">The number of the batch's first upcall in the lane.</param>
    /// <param name="handledAt">When its requests had been handled, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    public void Show(Lane lane, UpcallBatch batch, long first, long handledAt)
    {
        if (Volatile.Read(ref _monitors) is { } monitors)
            Show(monitors, lane, batch, first, handledAt);
    }

    private static void Show(UpcallMonitor[] monitors, Lane lane, UpcallBatch batch, long first, long handledAt)
    {
        var clock = new UpcallClock();
        foreach (UpcallMonitor monitor in monitors)
            monitor.Take(lane, batch, first, handledAt, clock);
    }
}
