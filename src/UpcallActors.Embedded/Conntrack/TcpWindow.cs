using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>
/// Window tracking (<c>tcp_in_window</c>), after Guido van Rooij's "Real Stateful TCP Packet Filtering in IP Filter": whether a
/// segment can belong to the connection, by what either end sent and allowed so far.
/// </summary>
internal static class TcpWindow
{
    private const uint MinAckWindow = 66_000;

    /// <summary>What is to be done with a segment.</summary>
    internal enum Result
    {
        /// <summary>It fits, and the senders were updated.</summary>
        InWindow,

        /// <summary>It may pass, but proves nothing.</summary>
        Pass,

        /// <summary>It cannot belong here.</summary>
        Invalid,
    }

    internal static Result Check(ref TcpConnection tcp, int direction, in TcpSegment segment, TcpEvent happening)
    {
        ref TcpSender sender = ref tcp.Seen[direction];
        ref TcpSender receiver = ref tcp.Seen[1 - direction];
        uint sequence = segment.Sequence;
        uint end = segment.End;
        uint ack = segment.Acknowledgement;
        uint sack = receiver.Has(ConntrackTcpFlags.SackPermitted) ? segment.HighestAcknowledged() : ack;

        if (IsSimultaneousOpen(ref tcp, ref sender, ref receiver, direction, in segment, sack))
            return Result.InWindow;
        // Some stacks set ACK in a RST and leave the number 0.
        if (!segment.IsAck || (segment.IsReset && ack == 0))
            ack = sack = receiver.End;
        // A RST that answers a SYN has no sequence number.
        if (segment.IsReset && sequence == 0 && tcp.State == TcpState.SynSent)
            sequence = end = sender.End;

        Result result = CheckBounds(ref sender, in receiver, sequence, end, sack);
        if (result != Result.InWindow)
            return sender.Has(ConntrackTcpFlags.BeLiberal) ? Result.InWindow : result;
        Update(ref sender, ref receiver, in segment, end, ack, sack);
        if (happening == TcpEvent.Ack)
            NoteRetransmission(ref tcp, direction, sequence, ack, end, segment.Window);
        return Result.InWindow;
    }

    /// <summary>Learns from the first segment of a direction; true if that is a SYN without ACK, which is in order by itself.</summary>
    private static bool IsSimultaneousOpen(ref TcpConnection tcp, ref TcpSender sender, ref TcpSender receiver, int direction,
        in TcpSegment segment, uint sack)
    {
        if (sender.MaxWindow == 0)
        {
            if (segment.IsSyn)
            {
                Begin(ref sender, ref receiver, direction, in segment);
                return !segment.IsAck;
            }

            PickUp(ref sender, ref receiver, in segment, sack);
            return false;
        }

        // A SYN may start over before the connection is established.
        if (!segment.IsSyn || !IsAfter(segment.End, sender.End) || tcp.State is not (TcpState.SynSent or TcpState.SynReceived))
            return false;
        Begin(ref sender, ref receiver, direction, in segment);
        return direction == Connection.Reply && !segment.IsAck;
    }

    private static void Begin(ref TcpSender sender, ref TcpSender receiver, int direction, in TcpSegment segment)
    {
        sender.End = sender.MaxEnd = segment.End;
        sender.MaxWindow = Math.Max(segment.Window, 1u);
        segment.ReadOptions(ref sender);
        // RFC 1323: windows are scaled only if both ends say so.
        if (direction == Connection.Reply && !(sender.Has(ConntrackTcpFlags.WindowScale) && receiver.Has(ConntrackTcpFlags.WindowScale)))
            sender.Scale = receiver.Scale = 0;
    }

    private static void PickUp(ref TcpSender sender, ref TcpSender receiver, in TcpSegment segment, uint sack)
    {
        sender.End = segment.End;
        sender.MaxWindow = Math.Max((uint)segment.Window << sender.Scale, 1u);
        sender.MaxEnd = sender.End + sender.MaxWindow;
        if (receiver.MaxWindow == 0)
            receiver.End = receiver.MaxEnd = sack;
        else if (sack == receiver.End + 1)
            receiver.End++;
    }

    private static Result CheckBounds(ref TcpSender sender, in TcpSender receiver, uint sequence, uint end, uint sack)
    {
        uint ackWindow = Math.Max(sender.MaxWindow, MinAckWindow);
        bool ackNotTooOld = IsAfter(sack, receiver.End - ackWindow - 1);
        bool ackNotTooNew = IsBefore(sack, receiver.End + 1);
        if (!IsBefore(sequence, sender.MaxEnd + 1))
        {
            uint overshot = end - sender.MaxEnd + 1;
            bool inReceiveWindow = receiver.MaxWindow != 0 && IsAfter(end, sender.End - receiver.MaxWindow - 1);
            if (!inReceiveWindow || !ackNotTooOld || overshot > receiver.MaxWindow || !ackNotTooNew)
                return Result.Invalid;
            // More than the window allows: if the other end acknowledges it, that must not be an error too.
            sender.End = end;
            sender.Options |= ConntrackTcpFlags.DataUnacknowledged;
            return Result.Pass;
        }

        if (!ackNotTooNew)
            return Result.Invalid;
        bool isRetransmittedLongAgo = receiver.MaxWindow != 0 && !IsAfter(end, sender.End - receiver.MaxWindow - 1);
        return isRetransmittedLongAgo || !ackNotTooOld ? Result.Pass : Result.InWindow;
    }

    private static void Update(ref TcpSender sender, ref TcpSender receiver, in TcpSegment segment, uint end, uint ack, uint sack)
    {
        uint window = segment.IsSyn ? segment.Window : (uint)segment.Window << sender.Scale;
        sender.MaxWindow = Math.Max(sender.MaxWindow, window + (sack - ack));
        if (IsAfter(end, sender.End))
        {
            sender.End = end;
            sender.Options |= ConntrackTcpFlags.DataUnacknowledged;
        }

        if (segment.IsAck && (!sender.Has(ConntrackTcpFlags.MaxAckSet) || IsAfter(ack, sender.MaxAck)))
        {
            sender.MaxAck = ack;
            sender.Options |= ConntrackTcpFlags.MaxAckSet;
        }

        if (receiver.MaxWindow != 0 && IsAfter(end, sender.MaxEnd))
            receiver.MaxWindow += end - sender.MaxEnd;
        if (IsAfter(sack + window, receiver.MaxEnd - 1))
            receiver.MaxEnd = sack + window + (window == 0 ? 1u : 0);
        if (ack == receiver.End)
            receiver.Options &= ~ConntrackTcpFlags.DataUnacknowledged;
    }

    private static void NoteRetransmission(ref TcpConnection tcp, int direction, uint sequence, uint ack, uint end, ushort window)
    {
        if (tcp.LastDirection == direction && tcp.LastSequence == sequence && tcp.LastAck == ack && tcp.LastEnd == end
            && tcp.LastWindow == window)
        {
            tcp.Retransmissions = (byte)Math.Min(tcp.Retransmissions + 1, byte.MaxValue);
            return;
        }

        tcp.LastDirection = (byte)direction;
        tcp.LastSequence = sequence;
        tcp.LastAck = ack;
        tcp.LastEnd = end;
        tcp.LastWindow = window;
        tcp.Retransmissions = 0;
    }

    internal static bool IsBefore(uint left, uint right) => (int)(left - right) < 0;

    private static bool IsAfter(uint left, uint right) => (int)(left - right) > 0;
}
