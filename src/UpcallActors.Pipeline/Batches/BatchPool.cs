using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using UpcallActors.Linux;

namespace UpcallActors.Pipeline;

/// <summary>
/// A lane's batches, which are its credits: as many as there are, so many can be on their way. Last in, first out, for the warmest memory:
/// what is never needed never has any. Rented by the receiver, and returned by the last owner, on any thread, without a lock.
/// </summary>
internal sealed class BatchPool
{
    private readonly UpcallBatch[] _batches;
    private readonly int[] _below;
    private readonly PortTable _ports;
    private readonly LaneCounters _counters;
    private readonly Action<UpcallBatch> _reserve;
    private Waiter? _waiter;
    private Waiter? _whenFull;

    // The stack's top: index + 1 in the low half (0: empty), and a count of changes in the high half, so that a top that was popped and
    // pushed again does not look unchanged.
    private long _top;
    private int _free;
    private int _without;
    private int _closed;

    /// <summary>
    /// Makes <paramref name="credits"/> batches of <paramref name="batchSize"/> upcalls. Throws
    /// <see cref="Win32Exception"/> when there is no address space for two of them, which
    /// a lane cannot do without.
    /// </summary>
    /// <param name="credits">How many.</param>
    /// <param name="batchSize">Upcalls of each.</param>
    /// <param name="ports">Where upcalls are taken off their ports.</param>
    /// <param name="counters">The lane's.</param>
    /// <param name="reserve">Reserves a batch's memory, or throws <see cref="Win32Exception"/>; null to ask the system.</param>
    public BatchPool(int credits, int batchSize, PortTable ports, LaneCounters counters, Action<UpcallBatch>? reserve = null)
    {
        _reserve = reserve ?? Reserve;
        ArgumentOutOfRangeException.ThrowIfLessThan(credits, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batchSize, UpcallBatch.MaxUpcalls);
        _ports = ports;
        _counters = counters;
        BatchSize = batchSize;
        _below = new int[credits];
        _batches = new UpcallBatch[credits];
        for (int i = credits - 1; i >= 0; i--)
        {
            _batches[i] = new UpcallBatch(i, batchSize);
            Push(i);
        }

        try
        {
            for (int i = 0; i < Least; i++)
                _reserve(_batches[i]);
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Batches that a lane cannot do without: one in the receiver's hand, and one on its way.</summary>
    public const int Least = 2;

    /// <summary>
    /// Address space that is left to others, bytes: stacks of threads (8 MiB each), and what the garbage collector
    /// grows into.
    /// </summary>
    public const int LeftToOthers = 128 << 20;

    /// <summary>Batches in all, without those that there is no memory for.</summary>
    public int Credits => _batches.Length - Volatile.Read(ref _without);

    /// <summary>Batches that the system has refused memory for, and that are credits no more.</summary>
    public int WithoutMemory => Volatile.Read(ref _without);

    /// <summary>Batches in the pool.</summary>
    public int Free => Volatile.Read(ref _free);

    /// <summary>Upcalls a batch takes.</summary>
    public int BatchSize { get; }

    /// <summary>Whether every batch is back.</summary>
    public bool IsFull => Free == Credits;

    /// <summary>All batches, wherever they are.</summary>
    public IReadOnlyList<UpcallBatch> Batches => _batches;

    /// <summary>Takes a batch for the receiver; false when no credit is left.</summary>
    public bool TryRent([NotNullWhen(true)] out UpcallBatch? batch)
    {
        while (TryPop(out batch))
        {
            if (TryReserve(batch))
            {
                batch.Rent();
                return true;
            }
        }

        return false;
    }

    /// <summary>Batches with memory lie above those without, so one without is used only after all others.</summary>
    private bool TryReserve(UpcallBatch batch)
    {
        try
        {
            _reserve(batch);
            return true;
        }
        catch (Win32Exception)
        {
            // It stays out: the lane does with less.
            Interlocked.Increment(ref _without);
            return false;
        }
    }

    /// <summary>
    /// Reserves a batch's memory, unless that would take the last there is: without any the runtime can start no
    /// thread, and ends the process.
    /// </summary>
    private static void Reserve(UpcallBatch batch)
    {
        if (batch.IsReserved)
            return;
        using (new NativeRegion(LeftToOthers))
            batch.Reserve();
    }

    private bool TryPop([NotNullWhen(true)] out UpcallBatch? batch)
    {
        while (true)
        {
            long top = Volatile.Read(ref _top);
            int index = (int)top - 1;
            if (index < 0)
            {
                batch = null;
                return false;
            }

            long below = NextTop(top, Volatile.Read(ref _below[index]));
            if (Interlocked.CompareExchange(ref _top, below, top) != top)
                continue;
            Interlocked.Decrement(ref _free);
            batch = _batches[index];
            return true;
        }
    }

    /// <summary>
    /// Gives a batch back, from any thread. All its upcalls count as completed. A batch that went back before, or that has
    /// left the pool again since <paramref name="generation"/>, stays where it is and is counted as stale.
    /// </summary>
    public void Return(UpcallBatch batch, long generation)
    {
        if (!batch.TryReclaim(generation))
        {
            _counters.CountStale();
            return;
        }

        _ports.Release(batch);
        _counters.CountCompleted(batch.Count);
        if (Volatile.Read(ref _closed) != 0)
        {
            batch.Dispose();
            Interlocked.Increment(ref _free);
            return;
        }

        Push(batch.Index);
        Interlocked.Exchange(ref _waiter, null)?.Notify();
        if (IsFull)
            Interlocked.Exchange(ref _whenFull, null)?.Notify();
        if (Volatile.Read(ref _closed) != 0)
            DisposeFree();
    }

    /// <summary>Tells <paramref name="waiter"/> once when a credit comes back; at once if one has already.</summary>
    public void NotifyOnReturn(Waiter waiter)
    {
        Volatile.Write(ref _waiter, waiter);
        Interlocked.MemoryBarrier();
        if (Free > 0)
            Interlocked.Exchange(ref _waiter, null)?.Notify();
    }

    /// <summary>Tells <paramref name="waiter"/> once when every credit is back; at once if all are.</summary>
    public void NotifyWhenFull(Waiter waiter)
    {
        Volatile.Write(ref _whenFull, waiter);
        Interlocked.MemoryBarrier();
        if (IsFull)
            Interlocked.Exchange(ref _whenFull, null)?.Notify();
    }

    /// <summary>Frees the batches' memory: that of the free ones now, that of the others when they come back.</summary>
    public void Close()
    {
        Interlocked.Exchange(ref _closed, 1);
        DisposeFree();
    }

    private void DisposeFree()
    {
        while (TryPop(out UpcallBatch? batch))
        {
            batch.Dispose();
            Interlocked.Increment(ref _free);
        }
    }

    private void Push(int index)
    {
        // Counted before it can be taken, so that the count never falls below what can be rented.
        Interlocked.Increment(ref _free);
        while (true)
        {
            long top = Volatile.Read(ref _top);
            Volatile.Write(ref _below[index], (int)top);
            if (Interlocked.CompareExchange(ref _top, NextTop(top, index + 1), top) == top)
                return;
        }
    }

    private static long NextTop(long top, int entry) => (((top >> 32) + 1) << 32) | (uint)entry;

    /// <summary>Whom to tell what, made once so that waiting allocates nothing.</summary>
    internal sealed record Waiter(IActorRef Target, object Message)
    {
        public void Notify() => Target.Tell(Message, ActorRefs.NoSender);
    }
}
