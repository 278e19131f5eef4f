using Akka.Actor;
using Akka.Event;

namespace UpcallActors.Pipeline;

/// <summary>Says why an actor failed: at once, but once a second at most. A packet that makes a translator throw may come a thousand times a second. Belongs to the supervisor.</summary>
internal sealed class FailureLog(IActorContext context, TimeProvider time)
{
    private static readonly TimeSpan _least = TimeSpan.FromSeconds(1);

    private readonly ILoggingAdapter _log = context.GetLogger();
    private long? _saidAt;
    private int _unsaid;

    /// <summary>Says that an actor failed, or counts it for the next time.</summary>
    public void Say(IActorRef actor, Exception failure)
    {
        if (_saidAt is { } at && time.GetElapsedTime(at) < _least)
        {
            _unsaid++;
            return;
        }

        _log.Error(failure, "{0} failed ({1} failures before it were not said)", actor.Path.ToStringWithoutAddress(), _unsaid);
        _saidAt = time.GetTimestamp();
        _unsaid = 0;
    }
}
