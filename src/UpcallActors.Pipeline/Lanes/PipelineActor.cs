using Akka.Actor;
using Akka.Event;

namespace UpcallActors.Pipeline;

/// <summary>
/// The lanes' parent. Brings batches home that end as dead letters, drains the lanes when the pipeline stops, and says so when a
/// lane has given up: its handler's upcalls would go unanswered, which nobody should have to find out from silence.
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
        Context.System.EventStream.Subscribe(Self, typeof(AllDeadLetters));
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
            case AllDeadLetters { Message: UpcallBatch batch }:
                Reclaim(batch);
                StopIfDone();
                break;
            case AllDeadLetters:
                break;
            case Drain:
                _draining = true;
                foreach (IActorRef lane in _running)
                    lane.Tell(LaneActor.Drain.Instance, Self);
                EndIfDone();
                break;
            case Terminated lane:
                _running.Remove(lane.ActorRef);
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
        Context.System.EventStream.Unsubscribe(Self);

        // The system may stop us before anybody asked the pipeline to.
        End();
    }

    private void Reclaim(UpcallBatch batch)
    {
        foreach (Lane lane in _lanes)
        {
            if (!ReferenceEquals(lane.Pool, batch.Pool))
                continue;
            lane.Counters.CountReclaimed();
            lane.GiveUp(batch, batch.Generation);
        }
    }

    /// <summary>The pipeline has ended when its lanes have; a lane that gave up ends it all.</summary>
    private void EndIfDone()
    {
        if (_failure is not null && !_draining)
            Self.Tell(Drain.Instance, Self);
        if (_running.Count != 0)
            return;
        End();
        StopIfDone();
    }

    /// <summary>Stays for the dead letters of its lanes until all their batches are home.</summary>
    private void StopIfDone()
    {
        if (_running.Count != 0)
            return;
        foreach (Lane lane in _lanes)
        {
            if (!lane.Pool.IsFull)
                return;
        }

        Context.Stop(Self);
    }

    private void End()
    {
        if (_failure is null)
            _completion.TrySetResult();
        else
            _completion.TrySetException(_failure);
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
