using System.Diagnostics;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// Chooses the upcalls that have their own spans, and makes these. Most are chosen before the requests are sent, so that a packet that
/// comes back from a recirculation at once finds what it is linked to; those that were slow or refused, afterwards. Without a listener, one
/// field is read per batch. Single owner: a stage.
/// </summary>
internal sealed class UpcallSampler
{
    private readonly Lane _lane;
    private readonly Lazy<ITranslationExplainer?> _explainer;
    private readonly List<DecidedUpcall> _decided = [];
    private SampleChance _chance;
    private long _second;
    private int _inSecond;

    public UpcallSampler(Lane lane)
    {
        _lane = lane;
        _chance = new SampleChance(lane.Handler);
        // A separate translator, which most lanes never need.
        _explainer = new Lazy<ITranslationExplainer?>(lane.Translators.CreateExplainer, LazyThreadSafetyMode.None);
    }

    /// <summary>Begins the spans that are due before the batch's requests are sent. A batch that was begun is not begun again.</summary>
    public void Begin(UpcallBatch batch)
    {
        if (!SpanSource.IsOn || batch.SpansBegun)
            return;
        batch.SpansBegun = true;
        TraceSampling sampling = _lane.Tracing.Sampling;
        for (int upcall = 0; upcall < batch.Count; upcall++)
        {
            SpanReason reason = ReasonToBegin(batch, upcall, sampling, out ActivityContext cause);
            if (reason != SpanReason.None && MayTrace(sampling))
                Begin(batch, upcall, reason, cause);
        }
    }

    /// <summary>Ends the batch's spans, and makes those of upcalls that were slow or refused.</summary>
    /// <param name="batch">A batch whose requests the datapath has handled.</param>
    /// <param name="endedAt"><see cref="Stopwatch.GetTimestamp"/> when it had.</param>
    public void End(UpcallBatch batch, long endedAt)
    {
        if (!batch.SpansBegun)
            return;
        TraceSampling sampling = _lane.Tracing.Sampling;
        bool isSlow = sampling.SlowerThan > TimeSpan.Zero && Stopwatch.GetElapsedTime(batch.ReceivedAt, endedAt) > sampling.SlowerThan;
        for (int upcall = 0; upcall < batch.Count; upcall++)
        {
            ref Activity? span = ref batch.Span(upcall);
            if (span is null)
            {
                SpanReason reason = batch.Record(upcall).IsRefused ? SpanReason.Error : isSlow ? SpanReason.Slow : SpanReason.None;
                if (reason == SpanReason.None || !MayTrace(sampling))
                    continue;
                Begin(batch, upcall, reason, default);
            }

            if (span is null)
                continue;
            Finish(span, batch, upcall, endedAt);
            span = null;
        }
    }

    /// <summary>Says of the upcalls whose spans have ended how they were decided, which is for when their batches have gone home.</summary>
    public void Explain()
    {
        foreach (DecidedUpcall upcall in _decided)
            upcall.Explain(_explainer.Value!);
        _decided.Clear();
    }

    private void Finish(Activity span, UpcallBatch batch, int upcall, long endedAt)
    {
        if (span.IsAllDataRequested)
        {
            // Not before the packet has gone on: writing it all down takes longer than deciding it.
            UpcallSpan.Describe(span, batch, upcall, _lane.Translators.PortNames);
            batch.Times.Describe(span, batch.ReceivedAt, endedAt);
            if (batch.Record(upcall) is { Class: UpcallClass.Miss, IsTranslated: true } && _explainer.Value is not null)
            {
                // Its end is now: what follows is no part of it.
                span.SetEndTime(DateTime.UtcNow);
                _decided.Add(new DecidedUpcall(span, batch, upcall));
                return;
            }
        }

        span.Stop();
    }

    private SpanReason ReasonToBegin(UpcallBatch batch, int upcall, TraceSampling sampling, out ActivityContext cause)
    {
        ref UpcallRecord record = ref batch.Record(upcall);
        cause = default;
        bool isRecirculation = record.Class != UpcallClass.Bad
            && batch.Key(upcall).RecircId != 0
            && _lane.Tracing.Recirculations.TryTake(batch.Key(upcall).RecircId, batch.Key(upcall).DatapathPort, out cause);
        bool isDrawn = _chance.Draw(sampling.Upcalls);
        if (UpcallSpan.HasFailed(record))
            return SpanReason.Error;
        if (record.ClampsMru)
            return SpanReason.MruClamped;
        if (record.Class == UpcallClass.SlowPath)
            return SpanReason.SlowPath;
        if (isRecirculation)
            return SpanReason.Recirculation;
        return isDrawn ? SpanReason.Ratio : SpanReason.None;
    }

    private void Begin(UpcallBatch batch, int upcall, SpanReason reason, ActivityContext cause)
    {
        Activity? span = UpcallSpan.Start(_lane, batch, upcall, reason, cause);
        batch.Span(upcall) = span;
        if (span is not null && batch.Record(upcall).Actions.IsPresent)
            UpcallSpan.RememberRecirculations(_lane.Tracing.Recirculations, span, batch, upcall);
    }

    private bool MayTrace(TraceSampling sampling)
    {
        long second = Environment.TickCount64 / 1000;
        if (second != _second)
        {
            _second = second;
            _inSecond = 0;
        }

        if (_inSecond < sampling.UpcallsPerSecond)
        {
            _inSecond++;
            return true;
        }

        _lane.Counters.CountSuppressedSpan();
        return false;
    }
}
