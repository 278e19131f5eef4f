namespace UpcallActors.OpenFlow;

/// <summary>What a rule has seen. Written from any lane, without a lock; read at any time.</summary>
public sealed class RuleCounters
{
    private long _packets;
    private long _bytes;

    /// <summary>Packets so far.</summary>
    public ulong Packets => (ulong)Interlocked.Read(ref _packets);

    /// <summary>Bytes so far.</summary>
    public ulong Bytes => (ulong)Interlocked.Read(ref _bytes);

    /// <summary>Adds packets and their bytes.</summary>
    public void Credit(ulong packets, ulong bytes)
    {
        Interlocked.Add(ref _packets, (long)packets);
        Interlocked.Add(ref _bytes, (long)bytes);
    }
}
