using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Pipeline;

/// <summary>
/// The parent of the lanes and of the revalidators. The lanes start when the revalidators have taken over the flows that are there, and are
/// drained, when the pipeline stops, after the revalidators have ended. Reports when a lane or the revalidators have given up, because then
/// upcalls go unanswered or outdated flows remain.
/// </summary>
internal sealed class PipelineActor : UntypedActor
{
    private readonly FailureLog _log;
    private readonly IReadOnlyList<Lane> _lanes;
    private readonly RevalidationState? _revalidation;
    private readonly PipelineLoops _loops;
    private readonly Task _begin;
    private readonly TaskCompletionSource _started;
    private readonly TaskCompletionSource _completion;
    private readonly HashSet<IActorRef> _running = [];
    private readonly FailureWindow? _failures;
    // Those that came before there are revalidators.
    private readonly List<RevalidationLeader.Request> _early = [];
    private bool _hasBegun;
    private IActorRef? _revalidator;
    private Exception? _failure;
    private bool _draining;

    public PipelineActor(
        IReadOnlyList<Lane> lanes,
        RevalidationState? revalidation,
        PipelineLoops loops,
        ILogger logger,
        Task begin,
        TaskCompletionSource started,
        TaskCompletionSource completion)
    {
        _log = new FailureLog(logger, TimeProvider.System);
        _lanes = lanes;
        _revalidation = revalidation;
        _loops = loops;
        _begin = begin;
        _started = started;
        _completion = completion;
        if (revalidation is not null)
            _failures = new FailureWindow(revalidation.Pipeline.RestartLimit, revalidation.Pipeline.RestartWindow);
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        if (_begin.IsCompleted)
            Begin();
        else
            _begin.ContinueWith(_ => BeginDue.Instance, TaskScheduler.Default).PipeTo(Self);
    }

    private void Begin()
    {
        if (_draining)
            return;
        _hasBegun = true;
        if (_revalidation is null)
            StartLanes();
        else
            _revalidator = StartRevalidation(_revalidation);
        foreach (RevalidationLeader.Request request in _early)
            Self.Tell(request, ActorRefs.NoSender);
        _early.Clear();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BeginDue:
                Begin();
                break;
            case RevalidationLeader.Adopted:
                if (_running.Count == 0 && !_draining)
                    StartLanes();
                break;
            case RevalidationLeader.Request request:
                if (_revalidator is not null)
                    _revalidator.Forward(request);
                else if (!_hasBegun && !_draining)
                    _early.Add(request);
                else
                    request.Done.TrySetCanceled();
                break;
            case LivenessProbe probe:
                foreach (IActorRef lane in _running)
                    lane.Tell(probe, Self);
                break;
            case Drain:
                _draining = true;
                if (_revalidator is not null)
                    Context.Stop(_revalidator);
                else
                    DrainLanes();
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, Decide, loggingEnabled: false);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        // All that ran on them has ended. Before the end is reported, because the caller may then start another pipeline.
        _loops.Release();
        _revalidation?.Forget();
        _lanes[0].Pipeline.Controllers.Close();
        foreach (RevalidationLeader.Request request in _early)
            request.Done.TrySetCanceled();
        // Here, not before: the system may stop the actor without a request to the pipeline.
        if (_failure is null)
        {
            _started.TrySetCanceled();
            _completion.TrySetResult();
        }
        else
        {
            _started.TrySetException(_failure);
            _completion.TrySetException(_failure);
        }
    }

    private Directive Decide(Exception failure)
    {
        _log.Say(Sender, failure);
        if (Sender.Equals(_revalidator) && !_failures!.Exceeds())
            return Directive.Restart;
        _failure ??= failure;
        return Directive.Stop;
    }

    private static IActorRef StartRevalidation(RevalidationState state)
    {
        Props props = ActorFactory.Props(() => new RevalidationLeader(state));
        return Context.Watch(Context.ActorOf(props.WithDispatcher(state.Partitions[0].Dispatcher.Id), "revalidation"));
    }

    private void StartLanes()
    {
        foreach (Lane lane in _lanes)
        {
            Props props = ActorFactory.Props(() => new LaneActor(lane));
            IActorRef actor = Context.ActorOf(props.WithDispatcher(lane.Dispatcher.Id), $"lane-{lane.Handler}");
            Context.Watch(actor);
            _running.Add(actor);
        }

        // After the lanes: their threads would inherit it.
        _revalidation?.LowerPriority();
        _started.TrySetResult();
    }

    private void OnTerminated(IActorRef child)
    {
        if (child.Equals(_revalidator))
            _revalidator = null;
        else
            _running.Remove(child);
        if (!_draining)
            _failure ??= new InvalidOperationException($"{child.Path} ended while the pipeline ran");
        if (_draining && _revalidator is null)
            DrainLanes();
        else if (!_draining)
            Self.Tell(Drain.Instance, Self);
    }

    private void DrainLanes()
    {
        foreach (IActorRef lane in _running)
            lane.Tell(LaneActor.Drain.Instance, Self);
        if (_running.Count == 0)
            Context.Stop(Self);
    }

    /// <summary>It is time to begin.</summary>
    private sealed class BeginDue : INoSerializationVerificationNeeded
    {
        public static readonly BeginDue Instance = new();
    }

    /// <summary>Drain all lanes, then end.</summary>
    internal sealed class Drain : INoSerializationVerificationNeeded
    {
        public static readonly Drain Instance = new();

        private Drain()
        {
        }
    }
}
