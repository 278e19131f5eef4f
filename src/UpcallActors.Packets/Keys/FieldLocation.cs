using System.Runtime.CompilerServices;

namespace UpcallActors.Packets;

/// <summary>
/// Where a field lies in a <see cref="FlowKey"/>: the word, how far up in it, and how many bits. A field of 128 bits takes
/// two whole words, the more significant half first. Inlined by force: a method that reads many fields uses up the compiler's
/// budget, and what should be a shift and a mask by constants would be calls.
/// </summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly record struct FieldLocation(byte Word, byte Shift, byte Width)
{
    /// <summary>As many low bits as the field is wide (64 at most).</summary>
    public ulong LowMask
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Width >= 64 ? ulong.MaxValue : (1UL << Width) - 1;
    }
}
