using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Completes checksums that a sender left to its network device, as <c>skb_checksum_help</c> does: a host behind a veth leaves all of them.
/// Without checksums the receivers would drop its frames, and so would connection tracking.
/// </summary>
internal static class ChecksumCompletion
{
    private const int SctpChecksumOffset = 8;

    /// <summary>Completes the checksum of a whole frame in place; does nothing if its sender did so itself.</summary>
    public static OffloadError Complete(Span<byte> frame, in VirtioNetHeader offload)
    {
        if ((offload.Flags & VirtioNetHeader.NeedsChecksum) == 0)
            return OffloadError.None;
        int place = offload.ChecksumStart + offload.ChecksumOffset;
        if (place + sizeof(ushort) > frame.Length)
            return OffloadError.ChecksumOutside;
        Span<byte> covered = frame[offload.ChecksumStart..];
        if (offload.ChecksumOffset == SctpChecksumOffset && IsSctp(frame, offload.ChecksumStart))
            SctpChecksum.Write(covered, SctpChecksum.Compute(covered));
        else
            Write(covered[offload.ChecksumOffset..], InternetChecksum.Compute(covered));
        return OffloadError.None;
    }

    /// <summary>Writes a transport checksum: where it comes out as 0, which to UDP means "none", the other form of 0.</summary>
    internal static void Write(Span<byte> target, ushort checksum) =>
        BinaryPrimitives.WriteUInt16BigEndian(target, checksum == 0 ? ushort.MaxValue : checksum);

    /// <summary>
    /// SCTP's checksum is not the Internet's, which the kernel remembers beside the frame (<c>csum_not_inet</c>) and does not tell.
    /// </summary>
    private static bool IsSctp(ReadOnlySpan<byte> frame, int transportOffset)
    {
        const int SctpHeaderLength = 12;
        var key = default(FlowKey);
        return frame.Length >= transportOffset + SctpHeaderLength
            && KeyExtraction.TryExtract(frame, ref key, out PacketLayout layout)
            && key.NwProto == IpProtocols.Sctp && layout.TransportOffset == transportOffset;
    }
}
