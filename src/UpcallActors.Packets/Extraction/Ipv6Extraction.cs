using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>Reads IPv6 with its extension headers: <c>parse_ipv6hdr</c> and <c>ipv6_find_hdr</c> in the kernel.</summary>
internal static class Ipv6Extraction
{
    public const int HeaderLength = 40;
    private const int NextHeaderOffset = 6;
    private const int FragmentOffsetMask = 0xfff8;

    /// <summary>How a walk over the extension headers ended.</summary>
    private enum Walk
    {
        Upper,
        LaterFragment,
        Broken,
    }

    public static void Extract(ReadOnlySpan<byte> network, ref FlowKey key, ref PacketLayout layout)
    {
        if (network.Length < HeaderLength)
            return;
        uint first = BinaryPrimitives.ReadUInt32BigEndian(network);
        key.NwProto = IpProtocols.None;
        key.NwTos = (byte)(first >> 20);
        key.NwTtl = network[7];
        key.Ipv6Label = first & 0xf_ffff;
        key.Ipv6Src = BinaryPrimitives.ReadUInt128BigEndian(network[8..]);
        key.Ipv6Dst = BinaryPrimitives.ReadUInt128BigEndian(network[24..]);
        layout = layout with { ExtensionHeaders = Ipv6ExtensionHeaders.Read(network) };

        Walk end = FindUpperLayer(network, out byte protocol, out int offset, out bool isFragment);
        if (end == Walk.LaterFragment)
        {
            key.NwFrag = FlowKey.FragAny | FlowKey.FragLater;
            key.NwProto = IpProtocols.Fragment;
            return;
        }

        key.NwFrag = isFragment ? FlowKey.FragAny : (byte)0;
        if (end == Walk.Broken)
            return;
        key.NwProto = protocol;
        layout = layout with { TransportOffset = layout.NetworkOffset + offset };
        TransportExtraction.Extract(network[offset..], IpProtocols.Icmpv6, ref key);
    }

    /// <summary>
    /// Whether a routing header with segments left stands in front of the upper layer (it keeps checksums from covering the destination).
    /// </summary>
    public static bool HasActiveRoutingHeader(ReadOnlySpan<byte> network)
    {
        byte next = network[NextHeaderOffset];
        int offset = HeaderLength;
        while (IpProtocols.IsExtensionHeader(next) && next != IpProtocols.None && network.Length - offset >= 8)
        {
            if (next == IpProtocols.Routing && network[offset + 3] != 0)
                return true;
            int length = HeaderLengthOf(next, network[offset + 1]);
            if (network.Length - offset < length)
                return false;
            next = network[offset];
            offset += length;
        }

        return false;
    }

    private static Walk FindUpperLayer(ReadOnlySpan<byte> network, out byte protocol, out int offset, out bool isFragment)
    {
        protocol = network[NextHeaderOffset];
        offset = HeaderLength;
        isFragment = false;
        while (IpProtocols.IsExtensionHeader(protocol) && protocol != IpProtocols.None)
        {
            // A routing header is read up to "segments left", any other up to its length byte.
            ReadOnlySpan<byte> header = network[offset..];
            if (header.Length < (protocol == IpProtocols.Routing ? 4 : 2))
                return Walk.Broken;
            if (protocol == IpProtocols.Fragment)
            {
                isFragment = true;
                if (header.Length < 4)
                    return Walk.Broken;
                if ((BinaryPrimitives.ReadUInt16BigEndian(header[2..]) & FragmentOffsetMask) != 0)
                {
                    // Behind a later fragment's header the kernel expects no further extension
                    // header: it then knows no offset, and calls the fragment a first one.
                    bool upperFollows = !IpProtocols.IsExtensionHeader(header[0]) || header[0] == IpProtocols.None;
                    return upperFollows ? Walk.LaterFragment : Walk.Broken;
                }
            }

            int length = HeaderLengthOf(protocol, header[1]);
            if (header.Length < length)
                return Walk.Broken;
            protocol = header[0];
            offset += length;
        }

        return Walk.Upper;
    }

    /// <summary><c>ipv6_optlen</c>, <c>ipv6_authlen</c>, and the fragment header's fixed length.</summary>
    public static int HeaderLengthOf(byte protocol, byte lengthField) => protocol switch
    {
        IpProtocols.Fragment => 8,
        IpProtocols.Authentication => (lengthField + 2) * 4,
        _ => (lengthField + 1) * 8,
    };
}
