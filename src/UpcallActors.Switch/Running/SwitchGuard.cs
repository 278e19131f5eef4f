using System.Diagnostics.Metrics;
using Akka.Actor;
using UpcallActors.Odp;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>
/// The parent of the actor that runs the reconciler, on Akka's own dispatcher, since it never blocks. Restarts it when it fails; when
/// the datapath is gone or failures do not stop, the switch ends with them.
/// </summary>
internal sealed class SwitchGuard(
    SwitchReconciler reconciler,
    IDatapath datapath,
    IDatapathPorts ports,
    SwitchOptions options,
    PacketInCounters packetIns,
    SwitchLoops loops,
    TaskCompletionSource completion)
    : UntypedActor
{
    /// <summary>Failures within <see cref="_window"/> that are survived.</summary>
    private const int Limit = 5;

    /// <summary>
    /// That of the revalidators: a lane is given three times the time of a hundred thousand flows that are compared and put into tables.
    /// </summary>
    private const int Niceness = 5;

    private static readonly TimeSpan _window = TimeSpan.FromSeconds(10);

    private readonly ControllerPackets _packets = new(reconciler.Translators, datapath, packetIns, options.Time ?? TimeProvider.System);
    private readonly FailureWindow _failures = new(Limit, _window);
    // Of the loop of OpenFlow. In this mode it is tried again when it has failed.
    private readonly Lazy<DatapathMeters> _meters = new(() => new DatapathMeters(datapath), LazyThreadSafetyMode.PublicationOnly);
    private readonly Meter _meter = PacketInMetrics.Measure(packetIns);
    private IActorRef _switch = ActorRefs.Nobody;
    private Exception? _failure;
    private bool _isStopping;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        loops.Reconciler.Niceness = Niceness;
        loops.OpenFlow.Niceness = Niceness;
        Props serving = ActorFactory.Props(() =>
            new OpenFlowServerActor(loops.OpenFlow, ports, datapath.Conntrack, _meters, _packets, options));
        IActorRef server = Context.Watch(Context.ActorOf(serving.WithDispatcher(loops.OpenFlow.Id), "openflow"));
        reconciler.ShowBridgesTo(server);
        TimeProvider time = options.Time ?? loops.Reconciler.Time;
        Props props = ActorFactory.Props(() => new SwitchActor(reconciler, ports, time, options.Logger));
        _switch = Context.Watch(Context.ActorOf(props.WithDispatcher(loops.Reconciler.Id), "reconciler"));
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SwitchRequest request:
                _switch.Forward(request);
                break;
            case Stop:
                _isStopping = true;
                Context.Stop(_switch);
                break;
            case Terminated ended:
                if (!_isStopping)
                    _failure ??= new InvalidOperationException($"{ended.ActorRef.Path} ended while the switch ran");
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, Decide, loggingEnabled: false);

    /// <summary>Nothing is told yet: the switch must have ended first.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        foreach (IActorRef child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }
    }

    /// <summary>The switch has ended. Its guard has failed, and so does the switch.</summary>
    protected override void PostRestart(Exception reason)
    {
        _failure = reason;
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        // The actor that ran on them has ended. Before a caller is told, which may start another switch.
        loops.Release();
        _meter.Dispose();
        if (_meters.IsValueCreated)
            _meters.Value.Dispose();
        reconciler.States.End();
        if (_failure is null)
            completion.TrySetResult();
        else
            completion.TrySetException(_failure);
    }

    private Directive Decide(Exception failure)
    {
        if (failure is not DatapathException && !_failures.Exceeds())
        {
            options.Logger.SwitchFailed(failure);
            return Directive.Restart;
        }

        _failure ??= failure;
        return Directive.Stop;
    }

    /// <summary>Leave ports and bridges as they are, and end.</summary>
    internal sealed class Stop : INoSerializationVerificationNeeded
    {
        public static readonly Stop Instance = new();

        private Stop()
        {
        }
    }
}
