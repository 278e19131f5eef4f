using Akka.Actor;
using UpcallActors.Linux;

namespace UpcallActors.Switch;

/// <summary>
/// The sockets of a loop's actors. When one is ready, its actor is told so (<see cref="SocketReady"/>), again and again until the actor
/// has taken away what made it ready. On the loop's thread alone.
/// </summary>
internal sealed class SocketPoller : IDisposable
{
    private const int MostAtOnce = 64;

    private readonly EpollSet _set = new(MostAtOnce);
    private readonly Dictionary<ulong, SocketWatch> _watches = [];
    private ulong _next;
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
        Span<ulong> ready = stackalloc ulong[MostAtOnce];
        int count = _set.Take(ready);
        foreach (ulong number in ready[..count])
        {
            if (_watches.TryGetValue(number, out SocketWatch? watch))
                watch.Target.Tell(watch.Ready, ActorRefs.NoSender);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _set.Dispose();
    }

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

    /// <summary>Says what the socket is watched for from now on.</summary>
    public void Set(bool forReading, bool forWriting)
    {
        if (forReading == _forReading && forWriting == _forWriting)
            return;
        (_forReading, _forWriting) = (forReading, forWriting);
        _poller.Change(this, forReading, forWriting);
    }

    /// <inheritdoc/>
    public void Dispose() => _poller.Forget(this);
}

/// <summary>A socket can be read or written, or has failed: trying tells which.</summary>
internal sealed class SocketReady(SocketWatch watch) : INoSerializationVerificationNeeded
{
    public SocketWatch Watch => watch;
}
