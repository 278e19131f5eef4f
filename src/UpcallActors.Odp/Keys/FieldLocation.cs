namespace UpcallActors.Odp;

/// <summary>
/// Where a field lies in a <see cref="FlowKey"/>: the word, how far up in it, and how many bits. A field of 128 bits takes
/// two whole words, the more significant half first.
/// </summary>
public readonly record struct FieldLocation(byte Word, byte Shift, byte Width)
{
    /// <summary>As many low bits as the field is wide (64 at most).</summary>
    public ulong LowMask => Width >= 64 ? ulong.MaxValue : (1UL << Width) - 1;
}
