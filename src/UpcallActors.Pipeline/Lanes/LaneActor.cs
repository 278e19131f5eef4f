using Akka.Actor;

namespace UpcallActors.Pipeline;

/// <summary>
/// Supervises the four actors of a lane. A failed stage is restarted and continues with its queue. Repeated failures are escalated and stop
/// the lane. So does a stage that stops unexpectedly. Draining: the receiver stops reading, and when every credit is back the lane stops.
/// </summary>
internal sealed class LaneActor : UntypedActor
{
    private readonly Lane _lane;
    private readonly FailureWindow _failures;
    private readonly FailureLog _log;
    private IActorRef _receiver = ActorRefs.Nobody;

    public LaneActor(Lane lane)
    {
        _lane = lane;
        _log = new FailureLog(lane.Pipeline.Logger, TimeProvider.System);
        _failures = new FailureWindow(lane.Settings.RestartLimit, lane.Settings.RestartWindow);
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        UpcallPipelineSettings settings = _lane.Settings;
        IActorRef executor = Start(() => new ExecutorActor(_lane), settings.ExecutorDispatcher, "executor");
        IActorRef translator = Start(() => new TranslatorActor(_lane, executor), settings.TranslatorDispatcher, "translator");
        IActorRef router = Start(() => new RouterActor(_lane, translator), settings.RouterDispatcher, "router");
        _receiver = Start(() => new ReceiverActor(_lane, router), settings.ReceiverDispatcher, "receiver");
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Drain:
                _lane.IsDraining = true;
                _receiver.Tell(ReceiverActor.Stop.Instance, Self);
                break;
            case LivenessProbe probe:
                foreach (IActorRef stage in Context.GetChildren())
                    stage.Tell(probe, Self);
                break;
            case ReadingStopped:
                _lane.Pool.NotifyWhenFull(new BatchPool.Waiter(Self, AllReturned.Instance));
                break;
            case AllReturned:
                Context.Stop(Self);
                break;
            case Terminated stage:
                throw new InvalidOperationException($"{stage.ActorRef.Path} ended while its lane ran");
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, Decide, loggingEnabled: false);

    /// <inheritdoc/>
    protected override void PostStop() => _lane.Close();

    private Directive Decide(Exception failure)
    {
        _log.Say(Sender, failure);
        bool gaveUp = Sender.Path.Name == "translator" && failure is not ActorInitializationException
            ? ++_lane.TranslatorFailures >= _lane.Settings.TranslatorFailureLimit
            : _failures.Exceeds();
        return gaveUp ? Directive.Escalate : Directive.Restart;
    }

    private IActorRef Start<TActor>(Func<TActor> make, string? dispatcher, string name)
        where TActor : ActorBase
    {
        Props props = ActorFactory.Props(make).WithDispatcher(dispatcher ?? _lane.Dispatcher.Id);
        return Context.Watch(Context.ActorOf(props, name));
    }

    /// <summary>Stop reading, finish what is on its way, then stop.</summary>
    internal sealed class Drain : INoSerializationVerificationNeeded
    {
        public static readonly Drain Instance = new();

        private Drain()
        {
        }
    }

    /// <summary>The receiver takes no credit any more.</summary>
    internal sealed class ReadingStopped : INoSerializationVerificationNeeded
    {
        public static readonly ReadingStopped Instance = new();

        private ReadingStopped()
        {
        }
    }

    /// <summary>Every credit is back in the pool.</summary>
    internal sealed class AllReturned : INoSerializationVerificationNeeded
    {
        public static readonly AllReturned Instance = new();

        private AllReturned()
        {
        }
    }
}
