namespace UpcallActors.Ofproto;

/// <summary>How many packets one lane has looked up in each table. A lane's own, so that lanes share no cache line.</summary>
internal sealed class LookupCounts
{
    private readonly long[] _matched = new long[TablesSnapshot.TableCount];
    private readonly long[] _missed = new long[TablesSnapshot.TableCount];

    /// <summary>Counts packets that met a rule.</summary>
    public void Match(byte table, ulong packets) => Interlocked.Add(ref _matched[table], (long)packets);

    /// <summary>Counts packets that met none.</summary>
    public void Miss(byte table, ulong packets) => Interlocked.Add(ref _missed[table], (long)packets);

    /// <summary>What was counted.</summary>
    public (ulong Matched, ulong Missed) Of(byte table) =>
        ((ulong)Interlocked.Read(ref _matched[table]), (ulong)Interlocked.Read(ref _missed[table]));
}
