namespace UpcallActors.Linux;

/// <summary>
/// The places of a server that any client may connect to. Silent connections exclude no client: if all places are taken, a new connection
/// gets the place of the one that was silent for longest. Only if all are being served, it gets the place of the one that was served for
/// longest. O(1). Thread-safe.
/// </summary>
/// <param name="most">Connections at a time.</param>
public sealed class ConnectionPlaces(int most)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Place> _silent = new();
    private readonly LinkedList<Place> _served = new();
    private int _taken;

    /// <summary>Takes in a connection, for as long as the place is not disposed.</summary>
    /// <param name="turnOut">Ends the connection, whose place is needed; told why.</param>
    public Place Enter(Action<string> turnOut)
    {
        var place = new Place(this, turnOut);
        Place? other = null;
        lock (_lock)
        {
            // One that was turned out already is in no list, while it still counts: the next newcomer needs another.
            if (++_taken > most && (_silent.First ?? _served.First) is { } first)
            {
                other = first.Value;
                first.List!.Remove(first);
            }

            _silent.AddLast(place.Node);
        }

        other?.TurnOut();
        return place;
    }

    /// <summary>The place of a connection.</summary>
    public sealed class Place : IDisposable
    {
        private readonly ConnectionPlaces _places;
        private readonly Action<string> _turnOut;

        internal Place(ConnectionPlaces places, Action<string> turnOut)
        {
            _places = places;
            _turnOut = turnOut;
            Node = new LinkedListNode<Place>(this);
        }

        internal LinkedListNode<Place> Node { get; }

        /// <summary>A whole request has come.</summary>
        public void BeginServing() => MoveTo(_places._served);

        /// <summary>It has been answered: from now on the connection is silent again, and the youngest of those.</summary>
        public void EndServing() => MoveTo(_places._silent);

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (_places._lock)
            {
                Node.List?.Remove(Node);
                _places._taken--;
            }
        }

        internal void TurnOut() => _turnOut("a new client needed its place, and it was silent for longest");

        private void MoveTo(LinkedList<Place> list)
        {
            lock (_places._lock)
            {
                if (Node.List is not { } now)
                    return;
                now.Remove(Node);
                list.AddLast(Node);
            }
        }
    }
}
