namespace UpcallActors.Odp;

/// <summary>An SCTP association's state.</summary>
/// <param name="State">State of the association.</param>
/// <param name="OriginalTag">Verification tag of the original direction.</param>
/// <param name="ReplyTag">Verification tag of the answers.</param>
public readonly record struct ConntrackSctp(SctpState State, uint OriginalTag, uint ReplyTag);

/// <summary>
/// State of an SCTP association (<c>enum sctp_conntrack</c>), from <c>include/uapi/linux/netfilter/nf_conntrack_sctp.h</c>.
/// </summary>
public enum SctpState : byte
{
    /// <summary>Nothing seen.</summary>
    None,

    /// <summary>Aborted or shut down.</summary>
    Closed,

    /// <summary>INIT seen.</summary>
    CookieWait,

    /// <summary>COOKIE ECHO seen.</summary>
    CookieEchoed,

    /// <summary>COOKIE ACK seen.</summary>
    Established,

    /// <summary>SHUTDOWN seen in the original direction.</summary>
    ShutdownSent,

    /// <summary>SHUTDOWN seen in answer.</summary>
    ShutdownReceived,

    /// <summary>SHUTDOWN ACK seen.</summary>
    ShutdownAckSent,

    /// <summary>HEARTBEAT seen.</summary>
    HeartbeatSent,

    /// <summary>HEARTBEAT ACK seen (kernels up to 6.1).</summary>
    HeartbeatAcknowledged,
}
