using Akka.Actor;

namespace UpcallActors.Pipeline;

/// <summary>
/// The lanes' parent. Drains the lanes when the pipeline stops, and says so when a lane has given up: its handler's upcalls would
/// go unanswered, which nobody should have to find out from silence.
/// </summary>
internal sealed class PipelineActor : UntypedActor
{
    private readonly IReadOnlyList<Lane> _lanes;
    private readonly TaskCompletionSource _completion;
    private readonly HashSet<IActorRef> _running = [];
    private Exception? _failure;
    private bool _draining;

    public PipelineActor(IReadOnlyList<Lane> lanes, TaskCompletionSource completion)
    {
        _lanes = lanes;
        _completion = completion;
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        foreach (Lane lane in _lanes)
        {
            IActorRef actor = Context.ActorOf(Props.Create<LaneActor>(lane).WithDispatcher(lane.Dispatcher.Id), $"lane-{lane.Handler}");
            Context.Watch(actor);
            _running.Add(actor);
        }
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Drain:
                _draining = true;
                foreach (IActorRef lane in _running)
                    lane.Tell(LaneActor.Drain.Instance, Self);
                EndIfDone();
                break;
            case Terminated lane:
                _running.Remove(lane.ActorRef);
                if (!_draining)
                    _failure ??= new InvalidOperationException($"{lane.ActorRef.Path} ended while the pipeline ran");
                EndIfDone();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(failure =>
    {
        _failure ??= failure;
        return Directive.Stop;
    });

    /// <inheritdoc/>
    protected override void PostStop()
    {
        // Here, not before: the system may stop us without anybody having asked the pipeline to.
        if (_failure is null)
            _completion.TrySetResult();
        else
            _completion.TrySetException(_failure);
    }

    /// <summary>The pipeline has ended when its lanes have; a lane that gave up ends it all.</summary>
    private void EndIfDone()
    {
        if (_running.Count == 0)
            Context.Stop(Self);
        else if (_failure is not null && !_draining)
            Self.Tell(Drain.Instance, Self);
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
