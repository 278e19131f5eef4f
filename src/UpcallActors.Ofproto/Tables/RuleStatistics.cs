namespace UpcallActors.Ofproto;

/// <summary>What there is to say of a rule's past (<see cref="FlowTables.GetStatistics"/>).</summary>
/// <param name="Duration">How long it is in its table; a modification does not count.</param>
/// <param name="Packets">Packets that it was for.</param>
/// <param name="Bytes">Their bytes.</param>
internal readonly record struct RuleStatistics(TimeSpan Duration, ulong Packets, ulong Bytes);
