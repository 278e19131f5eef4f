namespace UpcallActors.Odp;

/// <summary>A TCP connection's state.</summary>
/// <param name="State">State of both ends together.</param>
/// <param name="OriginalScale">Window scale of the original sender.</param>
/// <param name="ReplyScale">Window scale of the answerer.</param>
/// <param name="OriginalFlags">Flags of the original sender.</param>
/// <param name="ReplyFlags">Flags of the answerer.</param>
public readonly record struct ConntrackTcp(
    TcpState State, byte OriginalScale, byte ReplyScale, ConntrackTcpFlags OriginalFlags, ConntrackTcpFlags ReplyFlags);

/// <summary>
/// What is known of one end of a TCP connection (<c>IP_CT_TCP_FLAG_*</c>), from <c>include/uapi/linux/netfilter/nf_conntrack_tcp.h</c>.
/// </summary>
[Flags]
public enum ConntrackTcpFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It scales windows.</summary>
    WindowScale = 0x01,

    /// <summary>It permits selective acknowledgements.</summary>
    SackPermitted = 0x02,

    /// <summary>It closed first.</summary>
    CloseInitiated = 0x04,

    /// <summary>Its windows are not checked.</summary>
    BeLiberal = 0x08,

    /// <summary>It has sent what is not acknowledged.</summary>
    DataUnacknowledged = 0x10,

    /// <summary>Its highest acknowledgement is known.</summary>
    MaxAckSet = 0x20,
}
