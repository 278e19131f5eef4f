namespace UpcallActors.Ofproto;

/// <summary>What there is to say of a rule's past (<see cref="FlowTables.GetStatistics(Rule)"/>).</summary>
/// <param name="Duration">How long it is in its table; a modification does not count.</param>
/// <param name="SinceModified">How long it has its actions.</param>
/// <param name="Idle">How long ago its last packet came, or it was added if none did.</param>
/// <param name="Packets">Packets that it was for.</param>
/// <param name="Bytes">Their bytes.</param>
internal readonly record struct RuleStatistics(
    TimeSpan Duration, TimeSpan SinceModified, TimeSpan Idle, ulong Packets, ulong Bytes);
