using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// A tracked connection (<c>nf_conn</c>): both directions' tuples, marks, protocol state. Objects belong to their
/// <see cref="ConnectionTable"/> and are reused.
/// </summary>
internal sealed class Connection
{
    /// <summary>Index of the original direction.</summary>
    internal const int Original = 0;

    /// <summary>Index of the answer's direction.</summary>
    internal const int Reply = 1;

    private const ConnectionStatus NatMask = ConnectionStatus.SourceNat | ConnectionStatus.DestinationNat;

    internal ConntrackTuple OriginalTuple;
    internal ConntrackTuple ReplyTuple;
    internal ushort Zone;
    internal ConnectionStatus Status;
    internal uint Mark;
    internal UInt128 Labels;
    internal TcpConnection Tcp;

    /// <summary>From when on UDP in both directions counts as a stream.</summary>
    internal long StreamStart;

    /// <summary>When a confirmed connection ends, in milliseconds; before that, how long it will have from then on.</summary>
    internal long Deadline;

    /// <summary>Place in the table, -1 outside of it.</summary>
    internal int Slot = -1;

    internal ulong OriginalHash;
    internal ulong ReplyHash;
    internal ulong SourceHash;
    internal int NextOriginal;
    internal int NextReply;
    internal Connection? NextBySource;
    internal Connection? PreviousBySource;

    internal bool IsConfirmed => (Status & ConnectionStatus.Confirmed) != 0;

    internal bool IsTranslated => (Status & NatMask) != 0;

    /// <summary>TCP's state; null of other protocols.</summary>
    internal ConntrackTcp? TcpNow => OriginalTuple.Protocol == IpProtocols.Tcp
        ? new ConntrackTcp(Tcp.State, Tcp.Seen[Original].Scale, Tcp.Seen[Reply].Scale, Tcp.Seen[Original].Options, Tcp.Seen[Reply].Options)
        : null;

    internal bool Has(ConnectionStatus status) => (Status & status) == status;

    /// <summary>The tuple of a direction.</summary>
    internal ref readonly ConntrackTuple Tuple(int direction) => ref direction == Original ? ref OriginalTuple : ref ReplyTuple;

    /// <summary>Prolongs its life from now on (<c>nf_ct_refresh_acct</c>).</summary>
    internal void Refresh(long timeout, long now) => Deadline = IsConfirmed ? now + timeout : timeout;

    internal PacketRelation RelationOf(int direction) =>
        direction == Reply ? PacketRelation.EstablishedReply
        : Has(ConnectionStatus.SeenReply) ? PacketRelation.Established
        : PacketRelation.New;

    internal void Reset()
    {
        OriginalTuple = ReplyTuple = default;
        Zone = 0;
        Status = ConnectionStatus.None;
        Mark = 0;
        Labels = 0;
        Tcp = default;
        StreamStart = Deadline = 0;
        NextBySource = PreviousBySource = null;
    }
}
