using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline;

/// <summary>
/// The last upcalls of a lane, for questions about what has just happened: key and actions as bytes, the rest as words, in places that are
/// allocated at the start. The lane copies some 200 bytes for each upcall, allocates nothing and never waits for a reader, which leaves
/// out places that were overwritten meanwhile. Written by the lane's router and executor, read by any thread.
/// </summary>
/// <remarks>
/// Router and executor may be on different threads. Then one waits while the other copies its batch: otherwise one that is held up while
/// the other goes once around would write into a place at the same time, or leave an older number in it.
///
/// A writer draws the numbers of its batch first: that they are drawn is seen before anything of what it overwrites. A place says its
/// number once it is whole.
/// </remarks>
internal sealed class UpcallMemory
{
    /// <summary>Upcalls of a lane that are remembered.</summary>
    public const int Capacity = 128;

    /// <summary>Bytes of key and actions together; what has more is remembered without its actions, or without both.</summary>
    public const int MostBytes = 1024;

    private readonly Lock _writing = new();
    private readonly Place[] _places = new Place[Capacity];
    private readonly byte[] _bytes = new byte[Capacity * MostBytes];
    private long _drawn;

    /// <summary>Remembers the upcalls of a batch that is done with. Returns the number of its first.</summary>
    public long Keep(UpcallBatch batch, long handledAt)
    {
        long first;
        lock (_writing)
        {
            first = Interlocked.Add(ref _drawn, batch.Count) - batch.Count;
            for (int i = 0; i < batch.Count; i++)
            {
                ref UpcallRecord record = ref batch.Record(i);
                long number = first + i;
                int index = (int)(number % Capacity);
                ref Place place = ref _places[index];
                ReadOnlySpan<byte> key = record.Class == UpcallClass.Bad ? [] : record.Message.Key.Of(batch.Slots.Message(i));
                ReadOnlySpan<byte> actions = batch.Actions(record);
                place.IsCut = key.Length + actions.Length > MostBytes;
                if (place.IsCut)
                    actions = [];
                if (key.Length > MostBytes)
                    key = [];
                Span<byte> bytes = _bytes.AsSpan(index * MostBytes, MostBytes);
                key.CopyTo(bytes);
                actions.CopyTo(bytes[key.Length..]);
                place.KeyLength = key.Length;
                place.ActionsLength = actions.Length;
                place.Facts = UpcallFacts.Of(batch, i, handledAt);
                Volatile.Write(ref place.Turn, number + 1);
            }
        }

        // Before it is looked who watches: whoever begins to watch and does not find these here is to be shown them.
        Interlocked.MemoryBarrier();
        return first;
    }

    /// <summary>
    /// Adds what is remembered and passes a filter, oldest first. Returns the number up to which it has looked.
    /// </summary>
    public long Recall(int lane, IUpcallFilter filter, UpcallClock clock, List<MonitoredUpcall> found)
    {
        long end = Volatile.Read(ref _drawn);
        int before = found.Count;
        long number = Math.Max(0, end - Capacity);
        for (; number < end; number++)
        {
            int index = (int)(number % Capacity);
            ref Place place = ref _places[index];
            long turn = Volatile.Read(ref place.Turn);
            if (turn < number + 1)
                break;
            if (turn == number + 1 && TryCopy(lane, number, index, filter, clock) is { } upcall)
                found.Add(upcall);
        }

        // What was drawn since may have been written over while it was copied.
        Interlocked.MemoryBarrier();
        long oldest = Volatile.Read(ref _drawn) - Capacity;
        found.RemoveRange(before, found.Skip(before).TakeWhile(upcall => upcall.Number < oldest).Count());
        return number;
    }

    private MonitoredUpcall? TryCopy(int lane, long number, int index, IUpcallFilter filter, UpcallClock clock)
    {
        Place place = _places[index];
        // Half of an older one and half of a newer may stand there: it is left out later, and must do no harm until then.
        int keyLength = Math.Clamp(place.KeyLength, 0, MostBytes);
        byte[] bytes = _bytes.AsSpan(index * MostBytes, Math.Clamp(keyLength + place.ActionsLength, keyLength, MostBytes)).ToArray();
        FlowKey key = default;
        if (place.Facts.Class != UpcallClass.Bad && keyLength > 0
            && OvsFlowKeyReader.TryRead(bytes.AsSpan(0, keyLength), out key) != OdpParseError.None)
            return null;
        return filter.Passes(place.Facts.Class, key)
            ? MonitoredUpcall.Of(place.Facts, lane, number, clock, bytes.AsMemory(0, keyLength), default, bytes.AsMemory(keyLength)) with
            {
                IsCut = place.IsCut,
            }
            : null;
    }

    private struct Place
    {
        public long Turn;
        public UpcallFacts Facts;
        public int KeyLength;
        public int ActionsLength;
        public bool IsCut;
    }
}
