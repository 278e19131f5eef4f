using UpcallActors.Daemon.Control.Commands;

namespace UpcallActors.Daemon.Terminal.Monitoring;

/// <summary>
/// Puts upcalls into the order of their times: each lane reports its upcalls when it has handled them, so an upcall may come after a later
/// one of another lane. What is older than the newest by <see cref="Patience"/> is written; the rest when nothing has come for as long.
/// Single owner.
/// </summary>
/// <param name="write">Writes an upcall.</param>
internal sealed class UpcallOrder(Func<UpcallLine, Task> write)
{
    /// <summary>How long an upcall may be on its way, for it to have its place.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly PriorityQueue<UpcallLine, (DateTimeOffset Time, long Number)> _held = new();
    private DateTimeOffset _newest;
    private long _number;

    /// <summary>Takes upcalls, and writes those that nothing can come before any more.</summary>
    public async Task AddAsync(IEnumerable<UpcallLine> upcalls)
    {
        foreach (UpcallLine upcall in upcalls)
        {
            _held.Enqueue(upcall, (upcall.Time, _number++));
            if (upcall.Time > _newest)
                _newest = upcall.Time;
        }

        while (_held.TryPeek(out _, out (DateTimeOffset Time, long Number) first) && first.Time < _newest - Patience)
            await write(_held.Dequeue());
    }

    /// <summary>Writes all that is held.</summary>
    public async Task WriteAllAsync()
    {
        while (_held.TryDequeue(out UpcallLine? upcall, out _))
            await write(upcall);
    }
}
