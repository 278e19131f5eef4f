using System.Buffers.Binary;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Splits one frame into IP fragments that repeat its L2 header, as <c>ovs_fragment</c> does at output through
/// <c>ip_do_fragment</c> and <c>ip6_fragment</c>. Borrows the frame; each fragment goes into memory of the caller.
/// </summary>
/// <remarks>
/// Always the kernel's slow path, which cuts by the MRU. Where a packet never left the kernel, the kernel keeps the
/// cuts of the fragments received if they fit: the same, unless a sender cut its fragments unevenly.
/// IPv4 options stay on every fragment (<c>prepare_frag</c> clears what <c>ip_options_fragment</c> goes by), DF is cleared.
/// </remarks>
internal ref struct IpFragmenter
{
    private const int MaxL2Length = 30;
    private readonly ReadOnlySpan<byte> _frame;
    private readonly int _networkOffset;
    private readonly int _headerLength;
    private readonly int _nextHeaderOffset;
    private readonly uint _identification;
    private readonly ushort _fragmentsBefore;
    private readonly int _room;
    private readonly bool _isIpv6;
    private int _done;

    private IpFragmenter(ReadOnlySpan<byte> frame, int networkOffset, int headerLength, int nextHeaderOffset, int room, uint identification,
        bool isIpv6)
    {
        _frame = frame;
        _networkOffset = networkOffset;
        _headerLength = headerLength;
        _nextHeaderOffset = nextHeaderOffset;
        _room = room & ~7;
        _identification = identification;
        _isIpv6 = isIpv6;
        _fragmentsBefore = isIpv6
            ? (ushort)0
            : (ushort)(BinaryPrimitives.ReadUInt16BigEndian(frame[(networkOffset + 6)..]) & ~Ipv4Header.DontFragment);
        RoomOfLast = room;
    }

    private readonly int RoomOfLast { get; }

    /// <summary>
    /// Looks at the frame whose IP header starts at <paramref name="networkOffset"/>; what is in front of it, tags included,
    /// is repeated, 30 bytes at most (the kernel keeps the outer tag beside its frame). <paramref name="mru"/> and
    /// <paramref name="mtu"/> are L3 lengths; <paramref name="identification"/> is for IPv6, where the kernel takes a
    /// random one that is not 0 (<c>ipv6_select_ident</c>), and unused for IPv4.
    /// </summary>
    public static FragmentationError TryCreate(ReadOnlySpan<byte> frame, int networkOffset, ushort etherType, int mru, int mtu,
        uint identification, out IpFragmenter fragmenter)
    {
        fragmenter = default;
        if (networkOffset < 0 || networkOffset > frame.Length)
            return FragmentationError.Malformed;
        if (networkOffset > MaxL2Length)
            return FragmentationError.L2HeaderTooLong;
        if (mru > mtu)
            return FragmentationError.MruAboveMtu;
        return etherType switch
        {
            EtherTypes.Ipv4 => TryCreateIpv4(frame, networkOffset, mru, out fragmenter),
            EtherTypes.Ipv6 => TryCreateIpv6(frame, networkOffset, mru, identification, out fragmenter),
            _ => FragmentationError.NotIp,
        };
    }

    /// <summary>
    /// Writes the next fragment, L2 header included; false when all are written, or when the destination is too small
    /// (then <paramref name="length"/> is what it needs to hold; with all written it is 0).
    /// </summary>
    public bool TryNext(Span<byte> destination, out int length)
    {
        int start = _networkOffset + _headerLength;
        int left = _frame.Length - start - _done;
        length = 0;
        if (left <= 0)
            return false;
        int data = left <= RoomOfLast ? left : _room;
        int header = _isIpv6 ? _headerLength + Ipv6Header.FragmentHeaderLength : _headerLength;
        length = _networkOffset + header + data;
        if (destination.Length < length)
            return false;
        _frame[..start].CopyTo(destination);
        _frame.Slice(start + _done, data).CopyTo(destination[(_networkOffset + header)..]);
        Span<byte> ip = destination[_networkOffset..length];
        if (_isIpv6)
            WriteIpv6Header(ip, data < left);
        else
            WriteIpv4Header(ip, data < left);
        _done += data;
        return true;
    }

    private static FragmentationError TryCreateIpv4(ReadOnlySpan<byte> frame, int networkOffset, int mru, out IpFragmenter fragmenter)
    {
        fragmenter = default;
        if (!Ipv4Header.TryGetLength(frame[networkOffset..], out int headerLength))
            return FragmentationError.Malformed;
        if (mru < headerLength + 8)
            return FragmentationError.MruTooSmall;
        fragmenter = new IpFragmenter(frame, networkOffset, headerLength, 0, mru - headerLength, 0, isIpv6: false);
        return FragmentationError.None;
    }

    private static FragmentationError TryCreateIpv6(ReadOnlySpan<byte> frame, int networkOffset, int mru, uint identification,
        out IpFragmenter fragmenter)
    {
        fragmenter = default;
        if (!Ipv6Header.TryFindFragmentable(frame[networkOffset..], out int headerLength, out int nextHeaderOffset))
            return FragmentationError.Malformed;
        // ip6_fragment never cuts smaller than IPv6's minimum MTU, whatever was received.
        int room = Math.Max(mru, Ipv6Header.MinimumMtu) - headerLength - Ipv6Header.FragmentHeaderLength;
        if (room < 8)
            return FragmentationError.MruTooSmall;
        fragmenter = new IpFragmenter(frame, networkOffset, headerLength, nextHeaderOffset, room, identification, isIpv6: true);
        return FragmentationError.None;
    }

    private readonly void WriteIpv4Header(Span<byte> ip, bool more)
    {
        // A frame that is itself a fragment keeps its own offset and "more" bit.
        int field = (_fragmentsBefore & Ipv4Header.MoreFragments) | ((((_fragmentsBefore & Ipv4Header.OffsetMask) << 3) + _done) >> 3);
        if (more)
            field |= Ipv4Header.MoreFragments;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], (ushort)field);
        Ipv4Header.WriteChecksum(ip[.._headerLength]);
    }

    private readonly void WriteIpv6Header(Span<byte> ip, bool more)
    {
        Span<byte> fragment = ip[_headerLength..];
        fragment[0] = ip[_nextHeaderOffset];
        fragment[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(fragment[2..], (ushort)(_done | (more ? Ipv6Header.MoreFragments : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(fragment[4..], _identification);
        ip[_nextHeaderOffset] = IpProtocols.Fragment;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(ip.Length - Ipv6Header.Length));
    }
}
