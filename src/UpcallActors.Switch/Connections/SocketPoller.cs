using Akka.Actor;
using UpcallActors.Linux;

namespace UpcallActors.Switch;

/// <summary>
/// The sockets of a loop's actors. When one is ready, its actor is told so (<see cref="SocketReady"/>), and again after it has taken note,
/// until it has taken away what made the socket ready. Those that are patient, and can only be written, take turns
/// (<see cref="SocketTurn"/>), one each time: a flow-mod waits for a message of one client's dump, and not for all clients' dumps. On the
/// loop's thread alone.
/// </summary>
internal sealed class SocketPoller : IDisposable
{
    private const int MostAtOnce = 512;

    private readonly EpollSet _set = new(MostAtOnce);
    private readonly Dictionary<ulong, SocketWatch> _watches = [];
    private ulong _next;
    private ulong _lastTurn;
    private bool _isDisposed;

    /// <summary>Polls readable while any of the sockets is ready.</summary>
    public int Descriptor => _set.Descriptor;

    /// <summary>Begins to watch a socket, for reading.</summary>
    /// <param name="descriptor">The socket's descriptor, which stays the caller's.</param>
    /// <param name="target">The actor that is told.</param>
    public SocketWatch Watch(int descriptor, IActorRef target)
    {
        var watch = new SocketWatch(this, descriptor, ++_next, target);
        _set.Add(descriptor, watch.Number, forReading: true, forWriting: false);
        _watches.Add(watch.Number, watch);
        return watch;
    }

    /// <summary>Tells the actors whose sockets are ready.</summary>
    public void Tell()
    {
        Span<ReadyDescriptor> ready = stackalloc ReadyDescriptor[MostAtOnce];
        int count = _set.Take(ready);
        SocketWatch? turn = null;
        foreach (ReadyDescriptor one in ready[..count])
        {
            if (!_watches.TryGetValue(one.Number, out SocketWatch? watch))
                continue;
            if ((!watch.IsPatient || !one.CanOnlyWrite) && watch.TryTell())
                watch.Target.Tell(watch.Ready, ActorRefs.NoSender);
            if (watch.IsPatient && (turn is null || IsBefore(watch, turn)))
                turn = watch;
        }

        if (turn is null)
            return;
        _lastTurn = turn.Number;
        turn.Target.Tell(SocketTurn.Instance, ActorRefs.NoSender);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _set.Dispose();
    }

    /// <summary>The turn goes round by number, from the one that had it last.</summary>
    private bool IsBefore(SocketWatch one, SocketWatch other) => one.Number - _lastTurn - 1 < other.Number - _lastTurn - 1;

    internal void Change(SocketWatch watch, bool forReading, bool forWriting) =>
        _set.Change(watch.Descriptor, watch.Number, forReading, forWriting);

    internal void Forget(SocketWatch watch)
    {
        if (_watches.Remove(watch.Number) && !_isDisposed)
            _set.Remove(watch.Descriptor);
    }
}

/// <summary>One socket that is watched. Dispose of it before the socket is closed.</summary>
internal sealed class SocketWatch : IDisposable
{
    private readonly SocketPoller _poller;
    private bool _forReading = true;
    private bool _forWriting;
    private bool _isTold;

    internal SocketWatch(SocketPoller poller, int descriptor, ulong number, IActorRef target)
    {
        _poller = poller;
        Descriptor = descriptor;
        Number = number;
        Target = target;
        Ready = new SocketReady(this);
    }

    internal int Descriptor { get; }

    internal ulong Number { get; }

    internal IActorRef Target { get; }

    internal SocketReady Ready { get; }

    /// <summary>Whether its actor waits for its turn to write.</summary>
    internal bool IsPatient { get; private set; }

    /// <summary>Says what the socket is watched for from now on, and whether its actor waits for its turn to write.</summary>
    public void Set(bool forReading, bool forWriting, bool isPatient = false)
    {
        IsPatient = isPatient;
        if (forReading == _forReading && forWriting == _forWriting)
            return;
        (_forReading, _forWriting) = (forReading, forWriting);
        _poller.Change(this, forReading, forWriting);
    }

    /// <summary>The actor has got the news that the socket is ready; it is told no second time before.</summary>
    public void TakeNote() => _isTold = false;

    /// <inheritdoc/>
    public void Dispose() => _poller.Forget(this);

    internal bool TryTell() => !_isTold && (_isTold = true);
}

/// <summary>A socket can be read or written, or has failed: trying tells which.</summary>
internal sealed class SocketReady(SocketWatch watch) : INoSerializationVerificationNeeded
{
    public SocketWatch Watch => watch;
}

/// <summary>It is the turn of an actor that waited to write.</summary>
internal sealed class SocketTurn : INoSerializationVerificationNeeded
{
    public static readonly SocketTurn Instance = new();

    private SocketTurn()
    {
    }
}
