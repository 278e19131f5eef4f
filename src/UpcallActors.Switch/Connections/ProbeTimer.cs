using Akka.Actor;

namespace UpcallActors.Switch;

/// <summary>
/// Notices that a peer is silent. After an interval without a word the connection asks; after one more it gives up
/// (<c>reconnect_run</c>).
/// </summary>
internal sealed class ProbeTimer(TimeSpan? interval, TimeProvider time) : IDisposable
{
    private ITimer? _timer;
    private long _heard;
    private bool _isAsked;

    /// <summary>Begins. The owner is told <see cref="Due"/> when something is to be done.</summary>
    public void Start(IActorRef owner)
    {
        _heard = time.GetTimestamp();
        if (interval is { } wait)
            _timer = time.CreateTimer(_ => Ring(owner), null, wait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The peer has said something.</summary>
    public void Heard()
    {
        _heard = time.GetTimestamp();
        _isAsked = false;
    }

    /// <summary>To be called when it is due: whether to ask the peer; if not, it did not answer.</summary>
    public bool Expect()
    {
        if (_isAsked)
            return false;
        _isAsked = true;
        _timer?.Change(interval!.Value, Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    /// <summary>On the loop's thread, as all of it. A word since the timer was set puts the question off.</summary>
    private void Ring(IActorRef owner)
    {
        TimeSpan left = interval!.Value - time.GetElapsedTime(_heard);
        if (left > TimeSpan.Zero && !_isAsked)
            _timer?.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        else
            owner.Tell(Due.Instance, ActorRefs.NoSender);
    }

    /// <summary>The time is over.</summary>
    internal sealed class Due : INoSerializationVerificationNeeded
    {
        public static readonly Due Instance = new();
    }
}
