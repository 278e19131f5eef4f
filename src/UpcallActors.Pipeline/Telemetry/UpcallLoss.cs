using UpcallActors.Linux;

namespace UpcallActors.Pipeline;

/// <summary>Upcalls lost by one cause.</summary>
/// <param name="Cause">The cause, as telemetry calls it.</param>
/// <param name="Words">The cause in words that go on behind "upcalls".</param>
/// <param name="Count">How many.</param>
public readonly record struct UpcallLoss(string Cause, string Words, long Count)
{
    /// <summary>The cause of those that the datapath could not deliver.</summary>
    public const string UnreachableCause = "unreachable";

    /// <summary>Upcalls that the datapath could not deliver although no queue was full; the datapath counts them.</summary>
    internal static UpcallLoss Unreachable(long count) =>
        new(UnreachableCause, "before they reached a socket (stale port id, too long, or no memory)", count);

    /// <summary>Upcalls that were lost by a cause which lanes count.</summary>
    internal static UpcallLoss Of(LossCause cause, long count) => new(UpcallActorsTelemetry.NameOf(cause), WordsOf(cause), count);

    private static string WordsOf(LossCause cause) => cause switch
    {
        LossCause.Source => "dropped at a full receive buffer",
        LossCause.Shed => "shed because their port was over its share",
        LossCause.Truncated => "longer than a receive slot",
        LossCause.Malformed => "malformed",
        LossCause.UnknownCookie => "with a cookie that is not ours",
        LossCause.TranslatorFailed => "because their translation failed",
        LossCause.TooLong => "whose actions are too long to be sent",
        LossCause.SendRefused => "because the datapath refused the send",
        LossCause.ExecuteRefused => "because the datapath refused their EXECUTE",
        LossCause.StageFailed => "because an actor failed over them",
        LossCause.ControllerQueue => "because the controllers' queue had no room for more of their port",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };
}

/// <summary>Requests that the datapath refused with one error.</summary>
/// <param name="Request">Which ones, as telemetry calls them: <c>execute</c>, <c>flow_put</c>, or <c>send</c> where a
/// send was refused as a whole.</param>
/// <param name="Error">The error.</param>
/// <param name="Count">How many.</param>
public readonly record struct RefusedRequests(string Request, Errno Error, long Count);
