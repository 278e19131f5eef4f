using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Connection tracking with zones, marks, labels and NAT: the <c>ct</c> action behind defragmentation
/// (<c>ovs_ct_execute</c> in <c>net/openvswitch/conntrack.c</c>, over <c>nf_conntrack</c> and <c>nf_nat</c>). Not thread-safe;
/// time is what the caller says it is, in milliseconds. Allocates only while the table grows.
/// </summary>
/// <remarks>
/// The kernel hangs the connection on the packet; here the key alone carries it, and what the kernel does for a packet that
/// came back from userspace (<c>ovs_ct_find_existing</c>) is done for all. Left out: helpers and expectations, timeout policies,
/// sequence adjustment; SCTP, DCCP and GRE are tracked without state.
/// </remarks>
internal sealed partial class ConnectionTracker
{
    /// <summary>
    /// Connections kept at most, of all zones together, unless said otherwise (<c>nf_conntrack_max</c> of a machine with 4 GiB).
    /// </summary>
    public const int DefaultMaxConnections = 262_144;

    private readonly ConnectionTable _table;
    private readonly NatSelection _nat;
    private readonly bool _verifyChecksums;
    private Connection _unconfirmed;

    /// <summary>
    /// Makes an empty tracker. <paramref name="verifyChecksums"/> is <c>nf_conntrack_checksum</c>: a packet with a wrong
    /// TCP, UDP or ICMP checksum is invalid.
    /// </summary>
    public ConnectionTracker(int maxConnections = DefaultMaxConnections, bool verifyChecksums = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConnections, 1);
        _table = new ConnectionTable(maxConnections);
        _nat = new NatSelection(_table);
        _verifyChecksums = verifyChecksums;
        _unconfirmed = _table.Take();
    }

    /// <summary>Committed connections, including expired ones that were not yet swept.</summary>
    public int Count => _table.Count;

    /// <summary>The most connections of all zones. If it falls, existing ones stay until they expire.</summary>
    public int Most
    {
        get => _table.Most;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _table.Most = value;
        }
    }

    /// <summary>The zones with their own limit, ascending.</summary>
    public IEnumerable<ushort> LimitedZones => _table.Limits.Limited;

    /// <summary>Packets dropped because their zone had as many connections as it may.</summary>
    public ulong LimitReached => _table.Limits.Reached;

    /// <summary>Connections whose time was over.</summary>
    public ulong Expired => _table.Expired;

    /// <summary>Connections given up early because the table was full.</summary>
    public ulong EarlyDropped => _table.EarlyDropped;

    /// <summary>Packets dropped because the table was full of connections that must stay.</summary>
    public ulong TableFull { get; private set; }

    /// <summary>Packets dropped because another connection has a tuple that theirs would have had.</summary>
    public ulong InsertFailed { get; private set; }

    /// <summary>Packets found invalid.</summary>
    public ulong Invalid { get; private set; }

    /// <summary>
    /// The length to cut a frame to before the <c>ct</c> action looks at it, so that Ethernet padding is no part of
    /// the packet any more (<c>ovs_skb_network_trim</c>). Never more than the frame has.
    /// </summary>
    public static int TrimmedLength(ReadOnlySpan<byte> frame, int networkOffset, ushort etherType) =>
        networkOffset >= 0 && networkOffset <= frame.Length
            ? networkOffset + TrackedPacket.LengthOf(frame[networkOffset..], etherType)
            : frame.Length;

    /// <summary>The <c>ct_clear</c> action on a key (<c>ovs_ct_clear</c>).</summary>
    public static void Clear(ref FlowKey key) => ConntrackKey.Clear(ref key);

    /// <summary>
    /// Does the <c>ct</c> action on a frame that is no fragment (any more). NAT rewrites the frame in place, never its
    /// length. The key must describe the frame; its <c>ct_*</c> fields are read and written, with NAT also addresses and ports.
    /// </summary>
    /// <param name="frame">The frame from its L2 header on.</param>
    /// <param name="networkOffset">Where the IP header starts.</param>
    /// <param name="parameters">The action.</param>
    /// <param name="now">The time in milliseconds.</param>
    /// <param name="key">The frame's key.</param>
    public ConntrackVerdict Execute(Span<byte> frame, int networkOffset, in ConntrackParameters parameters, long now, ref FlowKey key)
    {
        _table.Sweep(now);
        Span<byte> ip = networkOffset >= 0 && networkOffset <= frame.Length ? frame[networkOffset..] : default;
        ip = ip[..TrackedPacket.LengthOf(ip, parameters.EtherType)];
        // What cannot be read has no tuple and no connection, and is invalid.
        bool isTrackable = TrackedPacket.TryRead(ip, parameters.EtherType == EtherTypes.Ipv6, out TrackedPacket packet);
        ConntrackVerdict verdict = LookUp(ref packet, isTrackable, in parameters, now, ref key);
        if (verdict != ConntrackVerdict.Accept || !parameters.Commit || packet.Connection is null)
            return verdict;
        return Commit(ref packet, in parameters, now, ref key);
    }

    /// <summary>How many connections a zone may have, 0 for no limit; null for the default of zones without a limit.</summary>
    public uint LimitOf(ushort? zone) => zone is { } one ? _table.Limits.Of(one) : _table.Limits.Default;

    /// <summary>Connections of a zone, which are counted from the first limit on.</summary>
    public int CountOf(ushort zone) => _table.Limits.Count(zone);

    /// <summary>Sets how many connections a zone may have; null for the default of zones without a limit.</summary>
    public void SetLimit(ushort? zone, uint limit) => _table.Limits.Set(zone, limit, _table);

    /// <summary>Gives a zone the default limit.</summary>
    public void RemoveLimit(ushort zone) => _table.Limits.Remove(zone);

    /// <summary>
    /// Removes connections whose time is over, looking at no more than <paramref name="count"/> places: start with
    /// <paramref name="cursor"/> 0 and go on while it returns true. A caller that shares the tracker can release it in between.
    /// </summary>
    public bool Expire(ref int cursor, int count, long now) => _table.Expire(ref cursor, count, now);

    /// <summary>Removes the connections of a zone and says how many.</summary>
    public int Flush(ushort zone) => FlushWhere(zone);

    /// <summary>Removes the connection of a zone whose original tuple this is; false when there is none.</summary>
    public bool Flush(ushort zone, in ConntrackTuple original, long now)
    {
        if (_table.Find(in original, zone, now, out int direction) is not { } connection || direction != Connection.Original)
            return false;
        _table.Remove(connection);
        return true;
    }

    /// <summary>Removes all connections and says how many.</summary>
    public int Flush() => FlushWhere(zone: null);

    /// <summary>
    /// Walks the connections: start with <paramref name="cursor"/> 0 and go on while it returns true. What comes or goes
    /// during the walk may or may not be seen; nothing is seen twice.
    /// </summary>
    public bool TryGetNext(ref int cursor, long now, out ConnectionInfo info)
    {
        while (cursor < _table.SlotLimit)
        {
            if (_table[cursor++] is { } connection && connection.Deadline > now)
            {
                info = new ConnectionInfo(
                    connection.OriginalTuple, connection.ReplyTuple, connection.Zone, connection.Status,
                    connection.Mark, connection.Labels, connection.TcpNow, connection.Deadline - now);
                return true;
            }
        }

        info = default;
        return false;
    }

    private int FlushWhere(ushort? zone)
    {
        int removed = 0;
        for (int slot = 0; slot < _table.SlotLimit; slot++)
        {
            if (_table[slot] is not { } connection || (zone is { } only && connection.Zone != only))
                continue;
            _table.Remove(connection);
            removed++;
        }

        return removed;
    }

    /// <summary><c>__ovs_ct_lookup</c>: tracks the packet unless that was done, and translates it.</summary>
    private ConntrackVerdict LookUp(ref TrackedPacket packet, bool isTrackable, in ConntrackParameters parameters, long now,
        ref FlowKey key)
    {
        if (!isTrackable || !TryFindTracked(ref packet, in parameters, now, in key))
        {
            packet.Connection = null;
            if (isTrackable && !TryTrack(ref packet, parameters.Zone, now))
                return ConntrackVerdict.Drop;
            if (packet.Connection is null)
                Invalid++;
            // The family is the action's, also of a packet that could not be read.
            ConntrackKey.Update(ref key, in packet, parameters.Zone);
        }

        if (packet.Connection is not { } connection)
            return ConntrackVerdict.Accept;
        bool translates = parameters.Nat != NatOptions.None && (key.CtState & ConntrackKey.NatMask) == 0
            && (connection.IsConfirmed || parameters.Commit);
        if (translates && !TryTranslate(ref packet, in parameters, now, ref key))
            return ConntrackVerdict.Drop;
        if (connection.OriginalTuple.Protocol == IpProtocols.Tcp && connection.IsConfirmed)
            TcpTracker.BeLiberalOnceEstablished(connection);
        return ConntrackVerdict.Accept;
    }

    /// <summary>
    /// Finds the connection of a packet whose key says that this zone has tracked it (<c>skb_nfct_cached</c>), without
    /// counting the packet again. With force, a connection of the wrong direction goes.
    /// </summary>
    private bool TryFindTracked(ref TrackedPacket packet, in ConntrackParameters parameters, long now, in FlowKey key)
    {
        CtState state = key.CtState;
        bool wasTracked = (state & (CtState.Tracked | CtState.Invalid)) == CtState.Tracked && key.CtZone == parameters.Zone;
        if (!wasTracked && !(parameters.Force && state == CtState.None))
            return false;
        // Behind NAT, the packet looks like the inverse of the other direction.
        bool isTranslated = (state & ConntrackKey.NatMask) != 0;
        if (isTranslated && (state & CtState.Related) != 0)
            return TryFindTranslatedError(ref packet, parameters.Zone, now);
        ConntrackTuple tuple = packet.Tuple;
        if (isTranslated && !packet.Tuple.TryInvert(out tuple))
            return false;
        if (_table.Find(in tuple, parameters.Zone, now, out int direction) is not { } connection)
            return false;
        if (isTranslated)
            direction = 1 - direction;
        packet.Relation = connection.RelationOf(direction);
        packet.Connection = connection;
        if (!parameters.Force || direction == Connection.Original)
            return wasTracked;
        _table.Remove(connection);
        return false;
    }

    /// <summary><c>ovs_ct_commit</c>: marks and labels, then keeps the connection if it is new.</summary>
    private ConntrackVerdict Commit(ref TrackedPacket packet, in ConntrackParameters parameters, long now, ref FlowKey key)
    {
        Connection connection = packet.Connection!;
        // ovs_ct_check_limit, before marks and labels.
        if (!connection.IsConfirmed && !_table.Limits.Allows(connection.Zone))
            return ConntrackVerdict.Drop;
        if (parameters.MarkMask != 0)
            key.CtMark = connection.Mark = parameters.Mark | (connection.Mark & ~parameters.MarkMask);
        if (parameters.LabelsMask != 0)
            key.CtLabels = connection.Labels = (connection.Labels & ~parameters.LabelsMask) | (parameters.Labels & parameters.LabelsMask);
        if (connection.IsConfirmed || packet.IsReply)
            return ConntrackVerdict.Accept;
        long lifetime = connection.Deadline;
        connection.Deadline = now + lifetime;
        if (!_table.TryInsert(connection, now))
        {
            InsertFailed++;
            return ConntrackVerdict.Drop;
        }

        connection.Status |= ConnectionStatus.Confirmed;
        _unconfirmed = _table.Take();
        return ConntrackVerdict.Accept;
    }
}
