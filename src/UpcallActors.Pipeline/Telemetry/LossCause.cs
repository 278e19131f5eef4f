namespace UpcallActors.Pipeline;

/// <summary>
/// Why an upcall was given up. Each lost upcall is counted under one cause. So every upcall that was received ends as executed
/// (<see cref="LaneCounters.Executes"/>), dropped (<see cref="LaneCounters.Dropped"/>), consumed
/// (<see cref="LaneCounters.Consumed"/>), or lost by one of these.
/// </summary>
public enum LossCause
{
    /// <summary>The queue in front of us was full: the one cause by which an upcall is lost that was never received.</summary>
    Source,

    /// <summary>Its port was over its share while credits were scarce.</summary>
    Shed,

    /// <summary>The message was longer than its receive slot (<c>MSG_TRUNC</c>).</summary>
    Truncated,

    /// <summary>The message could not be parsed; the reasons are counted apart.</summary>
    Malformed,

    /// <summary>An ACTION upcall with an unknown cookie.</summary>
    UnknownCookie,

    /// <summary>The translator threw an exception.</summary>
    TranslatorFailed,

    /// <summary>The actions do not fit an attribute, or the EXECUTE does not fit one send.</summary>
    TooLong,

    /// <summary>The datapath refused the send with the EXECUTE as a whole; the errors are counted apart.</summary>
    SendRefused,

    /// <summary>The datapath answered the EXECUTE with an error; the errors are counted apart.</summary>
    ExecuteRefused,

    /// <summary>An actor failed over it, or was stopped while it waited.</summary>
    StageFailed,

    /// <summary>It was for controllers, whose queue had no room for more of its port.</summary>
    ControllerQueue,
}
