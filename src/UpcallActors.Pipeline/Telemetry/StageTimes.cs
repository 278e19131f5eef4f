using System.Diagnostics;

namespace UpcallActors.Pipeline;

/// <summary>
/// When a batch went from one stage to the next. It tells where a slow upcall was slow, even if its batch was not sampled. A stage's time
/// is from one of them to the next, so that the wait for a stage is part of it. The clock is read only if there is a listener.
/// </summary>
internal struct StageTimes
{
    private long _received;
    private long _routed;
    private long _translated;

    /// <summary>The batch is about to be handed to a stage.</summary>
    public void NoteHandedTo(BatchOwner stage)
    {
        if (!SpanSource.IsOn)
            return;
        long now = Stopwatch.GetTimestamp();
        switch (stage)
        {
            case BatchOwner.Router:
                _received = now;
                break;
            case BatchOwner.Translator:
                _routed = now;
                break;
            case BatchOwner.Executor:
                _translated = now;
                break;
        }
    }

    /// <summary>
    /// Adds the stages' times to an upcall's span, in seconds; unknown ones are left out: there was no listener then, or the batch ended
    /// before.
    /// </summary>
    /// <param name="span">The span.</param>
    /// <param name="receivedAt">When the batch's first upcall was received.</param>
    /// <param name="endedAt">When the batch was done with.</param>
    public readonly void Describe(Activity span, long receivedAt, long endedAt)
    {
        if (_received == 0)
            return;
        Tag(span, "upcall.receive.duration", receivedAt, _received);
        Tag(span, "upcall.route.duration", _received, _routed == 0 ? endedAt : _routed);
        if (_routed == 0)
            return;
        Tag(span, "upcall.translate.duration", _routed, _translated == 0 ? endedAt : _translated);
        if (_translated != 0)
            Tag(span, "upcall.execute.duration", _translated, endedAt);
    }

    private static void Tag(Activity span, string name, long from, long to) =>
        span.SetTag(name, Stopwatch.GetElapsedTime(from, to).TotalSeconds);
}
