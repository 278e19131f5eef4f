using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>IPv6 header facts (RFC 8200) and the kernel's walks over extension headers.</summary>
internal static class Ipv6Header
{
    internal const int Length = 40;
    internal const int FragmentHeaderLength = 8;
    internal const int MinimumMtu = 1280;
    internal const int MaxPayload = 65535;
    internal const ushort MoreFragments = 1;
    internal const ushort OffsetMask = 0xfff8;

    /// <summary>
    /// Where the part that may be fragmented begins, and which byte names it (<c>ip6_find_1stfragopt</c>): behind
    /// hop-by-hop and routing headers and the destination options in front of these.
    /// </summary>
    internal static bool TryFindFragmentable(ReadOnlySpan<byte> ip, out int offset, out int nextHeaderOffset)
    {
        offset = Length;
        nextHeaderOffset = 6;
        if (ip.Length < Length || ip[0] >> 4 != 6)
            return false;
        bool routed = false;
        while (offset <= ip.Length)
        {
            byte next = ip[nextHeaderOffset];
            routed |= next == IpProtocols.Routing;
            if (next is not (IpProtocols.HopByHop or IpProtocols.Routing or IpProtocols.DestinationOptions)
                || (next == IpProtocols.DestinationOptions && routed))
                return true;
            if (offset + 2 > ip.Length)
                return false;
            nextHeaderOffset = offset;
            offset += (ip[offset + 1] + 1) * 8;
        }

        return false;
    }

    /// <summary>
    /// Where the fragment header is, and which byte names it (<c>find_prev_fhdr</c>). False where there is none.
    /// </summary>
    internal static bool TryFindFragmentHeader(ReadOnlySpan<byte> ip, out int offset, out int nextHeaderOffset)
    {
        offset = Length;
        nextHeaderOffset = 6;
        if (ip.Length < Length || ip[0] >> 4 != 6)
            return false;
        while (ip[nextHeaderOffset] != IpProtocols.Fragment)
        {
            byte next = ip[nextHeaderOffset];
            if (!IpProtocols.IsExtensionHeader(next) || next == IpProtocols.None || offset + 2 > ip.Length)
                return false;
            nextHeaderOffset = offset;
            offset += ExtensionLength(next, ip[offset + 1]);
        }

        return offset + FragmentHeaderLength <= ip.Length;
    }

    /// <summary>
    /// Walks from a header on to the upper layer (<c>ipv6_skip_exthdr</c>). False if the packet ends before. A later
    /// fragment ends the walk at its fragment header: <paramref name="protocol"/> is then 44.
    /// </summary>
    internal static bool TrySkipExtensions(ReadOnlySpan<byte> ip, ref int offset, ref byte protocol, out ushort fragmentOffset)
    {
        fragmentOffset = 0;
        while (IpProtocols.IsExtensionHeader(protocol))
        {
            if (protocol == IpProtocols.None || offset + 2 > ip.Length)
                return false;
            int length = ExtensionLength(protocol, ip[offset + 1]);
            if (protocol == IpProtocols.Fragment)
            {
                if (offset + FragmentHeaderLength > ip.Length)
                    return false;
                length = FragmentHeaderLength;
                fragmentOffset = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(ip[(offset + 2)..]) & OffsetMask);
                if (fragmentOffset != 0)
                    return true;
            }

            protocol = ip[offset];
            offset += length;
        }

        return true;
    }

    private static int ExtensionLength(byte protocol, byte units) =>
        protocol == IpProtocols.Authentication ? (units + 2) * 4 : (units + 1) * 8;
}
