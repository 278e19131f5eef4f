using System.Globalization;
using System.Text;

namespace UpcallActors.Unixctl;

/// <summary>
/// Events with their totals and their rates over the last 5 seconds, minute and hour, as <c>coverage/show</c> of Open vSwitch prints them
/// (lib/coverage.c). Thread-safe.
/// </summary>
internal sealed class CoverageTable
{
    /// <summary>How often <see cref="Tick"/> is to be called (<c>COVERAGE_RUN_INTERVAL</c>).</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const int TicksPerMinute = 12;
    private const int MinutesPerHour = 60;

    private readonly Lock _lock = new();
    private readonly History[] _counters;
    private int _ticks;

    /// <summary>A table of counters, in the order in which they are printed.</summary>
    public CoverageTable(IEnumerable<CoverageCounter> counters) => _counters = [.. counters.Select(counter => new History(counter))];

    /// <summary>Notes what has happened since the last call.</summary>
    public void Tick()
    {
        lock (_lock)
        {
            int tick = _ticks % TicksPerMinute;
            int minute = _ticks / TicksPerMinute % MinutesPerHour;
            foreach (History counter in _counters)
                counter.Note(tick, minute);
            _ticks = (_ticks + 1) % (TicksPerMinute * MinutesPerHour);
        }
    }

    /// <summary>The total of an event, null when there is none of this name.</summary>
    public long? Read(string name) => Array.Find(_counters, counter => counter.Event.Name == name)?.Event.Read();

    /// <summary>All events that have happened.</summary>
    public StringBuilder Show()
    {
        var totals = Array.ConvertAll(_counters, counter => (Counter: counter, Total: counter.Event.Read()));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"Event coverage, avg rate over last: {Interval.TotalSeconds} seconds, last minute, last hour,  hash={Hash(totals):x8}:\n");
        lock (_lock)
        {
            int last = (_ticks + TicksPerMinute - 1) % TicksPerMinute;
            foreach ((History counter, long total) in totals.Where(counted => counted.Total != 0))
            {
                (double now, double minute, double hour) = counter.Rates(last);
                text.Append(CultureInfo.InvariantCulture,
                    $"{counter.Event.Name,-24} {now,5:F1}/sec {minute,9:F3}/sec {hour,13:F4}/sec   total: {total}\n");
            }
        }

        return text.Append(CultureInfo.InvariantCulture, $"{totals.Count(counted => counted.Total == 0)} events never hit\n");
    }

    /// <summary>
    /// A number that is the same as long as the events are in the same order
    /// by how often they happen: two dumps with one hash tell much the same.
    /// </summary>
    private static uint Hash(IEnumerable<(History Counter, long Total)> totals)
    {
        const uint Basis = 2166136261;
        const uint Prime = 16777619;
        uint hash = Basis;
        foreach ((History counter, _) in totals.Where(counted => counted.Total != 0).OrderByDescending(counted => counted.Total)
            .ThenBy(counted => counted.Counter.Event.Name, StringComparer.Ordinal))
        {
            foreach (char letter in counter.Event.Name)
                hash = unchecked((hash ^ letter) * Prime);
        }

        return hash;
    }

    /// <summary>One event's last minute by tick, and its last hour by minute.</summary>
    private sealed class History(CoverageCounter counted)
    {
        private readonly long[] _ticks = new long[TicksPerMinute];
        private readonly long[] _minutes = new long[MinutesPerHour];
        private long _noted;

        public CoverageCounter Event => counted;

        public void Note(int tick, int minute)
        {
            long total = counted.Read();
            _ticks[tick] = total - _noted;
            _minutes[minute] = tick == 0 ? _ticks[tick] : _minutes[minute] + _ticks[tick];
            _noted = total;
        }

        public (double Now, double Minute, double Hour) Rates(int lastTick) =>
            (_ticks[lastTick] / Interval.TotalSeconds, _ticks.Sum() / 60.0, _minutes.Sum() / 3600.0);
    }
}
