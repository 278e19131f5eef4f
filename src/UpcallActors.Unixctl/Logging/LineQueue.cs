using System.Collections.Concurrent;
using UpcallActors.Linux;

namespace UpcallActors.Unixctl;

/// <summary>
/// Lines on their way to a destination that may be slow, which a thread of its own writes in their order: who logs never waits. When too
/// many wait, lines are left out, and the next one that is written says how many. Thread-safe.
/// </summary>
internal sealed class LineQueue : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<Entry> _entries;
    private readonly Action<string> _write;
    private readonly Func<long, string> _describe;
    private readonly Thread _writer;
    private long _lost;

    /// <summary>A queue, which writes until it is disposed.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="capacity">Most lines that wait.</param>
    /// <param name="write">Writes a line; called by one thread. What it throws as <see cref="IOException"/> is a line lost.</param>
    /// <param name="describe">The line that says how many were left out.</param>
    public LineQueue(string name, int capacity, Action<string> write, Func<long, string> describe)
    {
        _entries = new BlockingCollection<Entry>(capacity);
        _write = write;
        _describe = describe;
        _writer = new Thread(Run) { IsBackground = true, Name = name };
        _writer.Start();
    }

    /// <summary>How many lines were lost and not told of.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Takes a line on its way, or counts it as lost. One that comes after the end is lost without a word.</summary>
    public void Add(string line)
    {
        try
        {
            if (!_entries.TryAdd(new Entry(line, null)))
                Interlocked.Increment(ref _lost);
        }
        catch (InvalidOperationException)
        {
            // Nobody writes any more.
            Interlocked.Increment(ref _lost);
        }
    }

    /// <summary>Does something between the lines before and those after, and waits for it; false if that takes too long.</summary>
    public bool Between(Action work)
    {
        using var done = new ManualResetEventSlim();
        try
        {
            // The event is the writer's as well: it may be set only while it is waited for.
            var step = new Step(work, done);
            if (!_entries.TryAdd(new Entry(null, step), _patience))
                return false;
            return done.Wait(_patience) || step.Forget();
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Waits until all has been written, or for five seconds.</summary>
    public void Dispose()
    {
        _entries.CompleteAdding();
        if (_writer.Join(_patience))
            _entries.Dispose();
    }

    private void Run()
    {
        foreach (Entry entry in _entries.GetConsumingEnumerable())
        {
            try
            {
                if (Interlocked.Exchange(ref _lost, 0) is > 0 and long lost)
                    Write(_describe(lost), lost);
                if (entry.Line is { } line)
                    Write(line, 1);
                entry.Step?.Take();
            }
#pragma warning disable CA1031 // The last resort: without this thread nothing is logged any more.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                UnattendedWork.Tell("writing the log", failure);
            }
        }
    }

    private void Write(string line, long lines)
    {
        try
        {
            _write(line);
        }
        catch (IOException)
        {
            Interlocked.Add(ref _lost, lines);
        }
    }

    private readonly record struct Entry(string? Line, Step? Step);

    /// <summary>Work that is waited for.</summary>
    private sealed class Step(Action work, ManualResetEventSlim done)
    {
        private readonly Lock _lock = new();
        private bool _isForgotten;

        public void Take()
        {
            work();
            lock (_lock)
            {
                if (!_isForgotten)
                    done.Set();
            }
        }

        /// <summary>Nobody waits any more; whether it was done nevertheless.</summary>
        public bool Forget()
        {
            lock (_lock)
            {
                _isForgotten = true;
                return done.IsSet;
            }
        }
    }
}
