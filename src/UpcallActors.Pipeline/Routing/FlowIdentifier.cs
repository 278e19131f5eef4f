using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace UpcallActors.Pipeline;

/// <summary>
/// Hashes flow keys to 128 bits under a secret of this process, so that a sender cannot make flows collide. The hash finds duplicates and
/// becomes the flow's UFID.
/// </summary>
internal static class FlowIdentifier
{
    private static readonly long Secret = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));

    /// <summary>Hashes a key's attributes as the datapath sent them.</summary>
    public static UInt128 Hash(ReadOnlySpan<byte> keyAttributes) => XxHash128.HashToUInt128(keyAttributes, Secret);
}
