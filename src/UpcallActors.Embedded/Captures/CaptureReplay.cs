namespace UpcallActors.Embedded;

/// <summary>
/// Plays captures into the ports of an <see cref="EmbeddedDatapath"/>: frames of all ports in the order of their times. It sets the
/// datapath's clock to each frame's time, and empties the flow table at the times when it was emptied in the recording. The datapath's
/// clock is the replay's from then on.
/// </summary>
internal sealed class CaptureReplay
{
    /// <summary>Timers take at most 49 days; a capture may have any gap.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>What the datapath's clock moves on by from one run's end to the next one's beginning, microseconds.</summary>
    private const long Gap = 1_000_000;

    private readonly EmbeddedDatapath _datapath;
    private readonly Event[] _events;
    private long _played;
    private long _later;

    /// <summary>Prepares a replay.</summary>
    /// <param name="datapath">Where the frames go.</param>
    /// <remarks>Throws <see cref="CaptureException"/> when a frame to be sent was cut when it was captured.</remarks>
    /// <param name="inputs">The ports' frames. Frames seen at one time come in the order of this list.</param>
    /// <param name="purgeTimes">When the flow table is emptied, microseconds since 1970 UTC; before a frame of the same time.</param>
    public CaptureReplay(EmbeddedDatapath datapath, IReadOnlyList<CaptureInput> inputs, IReadOnlyList<long> purgeTimes)
    {
        _datapath = datapath;
        var events = new List<Event>();
        foreach (long time in purgeTimes)
            events.Add(new Event(time, -1, 0, default));
        for (int index = 0; index < inputs.Count; index++)
        {
            CaptureInput input = inputs[index];
            foreach (CapturedFrame frame in input.Frames)
            {
                if (!input.Sent(frame))
                    continue;
                if (frame.Missing > 0)
                    throw new CaptureException($"record {frame.Record} of port {input.Port}: {frame.WhyIncomplete}");
                events.AddRange(frame.Pieces(input.Mtu).Select(piece => new Event(frame.Microseconds, index, input.Port, piece)));
            }
        }

        // The frames of a host keep the order of its file even if their times are equal: this sort is stable.
        _events = [.. events.OrderBy(entry => entry.Microseconds).ThenBy(entry => entry.Input)];
        FrameCount = events.Count - purgeTimes.Count;
    }

    /// <summary>
    /// Empties the flow table when it was emptied in the recording, and counts the packets of its flows first; null for the datapath
    /// itself, which does not count.
    /// </summary>
    public Func<Task>? Purge { get; init; }

    /// <summary>Frames to play.</summary>
    public int FrameCount { get; }

    /// <summary>Frames played so far. May be read while the replay runs.</summary>
    public long Played => Volatile.Read(ref _played);

    /// <summary>
    /// Plays everything. <paramref name="slowPathIdle"/> completes once every upcall so far was answered: it is waited for after each
    /// frame, or at <see cref="ReplayPace.Recorded"/> only at the very end. May be called again after its end: the datapath's clock
    /// continues, so its users never see time go back.
    /// </summary>
    public async Task RunAsync(ReplayPace pace, Func<CancellationToken, ValueTask> slowPathIdle, TimeProvider time,
        CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        // Purges before the first frame and after the last one have nothing to wait for.
        long first = _events.FirstOrDefault(entry => entry.Input >= 0).Microseconds;
        long last = _events.LastOrDefault(entry => entry.Input >= 0).Microseconds;
        foreach (Event entry in _events)
        {
            cancellation.ThrowIfCancellationRequested();
            if (pace == ReplayPace.Recorded)
                await WaitAsync(TimeSpan.FromMicroseconds(Math.Min(entry.Microseconds, last) - first), started, time, cancellation);

            await PlayAsync(entry);
            if (pace == ReplayPace.WhenIdle)
                await slowPathIdle(cancellation);
        }

        await slowPathIdle(cancellation);
        _later += Math.Max(0, _events.LastOrDefault().Microseconds - _events.FirstOrDefault().Microseconds) + Gap;
    }

    /// <summary>Waits until a time has passed since the start; to the timer's millisecond.</summary>
    private static async Task WaitAsync(TimeSpan sinceStart, long started, TimeProvider time, CancellationToken cancellation)
    {
        TimeSpan due = sinceStart - time.GetElapsedTime(started);
        for (; due > LongestWait; due = sinceStart - time.GetElapsedTime(started))
            await Task.Delay(LongestWait, time, cancellation);
        if (due > TimeSpan.Zero)
            await Task.Delay(due, time, cancellation);
    }

    private Task PlayAsync(Event entry)
    {
        _datapath.Clock.Set(entry.Microseconds + _later);
        if (entry.Input < 0)
            return EmptyAsync();
        _datapath.Receive(entry.Port, entry.Frame.Span);
        Volatile.Write(ref _played, _played + 1);
        return Task.CompletedTask;
    }

    private Task EmptyAsync()
    {
        if (Purge is not null)
            return Purge();
        _datapath.FlushFlows();
        return Task.CompletedTask;
    }

    /// <summary>A frame, or a purge, which has no input (−1) and so comes before the frames of its time.</summary>
    private readonly record struct Event(long Microseconds, int Input, uint Port, ReadOnlyMemory<byte> Frame);
}
