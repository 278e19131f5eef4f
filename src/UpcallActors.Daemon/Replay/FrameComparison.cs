using System.Buffers.Binary;
using System.Globalization;

namespace UpcallActors.Daemon.Replay;

/// <summary>
/// Compares the frames sent on a port with those that the kernel sent there. They must have the same bytes, and frames with the same
/// Ethernet header (addresses, tags, type) the same order. Frames of different headers may overtake each other, as they do in the kernel:
/// one that comes up waits for user space, while another finds its flow and does not. Only the identification of IPv6 fragments may differ,
/// because the kernel chooses a random one for each packet that it fragments (<c>ip6_fragment</c>). There, one recorded value must always
/// match one of ours, and the reverse.
/// </summary>
internal sealed class FrameComparison(string port)
{
    private const int EthernetHeader = 14;
    private const int TypeOffset = 12;
    private const int TypeLength = 2;
    private const int TagLength = 4;
    private const int Ipv6HeaderLength = 40;
    private const int Ipv6NextHeader = 6;
    private const int FragmentHeaderLength = 8;
    private const int IdentificationOffset = 4;
    private const int HopByHop = 0;
    private const int Routing = 43;
    private const int Fragment = 44;
    private const int DestinationOptions = 60;

    private readonly Dictionary<uint, uint> _oursByRecorded = [];
    private readonly Dictionary<uint, uint> _recordedByOurs = [];

    /// <summary>Compares all frames of a port.</summary>
    /// <returns>What differs first, for a person; null when nothing does.</returns>
    public string? Compare(IReadOnlyList<ReadOnlyMemory<byte>> recorded, IReadOnlyList<ReadOnlyMemory<byte>> ours)
    {
        Dictionary<string, List<ReadOnlyMemory<byte>>> oursByHeader = ByHeader(ours);
        foreach ((string header, List<ReadOnlyMemory<byte>> theirs) in ByHeader(recorded))
        {
            if (!oursByHeader.Remove(header, out List<ReadOnlyMemory<byte>>? mine))
                mine = [];
            if (CompareFrames(header, theirs, mine) is { } difference)
                return difference;
        }

        return oursByHeader.Count == 0 ? null : $"{port}: frames {oursByHeader.First().Key}, of which the kernel put out none";
    }

    private string? CompareFrames(string header, List<ReadOnlyMemory<byte>> recorded, List<ReadOnlyMemory<byte>> ours)
    {
        for (int frame = 0; frame < Math.Min(recorded.Count, ours.Count); frame++)
        {
            if (CompareFrame(recorded[frame].Span, ours[frame].Span) is { } difference)
                return string.Create(CultureInfo.InvariantCulture, $"{port}: frame {frame + 1} of {recorded.Count} {header} {difference}");
        }

        return recorded.Count == ours.Count
            ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"{port}: {ours.Count} frames {header}, of which the kernel put out {recorded.Count}");
    }

    private static Dictionary<string, List<ReadOnlyMemory<byte>>> ByHeader(IReadOnlyList<ReadOnlyMemory<byte>> frames) =>
        frames.GroupBy(frame => Header(frame.Span)).ToDictionary(group => group.Key, group => group.ToList());

    /// <summary>Addresses, tags and type, for a person too: <c>to 33:33:… from 6a:3d:… 8100 0064 86dd</c> without the colons.</summary>
    private static string Header(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader)
            return $"of {frame.Length} bytes";
        int end = EndOfTags(frame);
        return $"to {Convert.ToHexStringLower(frame[..6])} from {Convert.ToHexStringLower(frame[6..12])} type "
            + $"{Convert.ToHexStringLower(frame[TypeOffset..end])}";
    }

    private string? CompareFrame(ReadOnlySpan<byte> recorded, ReadOnlySpan<byte> ours)
    {
        if (recorded.Length != ours.Length)
            return $"has {ours.Length} bytes, the kernel's {recorded.Length}";
        int same = recorded.CommonPrefixLength(ours);
        if (same == recorded.Length)
            return null;
        int identification = FindIdentification(recorded);
        if (identification < 0 || identification != FindIdentification(ours) || same < identification)
            return $"differs from byte {same} on";
        int after = identification + sizeof(uint);
        if (!recorded[after..].SequenceEqual(ours[after..]))
            return $"differs from byte {after + recorded[after..].CommonPrefixLength(ours[after..])} on";
        uint theirs = BinaryPrimitives.ReadUInt32BigEndian(recorded[identification..]);
        uint mine = BinaryPrimitives.ReadUInt32BigEndian(ours[identification..]);
        _oursByRecorded.TryAdd(theirs, mine);
        _recordedByOurs.TryAdd(mine, theirs);
        return _oursByRecorded[theirs] == mine && _recordedByOurs[mine] == theirs
            ? null
            : "belongs to another packet by its fragment identification";
    }

    /// <summary>Where the Ethernet header with its tags ends, for a frame of 14 bytes or more.</summary>
    private static int EndOfTags(ReadOnlySpan<byte> frame)
    {
        int end = EthernetHeader;
        while (frame.Length >= end + TagLength && BinaryPrimitives.ReadUInt16BigEndian(frame[(end - TypeLength)..]) is 0x8100 or 0x88a8)
            end += TagLength;
        return end;
    }

    /// <summary>Where the identification of an IPv6 fragment lies, or -1.</summary>
    private static int FindIdentification(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader + Ipv6HeaderLength)
            return -1;
        int ip = EndOfTags(frame);
        if (frame.Length < ip + Ipv6HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(frame[(ip - TypeLength)..]) != 0x86dd)
            return -1;
        int type = frame[ip + Ipv6NextHeader];
        int header = ip + Ipv6HeaderLength;
        while (frame.Length >= header + FragmentHeaderLength)
        {
            switch (type)
            {
                case Fragment:
                    return header + IdentificationOffset;
                case HopByHop or Routing or DestinationOptions:
                    type = frame[header];
                    header += (frame[header + 1] + 1) * 8;
                    break;
                default:
                    return -1;
            }
        }

        return -1;
    }
}
