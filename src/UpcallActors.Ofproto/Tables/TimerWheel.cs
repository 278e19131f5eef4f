namespace UpcallActors.Ofproto;

/// <summary>
/// Timers by the tick in which they are due: adding, removing and being due cost the same however many there are. A hierarchical wheel:
/// the first level has a list for each of the next 64 ticks, the second one for each 64 ticks behind those, the third one for each 4,096.
/// For one thread.
/// </summary>
/// <param name="now">The tick in which it begins.</param>
internal sealed class TimerWheel(long now)
{
    /// <summary>Ticks that it reaches ahead; later timers are due then.</summary>
    public const long Span = 1L << (Levels * LevelBits);

    private const int Levels = 3;
    private const int LevelBits = 6;
    private const int Lists = 1 << LevelBits;
    private const int ListMask = Lists - 1;
    private const int Overdue = Levels * Lists;

    private readonly RuleTimer?[] _lists = new RuleTimer?[Overdue + 1];
    private long _now = now;

    /// <summary>How many timers there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many timers were handed out or moved to a lower level so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Adds a timer that is in no list. One of the current tick, or of one before, is due at the next look.</summary>
    public void Add(RuleTimer timer, long due)
    {
        timer.Due = due;
        Put(timer);
        Count++;
    }

    /// <summary>Takes a timer out.</summary>
    public void Remove(RuleTimer timer)
    {
        if (timer.Previous is { } previous)
            previous.Next = timer.Next;
        else
            _lists[timer.Place] = timer.Next;
        if (timer.Next is { } next)
            next.Previous = timer.Previous;
        (timer.Next, timer.Previous, timer.Place) = (null, null, -1);
        Count--;
    }

    /// <summary>Goes on to a tick, and takes out the timers that are due by then.</summary>
    public void Advance(long tick, List<RuleTimer> due)
    {
        Take(Overdue, due);
        while (_now < tick)
        {
            if (Count == 0)
            {
                _now = tick;
                return;
            }

            _now++;
            Steps++;
            for (int level = Levels - 1; level > 0; level--)
            {
                if ((_now & ((1L << (level * LevelBits)) - 1)) == 0)
                    Lower(ListOf(level, _now));
            }

            Take(ListOf(0, _now), due);
            Take(Overdue, due);
        }
    }

    private static int ListOf(int level, long tick) => (level * Lists) + (int)((tick >> (level * LevelBits)) & ListMask);

    private void Put(RuleTimer timer)
    {
        long ahead = timer.Due - _now;
        long tick = _now + Math.Min(ahead, Span - 1);
        int level = 0;
        while (level < Levels - 1 && ahead >= 1L << ((level + 1) * LevelBits))
            level++;
        int place = ahead <= 0 ? Overdue : ListOf(level, tick);
        timer.Place = place;
        timer.Next = _lists[place];
        if (timer.Next is { } next)
            next.Previous = timer;
        _lists[place] = timer;
    }

    /// <summary>Puts the timers of a list where they belong by now.</summary>
    private void Lower(int list)
    {
        RuleTimer? timer = _lists[list];
        _lists[list] = null;
        while (timer is not null)
        {
            RuleTimer? next = timer.Next;
            timer.Previous = null;
            Put(timer);
            Steps++;
            timer = next;
        }
    }

    private void Take(int list, List<RuleTimer> due)
    {
        while (_lists[list] is { } timer)
        {
            Remove(timer);
            Steps++;
            due.Add(timer);
        }
    }
}
