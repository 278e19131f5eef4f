namespace UpcallActors.Odp;

/// <summary>What went in one direction of a connection; zeros where the datapath does not count (<c>nf_conntrack_acct</c>).</summary>
public readonly record struct ConntrackCounters(ulong Packets, ulong Bytes);
