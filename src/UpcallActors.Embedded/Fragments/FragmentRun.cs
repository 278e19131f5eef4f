namespace UpcallActors.Embedded;

/// <summary>Adjacent bytes of a datagram that arrived in order.</summary>
internal struct FragmentRun
{
    internal int Offset;
    internal FragmentChain Data;

    internal readonly int End => Offset + Data.Length;
}
