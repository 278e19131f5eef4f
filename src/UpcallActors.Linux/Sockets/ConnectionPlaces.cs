namespace UpcallActors.Linux;

/// <summary>
/// The places of a server that any client may connect to. Silent connections exclude no client: if all places are taken, a new connection
/// gets the place of the one that was silent for longest. Only if all are being served, it gets the place of the one that was served for
/// longest. Thread-safe.
/// </summary>
/// <param name="most">Connections at a time. One that was turned out has no place, though it may take a while to end.</param>
/// <param name="time">The clock; null for the machine's.</param>
internal sealed class ConnectionPlaces(int most, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _lock = new();
    private readonly LinkedList<Place> _silent = new();
    private readonly LinkedList<Place> _served = new();
    private TaskCompletionSource? _change;

    /// <summary>Takes in a connection at once, for as long as the place is not disposed.</summary>
    /// <param name="turnOut">Ends the connection, whose place is needed; told why.</param>
    public Place Enter(Action<string> turnOut)
    {
        var place = new Place(this, turnOut);
        TryEnter(place, TimeSpan.Zero, out _);
        return place;
    }

    /// <summary>
    /// Takes in a connection when it can have a place, for as long as that is not disposed. A connection keeps its place for
    /// <paramref name="grace"/> at least, so clients of a burst are answered and do not turn out each other.
    /// </summary>
    /// <param name="turnOut">Ends the connection, whose place is needed; told why.</param>
    /// <param name="grace">How long a connection keeps its place from when it got it, whoever comes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async ValueTask<Place> EnterAsync(Action<string> turnOut, TimeSpan grace, CancellationToken cancellation)
    {
        var place = new Place(this, turnOut);
        while (!TryEnter(place, grace, out Room room))
        {
            await room.Change.WaitAsync(room.Due, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }

        return place;
    }

    /// <summary>Gives a place, if one is free or one of its connections may be turned out; otherwise tells what to wait for.</summary>
    private bool TryEnter(Place place, TimeSpan grace, out Room room)
    {
        Place? other = null;
        lock (_lock)
        {
            if (_silent.Count + _served.Count >= most)
            {
                // None that is being served is turned out for a newcomer that only has to wait until one that is silent may be.
                LinkedList<Place> places = _silent.Count > 0 ? _silent : _served;
                TimeSpan due = TimeSpan.MaxValue;
                for (LinkedListNode<Place>? node = places.First; node != null && due > TimeSpan.Zero; node = node.Next)
                {
                    other = node.Value;
                    due = Min(due, grace - _time.GetElapsedTime(other.Since));
                }

                if (due > TimeSpan.Zero)
                {
                    _change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    // A timer counts whole milliseconds.
                    room = new Room(_change.Task, TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds)));
                    return false;
                }

                places.Remove(other!.Node);
            }

            place.Since = _time.GetTimestamp();
            _silent.AddLast(place.Node);
        }

        room = default;
        other?.TurnOut();
        return true;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Who waits looks again. Under the lock.</summary>
    private void Change()
    {
        _change?.SetResult();
        _change = null;
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

        /// <summary>When the connection got the place, as the clock counts.</summary>
        internal long Since { get; set; }

        /// <summary>A whole request has come.</summary>
        public void BeginServing() => MoveTo(_places._served);

        /// <summary>It has been answered: from now on the connection is silent again, and the youngest of those.</summary>
        public void EndServing() => MoveTo(_places._silent);

        /// <inheritdoc/>
        public void Dispose() => MoveTo(null);

        internal void TurnOut() => _turnOut("a new client needed its place, and it was silent for longest");

        private void MoveTo(LinkedList<Place>? list)
        {
            lock (_places._lock)
            {
                // One that was turned out has no place any more.
                if (Node.List is not { } now)
                    return;
                now.Remove(Node);
                list?.AddLast(Node);
                _places.Change();
            }
        }
    }

    /// <summary>What a newcomer without a place waits for: a change, or that one may be turned out.</summary>
    private readonly record struct Room(Task Change, TimeSpan Due);
}
