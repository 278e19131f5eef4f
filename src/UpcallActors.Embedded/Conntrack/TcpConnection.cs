using System.Runtime.CompilerServices;

using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>What conntrack remembers of a TCP connection (<c>struct ip_ct_tcp</c>).</summary>
internal struct TcpConnection
{
    internal TcpState State;

    /// <summary>The two senders, by direction.</summary>
    internal Senders Seen;

    /// <summary>Of the last segment, or the last one ignored: to get in step with ends that know better.</summary>
    internal TcpEvent LastEvent;
    internal byte LastDirection;
    internal byte LastScale;
    internal ConntrackTcpFlags LastOptions;
    internal bool ExpectsChallengeAck;
    internal bool IsSimultaneousOpen;
    internal byte Retransmissions;
    internal ushort LastWindow;
    internal uint LastSequence;
    internal uint LastAck;
    internal uint LastEnd;

    [InlineArray(2)]
    internal struct Senders
    {
        private TcpSender _first;
    }
}

/// <summary>One end of a TCP connection (<c>struct ip_ct_tcp_state</c>).</summary>
internal struct TcpSender
{
    /// <summary>Highest sequence number sent, plus 1 (<c>td_end</c>).</summary>
    internal uint End;

    /// <summary>Highest sequence number it may send, plus 1 (<c>td_maxend</c>).</summary>
    internal uint MaxEnd;

    /// <summary>Largest window it offered (<c>td_maxwin</c>).</summary>
    internal uint MaxWindow;

    /// <summary>Highest acknowledgement it sent (<c>td_maxack</c>).</summary>
    internal uint MaxAck;

    /// <summary>Its window scale.</summary>
    internal byte Scale;

    internal ConntrackTcpFlags Options;

    internal readonly bool Has(ConntrackTcpFlags option) => (Options & option) != 0;
}
