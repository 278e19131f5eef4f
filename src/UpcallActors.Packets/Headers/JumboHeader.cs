using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>
/// The hop-by-hop header that says how long an IPv6 packet of more than 65,535 bytes is (RFC 2675). A Linux host with BIG TCP has it in
/// front of the TCP header of what it leaves to its device to cut; it never goes on the wire (<c>ipv6_hopopt_jumbo_remove</c>).
/// </summary>
internal static class JumboHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 8;

    private const byte HopByHop = 0;
    private const byte JumboOption = 0xc2;

    /// <summary>
    /// Takes the header out, if it is there: what is in front of it moves towards it. The frame without it, in the same memory.
    /// </summary>
    public static Span<byte> Remove(Span<byte> frame)
    {
        var key = default(FlowKey);
        if (!KeyExtraction.TryExtract(frame, ref key, out PacketLayout layout) || key.EthType != EtherTypes.Ipv6)
            return frame;
        Span<byte> ip = frame[layout.NetworkOffset..];
        if (ip.Length < Ipv6Extraction.HeaderLength + Length || BinaryPrimitives.ReadUInt16BigEndian(ip[4..]) != 0 || ip[6] != HopByHop)
            return frame;
        ReadOnlySpan<byte> header = ip.Slice(Ipv6Extraction.HeaderLength, Length);
        if (header[1] != 0 || header[2] != JumboOption || header[3] != sizeof(uint))
            return frame;
        ip[6] = header[0];
        int front = layout.NetworkOffset + Ipv6Extraction.HeaderLength;
        frame[..front].CopyTo(frame[Length..]);
        return frame[Length..];
    }
}
