using System.Diagnostics;

namespace UpcallActors.Pipeline;

/// <summary>
/// Which traced upcall sent its packet into a recirculation, so that the upcall that the packet may make afterwards is linked to it. An id
/// stands for a state, not for a packet: the first upcall with this id from the same port is taken as the right one, for
/// <see cref="_lifetime"/>. An id that has lost its place in this table is not linked. Any thread.
/// </summary>
internal sealed class RecirculationTraces
{
    /// <summary>Places; a later upcall takes that of an earlier one whose id and port hash alike.</summary>
    public const int Places = 1024;

    /// <summary>The kernel keeps fragments for 30 seconds (<c>IP_FRAG_TIME</c>); their packet comes up when it is complete.</summary>
    private static readonly TimeSpan _lifetime = TimeSpan.FromSeconds(30);

    private readonly Entry?[] _entries = new Entry?[Places];

    /// <summary>Notes that a traced upcall's packet goes into a recirculation.</summary>
    public void Remember(uint recirculation, uint port, ActivityContext context) =>
        Volatile.Write(ref _entries[PlaceOf(recirculation, port)], new Entry(recirculation, port, context, Stopwatch.GetTimestamp()));

    /// <summary>Takes the upcall out that the packet of another with this id came from; false when none is known.</summary>
    public bool TryTake(uint recirculation, uint port, out ActivityContext context)
    {
        context = default;
        ref Entry? place = ref _entries[PlaceOf(recirculation, port)];
        Entry? entry = Volatile.Read(ref place);
        if (entry is null
            || entry.Recirculation != recirculation
            || entry.Port != port
            || !ReferenceEquals(Interlocked.CompareExchange(ref place, null, entry), entry)
            || Stopwatch.GetElapsedTime(entry.At) > _lifetime)
        {
            return false;
        }

        context = entry.Context;
        return true;
    }

    private static uint PlaceOf(uint recirculation, uint port) => ((recirculation * 0x9E37_79B1) ^ (port * 0x85EB_CA77)) >> (32 - 10);

    private sealed record Entry(uint Recirculation, uint Port, ActivityContext Context, long At);
}
