using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// Leads the revalidators, its children. At the start it adopts the existing flows. Then it works in rounds: it dumps the flows, only by
/// their ids unless most are new, gives each revalidator its part, and waits until all have finished. How long that takes decides how many
/// flows there may be.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "An actor is never disposed: PostStop is where it lets go of what it holds.")]
internal sealed partial class RevalidationLeader : UntypedActor
{
    /// <summary>Flows in a message to a revalidator.</summary>
    private const int ChunkLength = 500;

    /// <summary>Parts of a dump read before other messages have their turn.</summary>
    private const int PartsPerTurn = 8;

    /// <summary>The least time from the beginning of one round to that of the next, however often something changes.</summary>
    private static readonly TimeSpan _leastBetweenRounds = TimeSpan.FromMilliseconds(5);

    private readonly RevalidationState _state;
    private readonly TimeProvider _time;
    private readonly FailureWindow _failures;
    private readonly FailureLog _log;
    private readonly IActorRef[] _revalidators;
    private readonly Chunk[] _chunks;
    private readonly HashSet<int> _awaited = [];
    private FlowDump? _dump;
    private FlowRequestBatch? _requests;
    private FlowRevalidation? _revalidation;
    private ITimer? _timer;
    private EventHandler? _onChanged;
    private Phase _phase = Phase.Adopting;
    private TaskCompletionSource[] _purges = [];
    private long _startedAt;
    private long _balanceAtStart;
    private int _flowsAtStart;
    private int _dumped;
    private bool _showsAll;
    private bool _isAccounted;
    private bool _isWhole = true;
    private DatapathException? _failure;
    private bool _changed;
    private int _roundIsAsked;

    public RevalidationLeader(RevalidationState state)
    {
        _state = state;
        _log = new FailureLog(state.Logger, TimeProvider.System);
        // The loop that this actor runs on: a round in a switch without traffic then wakes one thread.
        _time = state.Settings.Time ?? state.Partitions[0].Dispatcher.Time;
        _failures = new FailureWindow(state.Pipeline.RestartLimit, state.Pipeline.RestartWindow);
        _revalidators = new IActorRef[state.Partitions.Length];
        _chunks = [.. state.Partitions.Select(_ => new Chunk())];
    }

    /// <summary>What it is at.</summary>
    private enum Phase
    {
        /// <summary>Takes over the flows that were there before us.</summary>
        Adopting,

        /// <summary>Waits for the next round.</summary>
        Resting,

        /// <summary>Reads the dump.</summary>
        Dumping,

        /// <summary>Waits for the revalidators.</summary>
        Sweeping,
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        IActorRef self = Self;
        _dump = new FlowDump(_state.Datapath);
        _requests = new FlowRequestBatch(_state.Datapath, _state.Counters, _state.Log, OnAnswer);
        _revalidation = new FlowRevalidation(_state.Translators.Create(_state.LeaderNumber), _state.Counters);
        _timer = _time.CreateTimer(_ => self.Tell(Wake.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _onChanged = (_, _) => OnChanged(self);
        _state.Translators.Changed += _onChanged;
        foreach (RevalidationState.Partition partition in _state.Partitions)
        {
            // Its number will be given to another.
            partition.Round = RevalidatorActor.Begin.None;
            _revalidators[partition.Index] = Start(partition);
        }

        self.Tell(Adopt.Instance);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _state.Translators.Changed -= _onChanged;
        _timer?.Dispose();
        _dump?.Dispose();
        _requests?.Dispose();
    }

    /// <inheritdoc/>
    protected override void PreRestart(Exception reason, object message)
    {
        _state.Counters.Count(RevalidationEvent.RevalidatorRestart);
        if (_revalidation?.Current is { } ufid)
            _state.Quarantine(ufid);
        foreach (TaskCompletionSource purge in _purges)
            _state.Requests.AddPurge(purge);
        // Its caller waits; what was begun of it may be done twice.
        if (message is Request)
            Self.Tell(message);
        base.PreRestart(reason, message);
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, Decide, loggingEnabled: false);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Adopt:
                AdoptAll();
                break;
            case RevalidatorActor.TakenOver takenOver when _phase == Phase.Adopting:
                OnTakenOver(takenOver.Partition);
                break;
            case Wake:
                OnWake();
                break;
            case ReadDump when _phase == Phase.Dumping:
                ContinueDump();
                break;
            case RevalidatorActor.Swept swept when _phase == Phase.Sweeping && swept.Round == _state.Rounds + 1:
                _isAccounted &= swept.IsAccounted;
                _failure ??= FailureOf(swept.Refused);
                OnSwept(swept.Partition);
                break;
            case RevalidatorFailed failed:
                OnRevalidatorFailed(failed.Partition);
                break;
            case Request request:
                OnRequest(request);
                break;
            case Terminated revalidator:
                throw new InvalidOperationException($"{revalidator.ActorRef.Path} ended while it was needed");
            case ReadDump or RevalidatorActor.TakenOver or RevalidatorActor.Swept:
                // Of an incarnation or a round before this one.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>
    /// Flows changed, or might have: called on the thread that changed them, which may be a lane's. The first one asks for a
    /// round, and those until it begins cost their callers one exchange each, and wake nobody.
    /// </summary>
    private void OnChanged(IActorRef self)
    {
        if (Interlocked.Exchange(ref _roundIsAsked, 1) == 0)
            self.Tell(Wake.Instance);
    }

    private IActorRef Start(RevalidationState.Partition partition)
    {
        Props props = ActorFactory.Props(() => new RevalidatorActor(_state, partition));
        return Context.Watch(Context.ActorOf(props.WithDispatcher(partition.Dispatcher.Id), $"revalidator-{partition.Index}"));
    }

    private Directive Decide(Exception failure)
    {
        _log.Say(Sender, failure);
        if (_failures.Exceeds())
            return Directive.Escalate;
        int partition = Array.IndexOf(_revalidators, Sender);
        if (partition >= 0)
            Self.Tell(new RevalidatorFailed(partition), Self);
        return Directive.Restart;
    }

    private void OnWake()
    {
        _changed = true;
        if (_phase != Phase.Resting)
            return;
        if (_time.GetElapsedTime(_startedAt) < _leastBetweenRounds)
            Rest();
        else
            BeginRound();
    }

    /// <summary>Sets the alarm for the next round.</summary>
    private void Rest()
    {
        _phase = Phase.Resting;
        if (_state.Requests.WantsPurge)
        {
            BeginRound();
            return;
        }

        if (_state.IsPaused)
        {
            _state.Requests.EndPauses();
            return;
        }

        TimeSpan left = BetweenRounds() - _time.GetElapsedTime(_startedAt);
        _timer!.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// The time from the beginning of the last round to that of the next (<c>udpif_revalidator</c>). Unlike there, a long round is followed
    /// by a pause of the same length. Otherwise the flows that a flood of upcalls leaves would take the processor from the lanes that
    /// answer it. Nothing is late by it but statistics, and a flow's end by <c>max-idle</c>.
    /// </summary>
    private TimeSpan BetweenRounds()
    {
        if (_changed || _state.Requests.WantsRound)
            return _leastBetweenRounds;
        RevalidatorSettings settings = _state.Settings;
        TimeSpan usual = settings.MaxIdle < settings.MaxRevalidator ? settings.MaxIdle : settings.MaxRevalidator;
        TimeSpan twice = TimeSpan.FromMilliseconds(2 * _state.DumpMilliseconds);
        return usual > twice ? usual : twice < settings.MaxIdle ? twice : settings.MaxIdle;
    }

    private void BeginRound()
    {
        bool isPurge = _state.Requests.WantsPurge;
        if (_state.IsPaused && !isPurge)
            return;
        // Before the version is read: a change from here on has another round.
        Interlocked.Exchange(ref _roundIsAsked, 0);
        _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _purges = _state.Requests.TakePurges();
        _startedAt = _time.GetTimestamp();
        _state.Translators.Expire(_isAccounted);
        _isAccounted = true;
        _isWhole = true;
        _failure = null;
        _changed = false;
        _balanceAtStart = _state.Flows.Balance;
        _flowsAtStart = _state.Flows.Count;
        _state.MaxFlows = Math.Max(_state.MaxFlows, _flowsAtStart);
        _state.AverageFlows = (int)(((long)_state.AverageFlows + _flowsAtStart) / 2);
        _dumped = 0;
        TellAll(new RevalidatorActor.Begin(_state.Rounds + 1, _state.Translators.RevalidationVersion, _state.DumpMilliseconds, isPurge));
        _phase = Phase.Dumping;
        // To fetch a flow by itself costs several times what it costs more in the dump.
        _showsAll = _flowsAtStart > 2L * _state.Partitions.Sum(partition => partition.Keys);
        if (_dump!.TryBegin(_showsAll ? 0 : FlowMessageWriter.OmitAll, out Errno error))
        {
            ContinueDump();
        }
        else
        {
            _state.Counters.RequestErrors.Count(error);
            EndDump(isComplete: false);
        }
    }

    private void ContinueDump()
    {
        for (int part = 0; part < PartsPerTurn; part++)
        {
            FlowDumpProgress progress = _dump!.Read(HandOut);
            if (progress == FlowDumpProgress.More)
                continue;
            EndDump(progress == FlowDumpProgress.Done);
            return;
        }

        Self.Tell(ReadDump.Instance, Self);
    }

    private void HandOut(in FlowMessage flow, ReadOnlySpan<byte> message)
    {
        if (flow.Ufid is not { } ufid)
        {
            DeleteSenseless(flow, message);
            return;
        }

        _dumped++;
        int partition = _state.PartitionOf(ufid);
        if (_chunks[partition].Add(new FlowReport(ufid, flow.Packets, flow.Bytes, (long)flow.Used,
            _showsAll ? Ukey.Of(flow, message) : null)))
            Send(partition);
    }

    private void Send(int partition)
    {
        if (_chunks[partition].Take() is { } dumped)
            _revalidators[partition].Tell(dumped, Self);
    }

    private void EndDump(bool isComplete)
    {
        if (!isComplete)
            _failure = new DatapathException($"{_state.Datapath.Name} did not show all its flows");
        if (isComplete)
            _state.Flows.Correct(_balanceAtStart, _dumped);
        else
            _state.Counters.Count(RevalidationEvent.DumpFailed);
        _requests!.Send();
        _phase = Phase.Sweeping;
        foreach (RevalidationState.Partition partition in _state.Partitions)
        {
            Send(partition.Index);
            _awaited.Add(partition.Index);
        }

        TellAll(new RevalidatorActor.Sweep(_state.Rounds + 1, isComplete));
    }

    private void OnSwept(int partition)
    {
        _awaited.Remove(partition);
        if (_awaited.Count == 0)
            EndRound();
    }

    private void EndRound()
    {
        TimeSpan duration = _time.GetElapsedTime(_startedAt);
        _state.Histograms.RecordRound(duration);
        long milliseconds = Math.Max(1, (long)duration.TotalMilliseconds);
        _state.DumpMilliseconds = milliseconds;
        AdjustLimit(milliseconds);
        _state.Rounds++;
        if (_isWhole || _failure is not null)
            AnswerCallers();
        else
            KeepCallers();
        Rest();
    }

    /// <summary>As many flows as can be dumped within about a second (<c>udpif_revalidator</c>).</summary>
    private void AdjustLimit(long milliseconds)
    {
        long limit = _state.Flows.Limit;
        if (milliseconds > 2000)
        {
            limit /= milliseconds / 1000;
            _state.Counters.Count(RevalidationEvent.UpcallFlowLimitScaled);
        }
        else if (milliseconds > 1300)
        {
            limit = limit * 3 / 4;
            _state.Counters.Count(RevalidationEvent.UpcallFlowLimitReduced);
        }
        else if (milliseconds < 1000 && limit < _flowsAtStart * 1000L / milliseconds)
        {
            limit += 1000;
            _state.Counters.Count(RevalidationEvent.UpcallFlowLimitGrew);
        }

        _state.Flows.Limit = (int)Math.Min(_state.Settings.FlowLimit, Math.Max(limit, 1000));
    }

    /// <summary>Deletes a flow that cannot be revalidated: it has no id, or it cannot be read.</summary>
    private void DeleteSenseless(in FlowMessage flow, ReadOnlySpan<byte> message)
    {
        if (_requests!.IsFull)
            _requests.Send();
        if (flow.Ufid is { } ufid)
            _requests.Delete(ufid, null, FlowDeletionReason.BadOdpFit);
        else if (flow.Key.IsPresent)
            _requests.Delete(flow.Key.Of(message));
    }

    private void TellAll(object message)
    {
        foreach (IActorRef revalidator in _revalidators)
            revalidator.Tell(message, Self);
    }
}
