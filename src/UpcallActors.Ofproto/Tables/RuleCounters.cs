namespace UpcallActors.Ofproto;

/// <summary>What a rule, a group or a bucket has seen. Written from any lane, without a lock; read at any time.</summary>
internal sealed class RuleCounters
{
    private long _packets;
    private long _bytes;
    private long _used;

    /// <summary>Packets so far.</summary>
    public ulong Packets => (ulong)Interlocked.Read(ref _packets);

    /// <summary>Bytes so far.</summary>
    public ulong Bytes => (ulong)Interlocked.Read(ref _bytes);

    /// <summary>
    /// When the rule's last packet came, by the clock of its tables, and at first when it was added. Clients are told of it, so it is kept
    /// of rules without an idle timeout, too (<c>rule_dpif_credit_stats__</c>); not of groups and buckets.
    /// </summary>
    internal TimeSpan Used => new(Interlocked.Read(ref _used));

    /// <summary>Notes that a packet came; one that came before another that is known of changes nothing.</summary>
    internal void Use(TimeSpan time)
    {
        long used = Interlocked.Read(ref _used);
        while (time.Ticks > used)
        {
            long now = Interlocked.CompareExchange(ref _used, time.Ticks, used);
            if (now == used)
                return;
            used = now;
        }
    }

    /// <summary>Adds packets and their bytes.</summary>
    public void Credit(ulong packets, ulong bytes)
    {
        Interlocked.Add(ref _packets, (long)packets);
        Interlocked.Add(ref _bytes, (long)bytes);
    }
}
