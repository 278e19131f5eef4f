using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>Follows a TCP connection segment by segment (<c>nf_conntrack_tcp_packet</c>, with <c>tcp_loose</c> on).</summary>
internal static class TcpTracker
{
    private const long UnackedTimeout = 300_000;
    private const long RetransmissionTimeout = 300_000;
    private const long MinLoweredTimeout = 120_000;
    private const int MaxRetransmissions = 3;

    /// <summary>What became of a segment.</summary>
    internal enum Result
    {
        /// <summary>It belongs to the connection.</summary>
        Accept,

        /// <summary>It does not.</summary>
        Invalid,

        /// <summary>It opens the connection anew: the old one has to go first.</summary>
        Reopen,

        /// <summary>It belongs to the connection and ends it at once.</summary>
        AcceptAndRemove,
    }

    /// <summary>Milliseconds that a connection has in a state (<c>tcp_timeouts</c>).</summary>
    internal static long TimeoutOf(TcpState state) => state switch
    {
        TcpState.Established => 5L * 24 * 3600 * 1000,
        TcpState.SynReceived or TcpState.CloseWait => 60_000,
        TcpState.LastAck => 30_000,
        TcpState.Close => 10_000,
        _ => 120_000,
    };

    internal static Result Track(Connection connection, ReadOnlySpan<byte> bytes, int direction, long now)
    {
        if (!TcpSegment.TryRead(bytes, out TcpSegment segment))
            return Result.Invalid;
        ref TcpConnection tcp = ref connection.Tcp;
        if (!connection.IsConfirmed && !TryBegin(ref tcp, in segment))
            return Result.Invalid;
        TcpState before = tcp.State;
        TcpEvent happening = segment.Event;
        byte next = TcpTransitions.Next(direction, happening, before);
        Step step = Decide(connection, direction, in segment, happening, ref before, ref next);
        if (step is Step.Accept or Step.Invalid or Step.Reopen)
            return (Result)step;
        if (step == Step.CheckWindow)
        {
            switch (TcpWindow.Check(ref tcp, direction, in segment, happening))
            {
                case TcpWindow.Result.Pass:
                    return Result.Accept;
                case TcpWindow.Result.Invalid:
                    LowerTimeout(connection, direction, happening, now);
                    return Result.Invalid;
            }
        }

        return Advance(connection, direction, happening, before, (TcpState)next, now);
    }

    /// <summary>Lets out-of-window segments of an established connection pass, as OVS has it (<c>nf_ct_set_tcp_be_liberal</c>).</summary>
    internal static void BeLiberalOnceEstablished(Connection connection)
    {
        if (!IsEstablished(connection))
            return;
        connection.Tcp.Seen[0].Options |= ConntrackTcpFlags.BeLiberal;
        connection.Tcp.Seen[1].Options |= ConntrackTcpFlags.BeLiberal;
    }

    private enum Step
    {
        Accept = Result.Accept,
        Invalid = Result.Invalid,
        Reopen = Result.Reopen,
        CheckWindow,
        SkipWindow,
    }

    private static bool IsEstablished(Connection connection) =>
        connection.Tcp.State == TcpState.Established && connection.Has(ConnectionStatus.Assured);

    /// <summary>The first segment of a connection (<c>tcp_new</c>): a SYN, or one out of the middle that is picked up.</summary>
    private static bool TryBegin(ref TcpConnection tcp, in TcpSegment segment)
    {
        byte first = TcpTransitions.Next(Connection.Original, segment.Event, TcpState.None);
        if (first == TcpTransitions.Invalid)
            return false;
        tcp = default;
        ref TcpSender sender = ref tcp.Seen[Connection.Original];
        sender.End = sender.MaxEnd = segment.End;
        sender.MaxWindow = Math.Max(segment.Window, 1u);
        if (first == (byte)TcpState.SynSent)
        {
            segment.ReadOptions(ref sender);
        }
        else
        {
            sender.MaxEnd += sender.MaxWindow;
            sender.Options = ConntrackTcpFlags.SackPermitted | ConntrackTcpFlags.BeLiberal;
            tcp.Seen[Connection.Reply].Options = sender.Options;
        }

        tcp.LastEvent = TcpEvent.None;
        return true;
    }

    /// <summary>What the table cannot say: reopening, getting in step, challenge ACKs, resets.</summary>
    private static Step Decide(Connection connection, int direction, in TcpSegment segment, TcpEvent happening, ref TcpState before,
        ref byte next)
    {
        ref TcpConnection tcp = ref connection.Tcp;
        switch (next)
        {
            case TcpTransitions.Invalid:
                return Step.Invalid;
            case TcpTransitions.Ignore:
                return IgnoreOrResynchronise(ref tcp, direction, in segment, happening, ref before, ref next);
            case (byte)TcpState.SynSent when before is TcpState.TimeWait or TcpState.Close or TcpState.SynSent2:
                bool wasClosed = tcp.Seen[0].Has(ConntrackTcpFlags.CloseInitiated) || tcp.Seen[1].Has(ConntrackTcpFlags.CloseInitiated)
                    || (tcp.LastDirection == direction && tcp.LastEvent == TcpEvent.Reset);
                return wasClosed ? Step.Reopen : IgnoreOrResynchronise(ref tcp, direction, in segment, happening, ref before, ref next);
            case (byte)TcpState.TimeWait when IsChallengeAck(in tcp, direction, happening, before):
                tcp.ExpectsChallengeAck = false;
                return Step.Accept;
            case (byte)TcpState.SynSent2:
                tcp.IsSimultaneousOpen = true;
                return Step.CheckWindow;
            case (byte)TcpState.SynReceived when direction == Connection.Reply && happening == TcpEvent.Ack && tcp.IsSimultaneousOpen:
                next = (byte)TcpState.Established;
                return Step.CheckWindow;
            case (byte)TcpState.Close when happening == TcpEvent.Reset:
                return DecideReset(connection, direction, in segment, before, ref next);
            default:
                return Step.CheckWindow;
        }
    }

    /// <summary>RFC 5961: an end answers a stray SYN with an ACK, which does not acknowledge the last FIN.</summary>
    private static bool IsChallengeAck(in TcpConnection tcp, int direction, TcpEvent happening, TcpState before) =>
        before == TcpState.LastAck && happening == TcpEvent.Ack && tcp.LastDirection != direction && tcp.LastEvent == TcpEvent.Syn
            && tcp.ExpectsChallengeAck;

    private static Step IgnoreOrResynchronise(ref TcpConnection tcp, int direction, in TcpSegment segment, TcpEvent happening,
        ref TcpState before, ref byte next)
    {
        // The SYN that was ignored is answered: the ends are in step, and we follow them.
        if (happening == TcpEvent.SynAck && tcp.LastEvent == TcpEvent.Syn && tcp.LastDirection != direction
            && segment.Acknowledgement == tcp.LastEnd)
        {
            before = TcpState.SynSent;
            next = (byte)TcpState.SynReceived;
            ref TcpSender opener = ref tcp.Seen[tcp.LastDirection];
            opener.End = opener.MaxEnd = tcp.LastEnd;
            opener.MaxWindow = Math.Max(tcp.LastWindow, (ushort)1);
            opener.Scale = tcp.LastScale;
            opener.Options = tcp.LastOptions;
            tcp.ExpectsChallengeAck = false;
            tcp.Seen[direction] = new TcpSender { Options = tcp.Seen[direction].Options & ConntrackTcpFlags.BeLiberal };
            return Step.CheckWindow;
        }

        tcp.LastEvent = happening;
        tcp.LastDirection = (byte)direction;
        tcp.LastSequence = segment.Sequence;
        tcp.LastEnd = segment.End;
        tcp.LastWindow = segment.Window;
        if (happening == TcpEvent.Syn && direction == Connection.Original)
        {
            var opener = default(TcpSender);
            segment.ReadOptions(ref opener);
            tcp.LastScale = opener.Has(ConntrackTcpFlags.WindowScale) ? opener.Scale : (byte)0;
            tcp.LastOptions = opener.Options;
            tcp.ExpectsChallengeAck = before == TcpState.LastAck;
            tcp.IsSimultaneousOpen = false;
        }

        if (before == TcpState.SynSent && happening == TcpEvent.Ack && direction == Connection.Reply)
            tcp.LastAck = segment.Acknowledgement;
        return Step.Accept;
    }

    private static Step DecideReset(Connection connection, int direction, in TcpSegment segment, TcpState before, ref byte next)
    {
        ref TcpConnection tcp = ref connection.Tcp;
        // A closing connection's numbers may be outdated.
        if (before is TcpState.FinWait or TcpState.CloseWait or TcpState.LastAck or TcpState.TimeWait or TcpState.Close)
            return Step.SkipWindow;
        ref TcpSender other = ref tcp.Seen[1 - direction];
        uint sequence = segment.Sequence;
        if (other.Has(ConntrackTcpFlags.MaxAckSet) && tcp.LastEvent != TcpEvent.Syn)
        {
            bool established = IsEstablished(connection);
            if (sequence == 0 && !established)
                return Step.CheckWindow;
            if (TcpWindow.IsBefore(sequence, other.MaxAck))
                return Step.Invalid;
            bool endsItsOwnTrain = tcp.LastEvent == TcpEvent.Ack && tcp.LastDirection == direction && sequence == tcp.LastEnd;
            if (!established || sequence == other.MaxAck || endsItsOwnTrain)
                return Step.CheckWindow;
            // Not exact: the receiver may answer with a challenge ACK, and the connection lives on.
            next = (byte)before;
        }

        bool answersIgnoredSyn = connection.Has(ConnectionStatus.SeenReply) && tcp.LastEvent == TcpEvent.Syn
            && tcp.LastDirection != direction;
        bool answersIgnoredAck = !connection.Has(ConnectionStatus.Assured) && tcp.LastEvent == TcpEvent.Ack;
        if ((answersIgnoredSyn || answersIgnoredAck) && segment.Acknowledgement == tcp.LastEnd)
            return Step.SkipWindow;
        bool answersChallenge = before == TcpState.SynSent && tcp.LastEvent == TcpEvent.Ack && tcp.LastDirection == Connection.Reply
            && sequence == tcp.LastAck;
        return answersChallenge ? Step.SkipWindow : Step.CheckWindow;
    }

    private static Result Advance(Connection connection, int direction, TcpEvent happening, TcpState before, TcpState next, long now)
    {
        ref TcpConnection tcp = ref connection.Tcp;
        tcp.LastEvent = happening;
        tcp.LastDirection = (byte)direction;
        tcp.State = next;
        if (before != next && next == TcpState.FinWait)
            tcp.Seen[direction].Options |= ConntrackTcpFlags.CloseInitiated;
        long timeout = ChooseTimeout(in tcp, happening, next);
        if (!connection.Has(ConnectionStatus.SeenReply))
        {
            // The only answer was a RST.
            if (happening == TcpEvent.Reset)
                return Result.AcceptAndRemove;
            // A client that reuses its port must not keep the entry, and its translation, for ever.
            if (happening == TcpEvent.Syn && before == TcpState.SynSent)
                return Result.Accept;
            if (next == TcpState.Established)
                timeout = Math.Min(timeout, UnackedTimeout);
        }
        else if (before is TcpState.SynReceived or TcpState.Established && next == TcpState.Established)
        {
            connection.Status |= ConnectionStatus.Assured;
        }

        connection.Refresh(timeout, now);
        return Result.Accept;
    }

    private static long ChooseTimeout(in TcpConnection tcp, TcpEvent happening, TcpState state)
    {
        long timeout = TimeoutOf(state);
        if (tcp.Retransmissions >= MaxRetransmissions && timeout > RetransmissionTimeout)
            return RetransmissionTimeout;
        if (happening == TcpEvent.Reset)
            return TimeoutOf(TcpState.Close);
        if (timeout > UnackedTimeout
            && (tcp.Seen[0].Has(ConntrackTcpFlags.DataUnacknowledged) || tcp.Seen[1].Has(ConntrackTcpFlags.DataUnacknowledged)))
            return UnackedTimeout;
        return tcp.LastWindow == 0 ? Math.Min(timeout, RetransmissionTimeout) : timeout;
    }

    /// <summary>
    /// A FIN or RST from either side that does not fit: the ends are closing out of step with us (<c>nf_tcp_handle_invalid</c>).
    /// </summary>
    private static void LowerTimeout(Connection connection, int direction, TcpEvent happening, long now)
    {
        if (!connection.Has(ConnectionStatus.Assured | ConnectionStatus.Confirmed) || happening is not (TcpEvent.Reset or TcpEvent.Fin))
            return;
        ref TcpConnection tcp = ref connection.Tcp;
        if (tcp.LastDirection == direction || tcp.LastEvent is not (TcpEvent.Fin or TcpEvent.Reset))
        {
            tcp.LastEvent = happening;
            tcp.LastDirection = (byte)direction;
        }
        else if (connection.Deadline - now >= MinLoweredTimeout)
        {
            connection.Deadline = Math.Min(connection.Deadline, now + UnackedTimeout);
        }
    }
}
