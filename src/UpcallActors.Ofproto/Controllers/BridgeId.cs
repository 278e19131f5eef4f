using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace UpcallActors.Ofproto;

/// <summary>
/// What continuations call a bridge, where Open vSwitch has the UUID of its row in the database. It follows from the name, so that a paused
/// packet goes on behind a restart.
/// </summary>
internal static class BridgeId
{
    /// <summary>The id of a bridge.</summary>
    public static UInt128 Of(string name)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
