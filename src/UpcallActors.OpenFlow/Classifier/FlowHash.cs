using System.Runtime.CompilerServices;

namespace UpcallActors.OpenFlow;

/// <summary>
/// The hash of a flow, word by word, so that a staged lookup goes on where the stage before left off. Only rules, which their owner chooses, are
/// stored by it, so it need not withstand chosen input.
/// </summary>
internal static class FlowHash
{
    /// <summary>The hash of no words.</summary>
    public const ulong Seed = 0x9e3779b97f4a7c15;

    private const ulong Factor = 0xd6e8feb86659fd93;

    /// <summary>The hash with one word more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong hash, ulong word)
    {
        hash = (hash ^ word) * Factor;
        return (hash ^ (hash >> 32)) * Seed;
    }
}
