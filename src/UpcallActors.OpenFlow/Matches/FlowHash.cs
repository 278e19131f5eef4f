using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace UpcallActors.OpenFlow;

/// <summary>
/// The hash of a flow, word by word, so that each stage of a lookup continues from the previous one. Its start is secret, so that a sender
/// cannot make packets that look like a rule's to the stages, which would cost flows. Fewer steps than
/// <see cref="UpcallActors.Packets.KeyedHash"/>, since each lookup takes it once per subtable; only rules, which their owner chooses, are
/// stored by it.
/// </summary>
internal static class FlowHash
{
    /// <summary>The hash of no words.</summary>
    public static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private const ulong Factor = 0xd6e8feb86659fd93;
    private const ulong SecondFactor = 0x9e3779b97f4a7c15;

    /// <summary>The hash with one word more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong hash, ulong word)
    {
        hash = (hash ^ word) * Factor;
        return (hash ^ (hash >> 32)) * SecondFactor;
    }
}
