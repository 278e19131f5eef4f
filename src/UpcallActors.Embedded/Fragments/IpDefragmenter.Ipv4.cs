using System.Buffers.Binary;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <content>IPv4: <c>ip_frag_queue</c> and <c>ip_frag_reasm</c>.</content>
internal sealed partial class IpDefragmenter
{
    private DefragmentationOutcome AddIpv4(ReadOnlySpan<byte> frame, int networkOffset, ushort zone, long now, Span<byte> destination,
        out Reassembly reassembly)
    {
        reassembly = default;
        ReadOnlySpan<byte> ip = frame[networkOffset..];
        if (!Ipv4Header.TryGetLength(ip, out int headerLength))
            return DefragmentationOutcome.Malformed;
        int total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (total < headerLength)
            return DefragmentationOutcome.Malformed;
        ip = ip[..Math.Min(total, ip.Length)];
        ushort field = BinaryPrimitives.ReadUInt16BigEndian(ip[6..]);
        int offset = (field & Ipv4Header.OffsetMask) << 3;
        bool more = (field & Ipv4Header.MoreFragments) != 0;
        if (offset == 0 && !more)
            return DefragmentationOutcome.Unchanged;

        var key = new FragmentKey(
            BinaryPrimitives.ReadUInt32BigEndian(ip[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(ip[16..]),
            BinaryPrimitives.ReadUInt16BigEndian(ip[4..]),
            ((uint)ip[9] << 16) | zone,
            0);
        FragmentQueue queue = _ipv4.FindOrCreate(in key, now);
        int end = offset + ip.Length - headerLength;
        // A middle piece loses what exceeds a multiple of 8; IPv6 refuses it instead.
        if (more)
            end &= ~7;
        if (!TryMoveEnd(queue, end, more))
            return GiveUp(_ipv4, queue, DefragmentationOutcome.InconsistentLength);
        if (end <= offset)
            return GiveUp(_ipv4, queue, DefragmentationOutcome.Malformed);

        FragmentPlace place = queue.Place(offset, end, out int run);
        if (place == FragmentPlace.Duplicate)
            return DefragmentationOutcome.Duplicate;
        if (place == FragmentPlace.Overlap)
            return GiveUp(_ipv4, queue, DefragmentationOutcome.Overlap);
        ReadOnlySpan<byte> headers = offset == 0 ? frame[..(networkOffset + headerLength)] : default;
        if (!_ipv4.TryStore(queue, place, run, offset, ip.Slice(headerLength, end - offset), headers))
            return GiveUp(_ipv4, queue, DefragmentationOutcome.NoMemory);
        Account(queue, offset, end, networkOffset, size: end - offset + headerLength, ecn: ip[1]);
        if ((field & Ipv4Header.DontFragment) != 0)
            queue.MaxDontFragmentSize = Math.Max(queue.MaxDontFragmentSize, end - offset + headerLength);
        return queue.IsComplete
            ? GiveUp(_ipv4, queue, FinishIpv4(queue, destination, out reassembly))
            : DefragmentationOutcome.Queued;
    }

    private DefragmentationOutcome FinishIpv4(FragmentQueue queue, Span<byte> destination, out Reassembly reassembly)
    {
        reassembly = default;
        if (!TryCombineEcn(queue.Ecn, out byte mark))
            return DefragmentationOutcome.EcnMismatch;
        int headerLength = queue.Headers.Length - queue.NetworkOffset;
        int length = queue.Headers.Length + queue.End;
        if (headerLength + queue.End > MaxIpv4Length || length > destination.Length)
            return DefragmentationOutcome.TooLong;
        _ipv4.Gather(queue, destination);
        Span<byte> ip = destination[queue.NetworkOffset..length];
        ip[1] |= mark;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        // DF stays only if the largest fragment had it, so that no tiny fragment forbids the rest.
        bool keepDontFragment = queue.MaxDontFragmentSize == queue.MaxSize;
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], keepDontFragment ? Ipv4Header.DontFragment : (ushort)0);
        Ipv4Header.WriteChecksum(ip[..headerLength]);
        reassembly = new Reassembly(length, queue.NetworkOffset, (ushort)queue.MaxSize);
        return DefragmentationOutcome.Reassembled;
    }

    private static bool TryMoveEnd(FragmentQueue queue, int end, bool more)
    {
        if (!more)
        {
            if (end < queue.End || (queue.HasLast && end != queue.End))
                return false;
            queue.HasLast = true;
            queue.End = end;
        }
        else if (end > queue.End)
        {
            if (queue.HasLast)
                return false;
            queue.End = end;
        }

        return true;
    }

    private static void Account(FragmentQueue queue, int offset, int end, int networkOffset, int size, byte ecn)
    {
        queue.Received += end - offset;
        queue.MaxSize = Math.Max(queue.MaxSize, size);
        queue.Ecn |= (byte)(1 << (ecn & 3));
        if (offset == 0)
        {
            queue.HasFirst = true;
            queue.NetworkOffset = networkOffset;
        }
    }
}
