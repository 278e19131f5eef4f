using Microsoft.AspNetCore.Connections;

namespace UpcallActors.Web;

/// <summary>
/// Who may be connected. Anybody on the machine can open connections and say nothing, so a new one is never turned away for those: the one
/// that has been silent for longest goes. Requests for the page leave room for those that ask about health, however many there are.
/// Thread-safe.
/// </summary>
internal sealed class ConnectionGate
{
    /// <summary>Connections at a time.</summary>
    internal const int MostConnections = 256;

    /// <summary>Of these, the ones that are being served something else than health.</summary>
    internal const int MostServed = 128;

    /// <summary>Of these, the ones that are being told about health.</summary>
    internal const int MostProbes = 64;

    private readonly Lock _lock = new();
    private readonly LinkedList<Place> _silent = new();
    private int _connections;
    private int _served;
    private int _probes;

    /// <summary>Takes in a connection, for as long as the answer is not disposed.</summary>
    public Place Enter(ConnectionContext connection)
    {
        var place = new Place(this, connection);
        Place? oldest = null;
        lock (_lock)
        {
            // There is one: those that are served are fewer than all.
            if (++_connections > MostConnections && _silent.First is { } first)
            {
                oldest = first.Value;
                _silent.Remove(first);
            }

            _silent.AddLast(place.Node);
        }

        oldest?.Connection.Abort(new ConnectionAbortedException("its place was needed, and it was silent for longest"));
        return place;
    }

    /// <summary>The place of a connection.</summary>
    internal sealed class Place : IDisposable
    {
        private readonly ConnectionGate _gate;
        private Kind _served;

        public Place(ConnectionGate gate, ConnectionContext connection)
        {
            _gate = gate;
            Connection = connection;
            Node = new LinkedListNode<Place>(this);
        }

        public ConnectionContext Connection { get; }

        public LinkedListNode<Place> Node { get; }

        /// <summary>A request has come. Whether it may be served.</summary>
        public bool TryServe(bool isHealth)
        {
            lock (_gate._lock)
            {
                if (isHealth ? _gate._probes >= MostProbes : _gate._served >= MostServed)
                    return false;
                _served = isHealth ? Kind.Probe : Kind.Page;
                Count(1);
                if (Node.List != null)
                    _gate._silent.Remove(Node);
                return true;
            }
        }

        /// <summary>The request has been served: from now on the connection is silent again, and the youngest of those.</summary>
        public void EndServing()
        {
            lock (_gate._lock)
            {
                Count(-1);
                _served = Kind.None;
                _gate._silent.AddLast(Node);
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (_gate._lock)
            {
                Count(-1);
                if (Node.List != null)
                    _gate._silent.Remove(Node);
                _gate._connections--;
            }
        }

        private void Count(int change)
        {
            if (_served == Kind.Probe)
                _gate._probes += change;
            else if (_served == Kind.Page)
                _gate._served += change;
        }

        private enum Kind
        {
            None,
            Page,
            Probe,
        }
    }
}
