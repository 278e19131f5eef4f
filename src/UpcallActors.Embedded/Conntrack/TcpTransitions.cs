using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>
/// The state machine of <c>nf_conntrack_proto_tcp.c</c> as a table: direction, event, old state → new state.
/// The tracker sits in the middle: it guesses the ends' states from what passes, and packets may be lost behind it.
/// </summary>
internal static class TcpTransitions
{
    /// <summary>The segment is truly wrong.</summary>
    internal const byte Invalid = 10;

    /// <summary>The segment may be right or wrong: it passes and changes nothing; the receiver's answer will tell.</summary>
    internal const byte Ignore = 11;

    private const int States = 10;
    private const int Events = 6;
    private const byte SynSent = (byte)TcpState.SynSent;
    private const byte SynRecv = (byte)TcpState.SynReceived;
    private const byte Estab = (byte)TcpState.Established;
    private const byte FinWait = (byte)TcpState.FinWait;
    private const byte CloWait = (byte)TcpState.CloseWait;
    private const byte LastAck = (byte)TcpState.LastAck;
    private const byte TimWait = (byte)TcpState.TimeWait;
    private const byte Close = (byte)TcpState.Close;
    private const byte SynSnt2 = (byte)TcpState.SynSent2;

    private static ReadOnlySpan<byte> Table =>
    [
        // Original direction, by old state: None, SynSent, SynReceived,
        // Established, FinWait, CloseWait, LastAck, TimeWait, Close, SynSent2.
        /* Syn    */ SynSent, SynSent, Ignore, Ignore, Ignore, Ignore, Ignore, SynSent, SynSent, SynSnt2,
        /* SynAck */ Invalid, Invalid, SynRecv, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, SynRecv,
        /* Fin    */ Invalid, Invalid, FinWait, FinWait, LastAck, LastAck, LastAck, TimWait, Close, Invalid,
        /* Ack    */ Estab, Invalid, Estab, Estab, CloWait, CloWait, TimWait, TimWait, Close, Invalid,
        /* Reset  */ Invalid, Close, Close, Close, Close, Close, Close, Close, Close, Close,
        /* None   */ Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid,

        // Reply direction.
        /* Syn    */ Invalid, SynSnt2, Invalid, Invalid, Invalid, Invalid, Invalid, SynSent, Invalid, SynSnt2,
        /* SynAck */ Invalid, SynRecv, Ignore, Ignore, Ignore, Ignore, Ignore, Ignore, Ignore, SynRecv,
        /* Fin    */ Invalid, Invalid, FinWait, FinWait, LastAck, LastAck, LastAck, TimWait, Close, Invalid,
        /* Ack    */ Invalid, Ignore, SynRecv, Estab, CloWait, CloWait, TimWait, TimWait, Close, Ignore,
        /* Reset  */ Invalid, Close, Close, Close, Close, Close, Close, Close, Close, Close,
        /* None   */ Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid,
    ];

    /// <summary>The new state as a <see cref="TcpState"/>, or <see cref="Invalid"/>, or <see cref="Ignore"/>.</summary>
    internal static byte Next(int direction, TcpEvent happening, TcpState state) =>
        Table[(((direction * Events) + (int)happening) * States) + (int)state];
}
