using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Ofproto;

/// <summary>
/// A whole prefix, from the top bit on, in <see cref="PrefixNodes"/>. Without rules it exists only where two branches part.
/// </summary>
internal struct PrefixNode
{
    /// <summary>Its first 64 bits.</summary>
    public ulong High;

    /// <summary>The node of the prefixes that go on with a 0, 0 for none.</summary>
    public int Zero;

    /// <summary>The node of the prefixes that go on with a 1, 0 for none.</summary>
    public int One;

    /// <summary>How many rules have the prefix. The writer's alone.</summary>
    public int Rules;

    /// <summary>Its bits.</summary>
    public byte Length;

    /// <summary>The node of the prefixes that go on with a bit.</summary>
    [UnscopedRef]
    public ref int Branch(bool isOne) => ref isOne ? ref One : ref Zero;
}
