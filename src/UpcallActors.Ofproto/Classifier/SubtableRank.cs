namespace UpcallActors.Ofproto;

/// <summary>A subtable's place among those of its table.</summary>
/// <param name="Maximum">The highest priority in it when the place was given, or a higher one.</param>
/// <param name="Subtable">The subtable.</param>
internal readonly record struct SubtableRank(int Maximum, Subtable Subtable);
