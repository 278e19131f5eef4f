namespace UpcallActors.Pipeline;

/// <summary>
/// Finds the upcalls of a batch that have the same key as an earlier one: a burst of one flow misses once for each packet.
/// Same key means the same attribute bytes, and the same MRU, which a translation may look at.
/// </summary>
internal sealed class DuplicateTable
{
    private const int Buckets = 4 * UpcallBatch.MaxUpcalls;

    // Upcall index + 1; 0 is free.
    private readonly byte[] _buckets = new byte[Buckets];

    /// <summary>Forgets the last batch.</summary>
    public void Clear() => Array.Clear(_buckets);

    /// <summary>The earlier upcall with the same key, or <see cref="UpcallRecord.None"/> for the first, which is then remembered.</summary>
    public short FindOrAdd(UpcallBatch batch, int upcall)
    {
        ref UpcallRecord record = ref batch.Record(upcall);
        int bucket = (int)((ulong)record.KeyHash % Buckets);
        while (_buckets[bucket] != 0)
        {
            int earlier = _buckets[bucket] - 1;
            if (IsSame(batch, batch.Record(earlier), earlier, record, upcall))
                return (short)earlier;
            bucket = (bucket + 1) % Buckets;
        }

        _buckets[bucket] = (byte)(upcall + 1);
        return UpcallRecord.None;
    }

    private static bool IsSame(UpcallBatch batch, in UpcallRecord a, int upcallA, in UpcallRecord b, int upcallB) =>
        a.KeyHash == b.KeyHash
        && a.Message.Origin.Mru == b.Message.Origin.Mru
        && a.Message.Key.Of(batch.Slots.Message(upcallA)).SequenceEqual(b.Message.Key.Of(batch.Slots.Message(upcallB)));
}
