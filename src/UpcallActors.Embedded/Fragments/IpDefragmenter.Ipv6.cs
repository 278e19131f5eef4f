using System.Buffers.Binary;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <content>IPv6: <c>nf_ct_frag6_gather</c>, <c>nf_ct_frag6_queue</c>, <c>nf_ct_frag6_reasm</c>.</content>
internal sealed partial class IpDefragmenter
{
    private DefragmentationOutcome AddIpv6(ReadOnlySpan<byte> frame, int networkOffset, ushort zone, uint inPort, long now,
        Span<byte> destination, out Reassembly reassembly)
    {
        reassembly = default;
        ReadOnlySpan<byte> ip = frame[networkOffset..];
        if (ip.Length < Ipv6Header.Length || ip[0] >> 4 != 6)
            return DefragmentationOutcome.Malformed;
        int payload = BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        // A jumbogram has no fragment header worth the name.
        if (payload == 0)
            return DefragmentationOutcome.Unchanged;
        if (payload > ip.Length - Ipv6Header.Length)
            return DefragmentationOutcome.Malformed;
        ip = ip[..(Ipv6Header.Length + payload)];
        if (!Ipv6Header.TryFindFragmentHeader(ip, out int fragmentOffset, out int nextHeaderOffset) || LacksUpperLayer(ip, fragmentOffset))
            return DefragmentationOutcome.Unchanged;

        ReadOnlySpan<byte> fragment = ip[fragmentOffset..];
        UInt128 destinationAddress = BinaryPrimitives.ReadUInt128BigEndian(ip[24..]);
        var key = new FragmentKey(
            BinaryPrimitives.ReadUInt128BigEndian(ip[8..]),
            destinationAddress,
            BinaryPrimitives.ReadUInt32BigEndian(fragment[4..]),
            zone,
            IsScopedByLink(destinationAddress) ? inPort : 0);
        int field = BinaryPrimitives.ReadUInt16BigEndian(fragment[2..]);
        int offset = field & Ipv6Header.OffsetMask;
        bool more = (field & Ipv6Header.MoreFragments) != 0;
        int headersLength = fragmentOffset + Ipv6Header.FragmentHeaderLength;
        int end = offset + ip.Length - headersLength;
        if (end > Ipv6Header.MaxPayload)
            return DefragmentationOutcome.TooLong;

        FragmentQueue queue = _ipv6.FindOrCreate(in key, now);
        // The kernel gives the datagram up and lets this fragment through.
        if (more && (end & 7) != 0)
            return GiveUp(_ipv6, queue, DefragmentationOutcome.Unchanged);
        if (!TryMoveEnd(queue, end, more))
            return KeepWithout(queue, DefragmentationOutcome.InconsistentLength);
        if (end == offset)
            return KeepWithout(queue, DefragmentationOutcome.Malformed);

        FragmentPlace place = queue.Place(offset, end, out int run);
        if (place == FragmentPlace.Duplicate)
            return DefragmentationOutcome.Duplicate;
        if (place == FragmentPlace.Overlap)
            return GiveUp(_ipv6, queue, DefragmentationOutcome.Overlap);
        ReadOnlySpan<byte> headers = offset == 0 ? frame[..(networkOffset + fragmentOffset)] : default;
        if (!_ipv6.TryStore(queue, place, run, offset, ip[headersLength..], headers))
            return GiveUp(_ipv6, queue, DefragmentationOutcome.NoMemory);
        Account(queue, offset, end, networkOffset, size: payload, ecn: (byte)(BinaryPrimitives.ReadUInt16BigEndian(ip) >> 4));
        if (offset == 0)
        {
            queue.NextHeaderOffset = nextHeaderOffset;
            queue.NextHeader = fragment[0];
        }

        return queue.IsComplete
            ? GiveUp(_ipv6, queue, FinishIpv6(queue, destination, out reassembly))
            : DefragmentationOutcome.Queued;
    }

    private DefragmentationOutcome FinishIpv6(FragmentQueue queue, Span<byte> destination, out Reassembly reassembly)
    {
        reassembly = default;
        if (!TryCombineEcn(queue.Ecn, out byte mark))
            return DefragmentationOutcome.EcnMismatch;
        int length = queue.Headers.Length + queue.End;
        int payload = length - queue.NetworkOffset - Ipv6Header.Length;
        if (payload > Ipv6Header.MaxPayload || length > destination.Length)
            return DefragmentationOutcome.TooLong;
        _ipv6.Gather(queue, destination);
        Span<byte> ip = destination[queue.NetworkOffset..length];
        ip[1] |= (byte)(mark << 4);
        ip[queue.NextHeaderOffset] = queue.NextHeader;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)payload);
        reassembly = new Reassembly(length, queue.NetworkOffset, (ushort)(Ipv6Header.Length + queue.MaxSize));
        return DefragmentationOutcome.Reassembled;
    }

    /// <summary>Whether a first fragment ends before its upper-layer header does (<c>ipv6frag_thdr_truncated</c>).</summary>
    private static bool LacksUpperLayer(ReadOnlySpan<byte> ip, int fragmentOffset)
    {
        int offset = fragmentOffset;
        byte protocol = IpProtocols.Fragment;
        if (!Ipv6Header.TrySkipExtensions(ip, ref offset, ref protocol, out ushort at) || at != 0)
            return false;
        return offset + protocol switch { 6 => 20, 17 or 58 => 8, _ => 1 } > ip.Length;
    }

    private static bool IsScopedByLink(UInt128 address) => (address >> 120) == 0xff || (address >> 118) == 0x3fa;

    /// <summary>Drops a fragment but not its datagram; one that has nothing else is not worth a queue.</summary>
    private DefragmentationOutcome KeepWithout(FragmentQueue queue, DefragmentationOutcome outcome)
    {
        if (queue.Runs.IsEmpty)
            _ipv6.Remove(queue);
        return outcome;
    }
}
