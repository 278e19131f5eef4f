using System.Text;

namespace UpcallActors.Odp;

/// <summary>Names on the wire: bytes up to a NUL or the attribute's end.</summary>
internal static class NetlinkName
{
    internal static string Read(ReadOnlySpan<byte> payload)
    {
        int end = payload.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? payload : payload[..end]);
    }
}
