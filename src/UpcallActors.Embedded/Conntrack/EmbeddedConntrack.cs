using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>The connections of an <see cref="EmbeddedDatapath"/>, for those who look at them and make it forget them.</summary>
internal sealed class EmbeddedConntrack(EmbeddedDatapath datapath) : IConntrack
{
    /// <summary>Connections read at a time: packets wait no longer than that takes.</summary>
    private const int Part = 256;

    private const long MillisecondsPerSecond = 1000;

    public long? Count => datapath.ConnectionCount;

    public long? Most => datapath.WithConnections(connections => connections.Most);

    public bool TrySetMost(uint most)
    {
        if (most is 0 or > int.MaxValue)
            return false;
        return datapath.WithConnections(connections =>
        {
            connections.Most = (int)most;
            return true;
        });
    }

    public IReadOnlyList<ConntrackEntry> Dump(ushort? zone)
    {
        var entries = new List<ConntrackEntry>();
        int cursor = 0;
        while (datapath.WithConnections(connections => TryRead(connections, zone, entries, ref cursor)))
        {
            // The next part.
        }

        return entries;
    }

    public void Flush(ushort? zone) =>
        datapath.WithConnections(connections => zone is { } only ? connections.Flush(only) : connections.Flush());

    public bool Flush(ushort zone, in ConntrackTuple original)
    {
        ConntrackTuple tuple = original;
        return datapath.WithConnections(connections => connections.Flush(zone, tuple, datapath.Clock.Milliseconds));
    }

    private bool TryRead(ConnectionTracker connections, ushort? zone, List<ConntrackEntry> entries, ref int cursor)
    {
        long now = datapath.Clock.Milliseconds;
        for (int read = 0; read < Part; read++)
        {
            if (!connections.TryGetNext(ref cursor, now, out ConnectionInfo connection))
                return false;
            if ((zone ?? connection.Zone) == connection.Zone)
                entries.Add(EntryOf(connection));
        }

        return true;
    }

    private static ConntrackEntry EntryOf(in ConnectionInfo connection) => new(connection.Original, connection.Reply)
    {
        Zone = connection.Zone,
        Status = connection.Status,
        Timeout = (uint)Math.Min(connection.Remaining / MillisecondsPerSecond, uint.MaxValue),
        Mark = connection.Mark,
        Labels = connection.Labels,
        Tcp = connection.Tcp,
    };
}
