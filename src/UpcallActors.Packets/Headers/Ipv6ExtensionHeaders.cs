namespace UpcallActors.Packets;

/// <summary>
/// Which IPv6 extension headers a packet has and whether they stand in the order RFC 2460 prefers, as
/// <c>get_ipv6_ext_hdrs</c> in the kernel sums it up; the value of <c>OVS_KEY_ATTR_IPV6_EXTHDRS</c>.
/// </summary>
internal static class Ipv6ExtensionHeaders
{
    private const ushort NoNext = 1 << 0;
    private const ushort Authentication = 1 << 2;
    private const ushort Destination = 1 << 3;
    private const ushort Fragment = 1 << 4;
    private const ushort Router = 1 << 5;
    private const ushort HopByHop = 1 << 6;
    private const ushort Repeated = 1 << 7;
    private const ushort OutOfSequence = 1 << 8;
    private const ushort Esp = 1 << 1;

    /// <summary>Reads the flags of a packet that starts with a whole IPv6 header.</summary>
    public static ushort Read(ReadOnlySpan<byte> network)
    {
        ushort flags = 0;
        int destinationHeaders = 0;
        byte next = network[6];
        int offset = Ipv6Extraction.HeaderLength;
        while (IpProtocols.IsExtensionHeader(next))
        {
            if (next == IpProtocols.None)
                return (ushort)(flags | NoNext);
            flags = Add(flags, next, ref destinationHeaders);
            if (network.Length - offset < 2)
                return flags;

            // The kernel walks on by ipv6_optlen here, whatever the header: so do we, its authentication and fragment headers included.
            next = network[offset];
            offset += (network[offset + 1] + 1) * 8;
        }

        return flags;
    }

    private static ushort Add(ushort flags, byte header, ref int destinationHeaders)
    {
        switch (header)
        {
            case IpProtocols.Authentication:
                return Mark(flags, Authentication, HopByHop | Destination | Router | Fragment, destinationHeaders);
            case IpProtocols.Fragment:
                return Mark(flags, Fragment, HopByHop | Destination | Router, destinationHeaders);
            case IpProtocols.Routing:
                return Mark(flags, Router, HopByHop | Destination, destinationHeaders);
            case IpProtocols.DestinationOptions:
                return MarkDestination(flags, destinationHeaders++);
            default:
                if ((flags & HopByHop) != 0)
                    flags |= Repeated;
                return (ushort)(flags | (flags == 0 ? HopByHop : OutOfSequence));
        }
    }

    private static ushort Mark(ushort flags, ushort header, int mayPrecede, int destinationHeaders)
    {
        if ((flags & header) != 0)
            flags |= Repeated;
        if ((flags & ~(mayPrecede | Repeated)) != 0 || destinationHeaders >= 2)
            flags |= OutOfSequence;
        return (ushort)(flags | header);
    }

    private static ushort MarkDestination(ushort flags, int seen)
    {
        if (seen == 0)
        {
            if ((flags & ~(HopByHop | Repeated)) != 0)
                flags |= OutOfSequence;
            return (ushort)(flags | Destination);
        }

        if (seen > 1)
            return (ushort)(flags | Repeated);
        return (flags & ~(HopByHop | Destination | Router | Fragment | Authentication | Esp | Repeated)) != 0
            ? (ushort)(flags | OutOfSequence)
            : flags;
    }
}
