using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Pipeline;

/// <summary>
/// A monitor of upcalls. Lanes put copies of those that pass the filter into a bounded queue; what does not fit is counted
/// (<see cref="Missed"/>) and not waited for. One reader. Disposing ends it.
/// </summary>
internal sealed class UpcallMonitor : IDisposable
{
    /// <summary>Upcalls that wait for the reader.</summary>
    public const int Capacity = 8192;

    /// <summary>Bytes of packets, keys and actions that wait for the reader.</summary>
    public const long MostBytes = 32 << 20;

    private readonly UpcallRing _ring = new(Capacity);
    private readonly UpcallTap _tap;
    private readonly IUpcallFilter _filter;
    private readonly int _packetBytes;
    private long _waiting;
    private long _missed;

    internal UpcallMonitor(UpcallTap tap, IUpcallFilter filter, int packetBytes)
    {
        _tap = tap;
        _filter = filter;
        _packetBytes = packetBytes;
    }

    /// <summary>Upcalls that passed the filter, but found the queue full.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>Takes the next upcall, if there is one.</summary>
    public bool TryTake([NotNullWhen(true)] out MonitoredUpcall? upcall)
    {
        if (!_ring.TryTake(out upcall))
            return false;
        Interlocked.Add(ref _waiting, -BytesOf(upcall));
        return true;
    }

    /// <summary>
    /// Whether nothing waits for the reader. It has to look now and then: to wake it would cost the lane more than the copy.
    /// </summary>
    public bool IsEmpty => _ring.IsEmpty;

    /// <inheritdoc/>
    public void Dispose() => _tap.Remove(this);

    /// <summary>Copies what passes of a batch that is done with. Called by its owner.</summary>
    internal void Take(Lane lane, UpcallBatch batch, long first, long handledAt, UpcallClock clock)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            ref UpcallRecord record = ref batch.Record(i);
            bool bad = record.Class == UpcallClass.Bad;
            if (!(bad ? _filter.Passes(UpcallClass.Bad, default) : _filter.Passes(record.Class, batch.Key(i))))
                continue;
            // Before the copy, which is the work that a full queue saves.
            if (_ring.IsFull || Volatile.Read(ref _waiting) >= MostBytes)
            {
                Interlocked.Increment(ref _missed);
                continue;
            }

            MonitoredUpcall upcall = Copy(lane, batch, i, first + i, handledAt, clock);
            if (_ring.TryAdd(upcall))
                Interlocked.Add(ref _waiting, BytesOf(upcall));
            else
                Interlocked.Increment(ref _missed);
        }
    }

    private static long BytesOf(MonitoredUpcall upcall) => upcall.Key.Length + upcall.Packet.Length + upcall.Actions.Length;

    private MonitoredUpcall Copy(Lane lane, UpcallBatch batch, int index, long number, long handledAt, UpcallClock clock)
    {
        ref UpcallRecord record = ref batch.Record(index);
        bool bad = record.Class == UpcallClass.Bad;
        ReadOnlySpan<byte> message = batch.Slots.Message(index);
        ReadOnlySpan<byte> packet = bad ? [] : record.Message.Packet.Of(message);
        return MonitoredUpcall.Of(
            UpcallFacts.Of(batch, index, handledAt),
            lane.Handler,
            number,
            clock,
            bad ? default : record.Message.Key.Of(message).ToArray(),
            packet[..Math.Min(packet.Length, _packetBytes)].ToArray(),
            batch.Actions(record).ToArray());
    }
}
