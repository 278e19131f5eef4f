namespace UpcallActors.Embedded;

/// <summary>
/// How many connections each zone may have, and has (<c>ovs_ct_limit_init</c> and what follows in <c>net/openvswitch/conntrack.c</c>): a
/// limit of 0 is none. Connections are counted from the first limit on. Not thread-safe.
/// </summary>
internal sealed class ZoneLimits
{
    private const int Zones = ushort.MaxValue + 1;

    private readonly SortedDictionary<ushort, uint> _own = [];
    private int[]? _counts;

    /// <summary>The default limit of zones.</summary>
    public uint Default { get; private set; }

    /// <summary>The zones with their own limit.</summary>
    public IEnumerable<ushort> Limited => _own.Keys;

    /// <summary>Packets whose connection was one too many.</summary>
    public ulong Reached { get; private set; }

    /// <summary>The limit of a zone.</summary>
    public uint Of(ushort zone) => _own.TryGetValue(zone, out uint limit) ? limit : Default;

    /// <summary>Connections of a zone; 0 before anything is limited.</summary>
    public int Count(ushort zone) => _counts?[zone] ?? 0;

    /// <summary>Limits a zone; null sets the default.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="limit">The most connections.</param>
    /// <param name="connections">All connections, to be counted the first time.</param>
    public void Set(ushort? zone, uint limit, ConnectionTable connections)
    {
        _counts ??= CountAll(connections);
        if (zone is { } one)
            _own[one] = limit;
        else
            Default = limit;
    }

    /// <summary>Gives a zone the default again.</summary>
    public void Remove(ushort zone) => _own.Remove(zone);

    /// <summary>Whether a zone may have one more connection; one that it may not have is counted.</summary>
    public bool Allows(ushort zone)
    {
        uint limit = Of(zone);
        if (_counts is null || limit == 0 || _counts[zone] < limit)
            return true;
        Reached++;
        return false;
    }

    /// <summary>A connection has come.</summary>
    public void Added(ushort zone)
    {
        if (_counts is not null)
            _counts[zone]++;
    }

    /// <summary>A connection has gone.</summary>
    public void Removed(ushort zone)
    {
        if (_counts is not null)
            _counts[zone]--;
    }

    private static int[] CountAll(ConnectionTable connections)
    {
        int[] counts = new int[Zones];
        for (int slot = 0; slot < connections.SlotLimit; slot++)
        {
            if (connections[slot] is { } connection)
                counts[connection.Zone]++;
        }

        return counts;
    }
}
