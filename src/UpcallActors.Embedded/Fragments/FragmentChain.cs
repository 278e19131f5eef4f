namespace UpcallActors.Embedded;

/// <summary>Bytes in a chain of <see cref="FragmentBlocks"/>. First and last mean something only while there are bytes.</summary>
internal struct FragmentChain
{
    internal int First;
    internal int Last;
    internal int Length;
}
