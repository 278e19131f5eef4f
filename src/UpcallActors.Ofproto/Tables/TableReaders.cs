using System.Numerics;

namespace UpcallActors.Ofproto;

/// <summary>
/// Who reads the tables of a bridge at the moment. Readers neither wait for each other nor for the writer; one that finds all places
/// taken brings another.
/// </summary>
internal sealed class TableReaders
{
    private TableReader[] _places = [.. Enumerable.Range(0, StartingPlaces).Select(_ => new TableReader())];

    private static int StartingPlaces => (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount) * 2;

    /// <summary>The least version that a reader has announced; the highest number if nobody reads.</summary>
    public ulong Oldest
    {
        get
        {
            ulong oldest = TableReader.Idle;
            foreach (TableReader place in Volatile.Read(ref _places))
                oldest = Math.Min(oldest, place.Version);
            return oldest;
        }
    }

    /// <summary>A place in which a version is announced. What the caller reads afterwards is not older.</summary>
    public TableReader Enter(ulong version)
    {
        TableReader[] places = Volatile.Read(ref _places);
        // A thread begins at a place of its own, as a rule, whose cache line stays with its core.
        int first = Environment.CurrentManagedThreadId;
        for (int i = 0; i < places.Length; i++)
        {
            TableReader place = places[(first + i) & (places.Length - 1)];
            if (place.TryEnter(version))
                return place;
        }

        return Append(version);
    }

    private TableReader Append(ulong version)
    {
        var place = new TableReader();
        place.TryEnter(version);
        for (TableReader[] places = Volatile.Read(ref _places); ;)
        {
            TableReader[] more = [.. places, place, .. Enumerable.Range(1, places.Length - 1).Select(_ => new TableReader())];
            TableReader[] seen = Interlocked.CompareExchange(ref _places, more, places);
            if (seen == places)
                return place;
            places = seen;
        }
    }
}
