namespace UpcallActors.Odp;

/// <summary>State of a TCP connection as conntrack sees it (<c>enum tcp_conntrack</c>, same numbers).</summary>
public enum TcpState : byte
{
    /// <summary>Nothing seen.</summary>
    None,

    /// <summary>SYN seen.</summary>
    SynSent,

    /// <summary>SYN and ACK seen in answer.</summary>
    SynReceived,

    /// <summary>ACK seen.</summary>
    Established,

    /// <summary>FIN seen.</summary>
    FinWait,

    /// <summary>The FIN was acknowledged.</summary>
    CloseWait,

    /// <summary>FIN seen in the other direction too.</summary>
    LastAck,

    /// <summary>The last ACK was seen.</summary>
    TimeWait,

    /// <summary>Reset.</summary>
    Close,

    /// <summary>SYN seen from both sides.</summary>
    SynSent2,
}
