using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>
/// The parent of the actors that serve bridges to OpenFlow clients, all on one loop. It watches their sockets, and starts and ends them
/// as bridges come and go.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "An actor is never disposed: PostStop is where it lets go of what it holds.")]
internal sealed class OpenFlowServerActor(
    LoopDispatcher loop,
    IDatapathPorts ports,
    IConntrack? conntrack,
    Lazy<DatapathMeters> meters,
    ControllerPackets packets,
    SwitchOptions options)
    : UntypedActor
{
    private readonly SocketPoller _poller = new();
    private readonly Dictionary<string, (ServedBridge Bridge, IActorRef Actor)> _bridges = new(StringComparer.Ordinal);
    // Bridges of a name whose actor has not ended yet: the files of its sockets have the same names.
    private readonly Dictionary<string, IActorRef> _ending = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (BridgeView View, Settlement Settlement)> _waiting = new(StringComparer.Ordinal);
    // Bridges with packets of this turn.
    private readonly HashSet<ServedBridge> _delivered = [];
    private readonly NextHops _nextHops = new();
    private LoopDispatcher.Interest? _readable;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _readable = new LoopDispatcher.Interest(_poller.Descriptor, Self, SocketsReady.Instance);
        loop.Arm(_readable);
        packets.Begin(Self);
        // After a restart nobody else would tell of the bridges.
        if (packets.LastBridges is { } last)
            Self.Tell(last with { Settlement = new Settlement(last.Bridges.Length + 1) });
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        packets.End();
        loop.Disarm(_readable!);
        _poller.Dispose();
        _nextHops.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SocketsReady:
                _poller.Tell();
                // The loop looks at the sockets again when the actors have taken what is there.
                loop.Arm(_readable!);
                break;
            case BridgesChanged changed:
                packets.LastBridges = changed;
                Follow(changed);
                break;
            case ControllerPacketsWait:
                bool isAll = packets.Read(HandOver);
                Flush();
                if (!isAll)
                {
                    // The loop looks at sockets when its actors have nothing to do, and this goes on while packets come.
                    _poller.Tell();
                    Self.Tell(ControllerPacketsWait.Instance);
                }

                break;
            case ControllersAttached attached:
                packets.Attach(attached.Queue, Self);
                attached.Settlement.Settle();
                break;
            case Terminated ended:
                OnEnded(ended.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() =>
        Supervision.Always(Directive.Restart, failure => options.Logger.BridgeServiceFailed(failure));

    private void Follow(BridgesChanged changed)
    {
        Dictionary<string, BridgeView> wanted = changed.Bridges.ToDictionary(view => view.Configuration.Name, StringComparer.Ordinal);
        foreach ((string name, (ServedBridge bridge, _)) in _bridges.ToArray())
        {
            if (!wanted.TryGetValue(name, out BridgeView? view) || !ReferenceEquals(bridge.Tables, view.Bridge.Tables))
                End(name);
        }

        foreach ((_, Settlement forgotten) in _waiting.Values)
            forgotten.Settle();
        _waiting.Clear();
        foreach (BridgeView view in changed.Bridges)
            Show(view, changed.Settlement);
        changed.Settlement.Settle();
    }

    private void Show(BridgeView view, Settlement settlement)
    {
        string name = view.Configuration.Name;
        if (_ending.ContainsKey(name))
        {
            _waiting.Add(name, (view, settlement));
            return;
        }

        if (!_bridges.TryGetValue(name, out (ServedBridge Bridge, IActorRef Actor) served))
            served = Begin(view);
        served.Bridge.Show(view);
        served.Actor.Tell(new BridgeShown(settlement));
    }

    private (ServedBridge Bridge, IActorRef Actor) Begin(BridgeView view)
    {
        var serving = new ServingOptions(options.RunDirectory, loop, _poller, ports, options.Time ?? loop.Time, options.Logger)
        {
            Tls = options.Tls,
            Conntrack = conntrack,
            PacketIns = packets.Counters,
            Controllers = options.Controllers,
            NextHops = options.NextHops ?? _nextHops,
        };
        var bridge = new ServedBridge(view, meters, packets.Sender, serving);
        IActorRef actor = Context.ActorOf(ActorFactory.Props(() => new BridgeActor(bridge, serving)).WithDispatcher(loop.Id));
        _bridges.Add(bridge.Name, (bridge, actor));
        return (bridge, actor);
    }

    private void HandOver(ControllerPacket packet)
    {
        if (!_bridges.TryGetValue(packet.Bridge, out (ServedBridge Bridge, IActorRef Actor) served) || !served.Bridge.Deliver(packet))
            packets.Counters.CountUnsent(PacketInSender.TypeOf(packet.Reason), PacketInLoss.NoClient);
        else
            _delivered.Add(served.Bridge);
    }

    private void Flush()
    {
        foreach (ServedBridge bridge in _delivered)
            bridge.Flush();
        _delivered.Clear();
    }

    private void End(string name)
    {
        if (!_bridges.Remove(name, out (ServedBridge Bridge, IActorRef Actor) gone))
            return;
        gone.Bridge.Meters.DeleteAll(MeterChanges.AllMeters, new ChangeOrigin(ChangeSource.Configuration));
        _ending.Add(name, Context.Watch(gone.Actor));
        Context.Stop(gone.Actor);
    }

    private void OnEnded(IActorRef actor)
    {
        foreach ((string name, IActorRef ending) in _ending)
        {
            if (!ending.Equals(actor))
                continue;
            _ending.Remove(name);
            if (_waiting.Remove(name, out (BridgeView View, Settlement Settlement) next))
                Show(next.View, next.Settlement);
            return;
        }
    }

    /// <summary>A socket is ready.</summary>
    private sealed class SocketsReady : INoSerializationVerificationNeeded
    {
        public static readonly SocketsReady Instance = new();
    }
}

/// <summary>To the server: the bridges are these now.</summary>
internal sealed record BridgesChanged(ImmutableArray<BridgeView> Bridges, Settlement Settlement) : INoSerializationVerificationNeeded;

/// <summary>To a bridge: it is another than before, or is new.</summary>
internal sealed record BridgeShown(Settlement Settlement) : INoSerializationVerificationNeeded;

/// <summary>Ends when all who are told of something have taken note of it.</summary>
/// <param name="count">How many they are.</param>
internal sealed class Settlement(int count)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    /// <summary>Ends with the last one.</summary>
    public Task Done => _done.Task;

    /// <summary>One of them has taken note.</summary>
    public void Settle()
    {
        if (Interlocked.Decrement(ref _left) == 0)
            _done.TrySetResult();
    }
}
