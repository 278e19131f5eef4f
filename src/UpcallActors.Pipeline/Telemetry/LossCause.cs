namespace UpcallActors.Pipeline;

/// <summary>Why an upcall was given up. Each lost upcall is counted under one cause.</summary>
public enum LossCause
{
    /// <summary>Its port was over its share while credits were scarce.</summary>
    Shed,

    /// <summary>The message was longer than its receive slot (<c>MSG_TRUNC</c>).</summary>
    Truncated,

    /// <summary>The message could not be parsed; the reasons are counted apart.</summary>
    Malformed,

    /// <summary>An ACTION upcall whose cookie is not one of ours.</summary>
    UnknownCookie,

    /// <summary>The translator threw an exception.</summary>
    TranslatorFailed,

    /// <summary>The actions do not fit an attribute, or the EXECUTE does not fit one send.</summary>
    TooLong,

    /// <summary>The datapath refused the send with the EXECUTE as a whole; the errors are counted apart.</summary>
    SendRefused,

    /// <summary>An actor failed over it, or was stopped while it waited.</summary>
    StageFailed,
}
