using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Pipeline;

/// <summary>
/// Says why an actor failed: at once, but once a second at most. A packet that makes
/// a translator throw may come a thousand times a second. Belongs to the supervisor.
/// </summary>
internal sealed partial class FailureLog(ILogger logger, TimeProvider time)
{
    /// <summary>The log's category: the name of Open vSwitch's module that handles upcalls.</summary>
    public const string Category = "ofproto_dpif_upcall";

    private static readonly TimeSpan _least = TimeSpan.FromSeconds(1);

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

        Failed(logger, failure, actor.Path.ToStringWithoutAddress(), _unsaid);
        _saidAt = time.GetTimestamp();
        _unsaid = 0;
    }

    [LoggerMessage(400, LogLevel.Error, "{Actor} failed ({Unsaid} earlier failures were not logged)")]
    private static partial void Failed(ILogger logger, Exception failure, string actor, int unsaid);
}
