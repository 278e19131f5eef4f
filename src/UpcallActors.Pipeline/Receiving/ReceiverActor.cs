using System.Diagnostics;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// Owns its handler's upcall source and hands out the lane's credits. It reads waiting upcalls, never waits to fill a batch, and always
/// keeps one batch in hand. So without another credit it can still drain a source whose ports share one queue: it sheds upcalls of ports
/// over their share if others are active (<see cref="CongestionPolicy"/>), and keeps the rest until a credit comes back. It stops reading
/// only when that batch is full of what is to be kept; then the pressure reaches the queue in front of the source.
/// </summary>
internal sealed partial class ReceiverActor : UntypedActor
{
    /// <summary>
    /// Receives in one turn while nothing is lost: the batch runs through the lane while it is in the cache, then the next.
    /// </summary>
    private const int ReceivesPerTurn = 1;

    /// <summary>
    /// Receives in one turn under overload: what waits in a full queue (8 MiB of small upcalls are some 9,000). Then the lane's
    /// other actors get their turns, and on one loop all that was taken is executed first: who only ever drained would execute nothing.
    /// </summary>
    private const int OverloadedReceivesPerTurn = 128;

    private readonly Lane _lane;
    private readonly IActorRef _router;
    private IUpcallSource? _source;
    private LoopDispatcher.Interest? _readable;
    private BatchPool.Waiter? _credit;
    private int _received;
    private int _admitted;
    private SampleChance _chance;
    private bool _waitsForCredit;
    private bool _goesOn;
    private bool _worksOff;
    private CongestionPolicy _congestion;
    private bool _saidShort;

    public ReceiverActor(Lane lane, IActorRef router)
    {
        _lane = lane;
        _router = router;
        _chance = new SampleChance(lane.Handler);
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _credit = new BatchPool.Waiter(Self, CreditReturned.Instance);
        if (_lane.IsDraining)
        {
            StopReading();
            return;
        }

        _source = _lane.Datapath.OpenUpcalls(_lane.Handler);
        _lane.UpcallPid = _source.UpcallPid;
        _readable = new LoopDispatcher.Interest(_source.Descriptor, Self, Readable.Instance);
        Self.Tell(Readable.Instance, Self);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Readable:
                Drain();
                break;
            case GoOn:
                _goesOn = false;
                Drain();
                break;
            case CreditReturned:
                _waitsForCredit = false;
                Drain();
                break;
            case LivenessProbe probe:
                probe.Answer(_lane.Handler);
                break;
            case Stop:
                CloseSource();
                StopReading();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void PreRestart(Exception reason, object message)
    {
        _lane.Counters.CountRestart();
        base.PreRestart(reason, message);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        // Received, but not in the batch when it failed: they are lost.
        int left = _received - _admitted;
        _received = _admitted;
        if (left > 0)
        {
            _lane.Counters.CountLost(LossCause.StageFailed, left);
            _lane.Counters.CountCompleted(left);
        }

        CloseSource();
    }

    private void CloseSource()
    {
        if (_readable is { } readable)
            _lane.Dispatcher.Disarm(readable);
        _readable = null;
        _source?.Dispose();
        _source = null;
    }

    /// <summary>One turn: receives until the source is empty, the turn is over, or there is nowhere to put what comes.</summary>
    private void Drain()
    {
        if (_source is not { } source)
            return;
        if (_worksOff && _lane.Pool.Free < _lane.Pool.Credits - 1)
        {
            GoOnLater();
            return;
        }

        LookAt(source);
        bool isOverloaded = _congestion.IsOverloaded;
        if (_lane.Pool.Free == 0 && _lane.Settings.RunsOnOneLoop && !isOverloaded)
        {
            // The credits are with stages that wait for this very thread: nothing is short yet, and nothing must be shed.
            WaitForCredit();
            return;
        }

        int left = isOverloaded ? OverloadedReceivesPerTurn : ReceivesPerTurn;
        _worksOff = isOverloaded && _lane.Settings.RunsOnOneLoop;
        while (left-- > 0)
        {
            if (!TryGetBatchInHand(out UpcallBatch? batch))
                return;
            int room = batch.Limit - batch.Count;
            int received = source.Receive(batch.Slots, batch.Count, room);
            if (received > 0)
                Admit(batch, received);
            if (!HandOver() && batch.Count == batch.Limit)
                return;
            if (received < room)
            {
                NoticesDrops(source);
                _congestion = _congestion.Emptied();
                _worksOff = false;
                _lane.Dispatcher.Arm(_readable!);
                return;
            }
        }

        GoOnLater();
    }

    private void GoOnLater()
    {
        if (_goesOn)
            return;
        _goesOn = true;
        Self.Tell(GoOn.Instance, Self);
    }

    private void LookAt(IUpcallSource source) => _congestion = _congestion.Looked(NoticesDrops(source), HasCompany(Now));

    /// <summary>Counts the losses in front of the source since the last time; whether there were any.</summary>
    private bool NoticesDrops(IUpcallSource source)
    {
        ulong dropped = source.Dropped;
        if (dropped == _lane.SourceDrops)
            return false;

        // A source opened anew after a failure may count from the start.
        _lane.Counters.CountLost(LossCause.Source, (long)(dropped > _lane.SourceDrops ? dropped - _lane.SourceDrops : dropped));
        _lane.SourceDrops = dropped;
        return true;
    }

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    private bool HasCompany(TimeSpan now) => _congestion.HasCompany(_lane.Ports.Active, now);

    private bool TryGetBatchInHand([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out UpcallBatch? batch)
    {
        batch = null;
        if (_lane.ReceiverQueue.Count == 0)
        {
            if (!_lane.Pool.TryRent(out UpcallBatch? rented))
            {
                WaitForCredit();
                return false;
            }

            rented.Limit = _lane.Tuning.BatchSize;
            _lane.ReceiverQueue.TryTake(rented);
        }

        batch = _lane.ReceiverQueue[0];
        if (batch.Count < batch.Limit || HandOver())
        {
            batch = _lane.ReceiverQueue[0];
            return true;
        }

        return false;
    }

    /// <summary>Hands the batch in hand on if it holds something and another can take its place; else waits for a credit.</summary>
    private bool HandOver()
    {
        if (_lane.ReceiverQueue[0].Count == 0)
            return false;
        if (!_lane.Pool.TryRent(out UpcallBatch? next))
        {
            WaitForCredit();
            return false;
        }

        HandOverBatch();
        next.Limit = _lane.Tuning.BatchSize;
        _lane.ReceiverQueue.TryTake(next);
        return true;
    }

    private void HandOverBatch()
    {
        (UpcallBatch batch, _) = _lane.ReceiverQueue.Dequeue();
        _lane.Counters.CountBatch();
        _lane.Pipeline.Histograms.RecordBatch(_lane, batch.Count);
        BatchSpans.Begin(_lane, batch, ref _chance);
        batch.Times.NoteHandedTo(BatchOwner.Router);
        if (batch.TryHandOver(BatchOwner.Receiver, BatchOwner.Router))
            _router.Tell(batch, Self);
        else
            _lane.Counters.CountStale();
    }

    /// <summary>
    /// The lane stops: received upcalls are handed on, an empty batch goes back to the pool, and no more credits are taken.
    /// </summary>
    private void StopReading()
    {
        FinishBatchInHand();
        Context.Parent.Tell(LaneActor.ReadingStopped.Instance, Self);
    }

    private void FinishBatchInHand()
    {
        if (_lane.ReceiverQueue.Count == 0)
            return;
        if (_lane.ReceiverQueue[0].Count > 0)
        {
            HandOverBatch();
            return;
        }

        (UpcallBatch batch, long generation) = _lane.ReceiverQueue.Dequeue();
        _lane.Pool.Return(batch, generation);
    }

    private void WaitForCredit()
    {
        SayIfShort();
        if (_waitsForCredit)
            return;
        _waitsForCredit = true;
        _lane.Pool.NotifyOnReturn(_credit!);
    }

    private void SayIfShort()
    {
        if (_saidShort || _lane.Pool.WithoutMemory == 0)
            return;
        _saidShort = true;
        ShortOfMemory(_lane.Pipeline.Logger, _lane.Handler, _lane.Pool.Credits, _lane.Settings.BatchesPerLane);
    }

    [LoggerMessage(
        402,
        LogLevel.Warning,
        "Lane {Lane} continues with {Credits} of {Batches} batches: no address space for more (RLIMIT_AS, vm.overcommit_memory)")]
    private static partial void ShortOfMemory(ILogger logger, int lane, int credits, int batches);

    /// <summary>The source's descriptor polls readable.</summary>
    internal sealed class Readable : INoSerializationVerificationNeeded
    {
        public static readonly Readable Instance = new();

        private Readable()
        {
        }
    }

    /// <summary>The last turn ended before the source was empty.</summary>
    internal sealed class GoOn : INoSerializationVerificationNeeded
    {
        public static readonly GoOn Instance = new();

        private GoOn()
        {
        }
    }

    /// <summary>A batch is back in the pool.</summary>
    internal sealed class CreditReturned : INoSerializationVerificationNeeded
    {
        public static readonly CreditReturned Instance = new();

        private CreditReturned()
        {
        }
    }

    /// <summary>Stop reading for good, and hand on the current batch.</summary>
    internal sealed class Stop : INoSerializationVerificationNeeded
    {
        public static readonly Stop Instance = new();

        private Stop()
        {
        }
    }
}
