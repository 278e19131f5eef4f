using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace UpcallActors.Linux;

/// <summary>
/// Messages about routes (<c>struct rtmsg</c>) and neighbours (<c>struct ndmsg</c>), from <c>include/uapi/linux/rtnetlink.h</c> and
/// <c>neighbour.h</c>: the two questions that are asked, and their answers.
/// </summary>
internal static class RouteMessage
{
    /// <summary><c>RTM_NEWROUTE</c>: a route, as an answer.</summary>
    public const ushort Route = 24;

    /// <summary><c>RTM_GETROUTE</c>: which way a packet to an address would go.</summary>
    public const ushort GetRoute = 26;

    /// <summary><c>RTM_NEWNEIGH</c>: a neighbour, as an answer.</summary>
    public const ushort Neighbour = 28;

    /// <summary><c>RTM_GETNEIGH</c>: what is known of a neighbour.</summary>
    public const ushort GetNeighbour = 30;

    private const int HeaderLength = 12;

    // RTA_*.
    private const ushort RouteDestination = 1;
    private const ushort RouteDevice = 4;
    private const ushort RouteGateway = 5;
    private const ushort RouteVia = 18;

    // NDA_*.
    private const ushort NeighbourDestination = 1;
    private const ushort NeighbourAddress = 2;

    /// <summary><c>NUD_NOARP</c>: a device that asks for no addresses, whose neighbours have none.</summary>
    private const ushort NeedsNoAddress = 0x40;

    private const byte FamilyIpv4 = 2;
    private const byte FamilyIpv6 = 10;
    private const int EthernetLength = 6;

    /// <summary>Asks which way a packet to an address would go.</summary>
    public static void WriteGetRoute(ref NetlinkWriter writer, IPAddress destination)
    {
        int start = writer.BeginMessage(GetRoute, NetlinkFlags.None, sequence: 0, portId: 0);
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        byte[] address = destination.GetAddressBytes();
        header[0] = FamilyOf(destination);
        header[1] = (byte)(address.Length * 8);
        writer.PutRaw(header);
        writer.Put(RouteDestination, address);
        writer.EndMessage(start);
    }

    /// <summary>Asks what is known of a neighbour at a device.</summary>
    public static void WriteGetNeighbour(ref NetlinkWriter writer, int device, IPAddress neighbour)
    {
        int start = writer.BeginMessage(GetNeighbour, NetlinkFlags.None, sequence: 0, portId: 0);
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        header[0] = FamilyOf(neighbour);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], device);
        writer.PutRaw(header);
        writer.Put(NeighbourDestination, neighbour.GetAddressBytes());
        writer.EndMessage(start);
    }

    /// <summary>Reads the way that a packet would go; null unless the result is <see cref="NetlinkParseError.None"/>.</summary>
    public static NetlinkParseError TryParse(NetlinkMessage message, out NextHop? hop)
    {
        hop = null;
        NetlinkParseError error = Check(message, Route);
        if (error != NetlinkParseError.None)
            return error;
        var attributes = new NetlinkAttributes(message.Payload[HeaderLength..]);
        if (!attributes.TryFindLast(RouteDevice, out NetlinkAttribute device))
            return NetlinkParseError.AttributeMissing;
        if (device.Payload.Length < sizeof(uint))
            return NetlinkParseError.AttributeSize;
        IPAddress? gateway = null;
        if (attributes.TryFindLast(RouteGateway, out NetlinkAttribute direct))
            gateway = AddressOf(direct.Payload);
        else if (attributes.TryFindLast(RouteVia, out NetlinkAttribute via) && via.Payload.Length > sizeof(ushort))
            // The family comes first: a gateway may have an IPv6 address for IPv4 packets.
            gateway = AddressOf(via.Payload[sizeof(ushort)..]);
        hop = new NextHop((int)device.U32, gateway);
        return NetlinkParseError.None;
    }

    /// <summary>
    /// Reads a neighbour's Ethernet address, 48 bits; 0 while it is unknown, and for one that has none. The kernel hands over an address
    /// only while it holds (<c>neigh_fill_info</c>).
    /// </summary>
    public static NetlinkParseError TryParse(NetlinkMessage message, out ulong address)
    {
        address = 0;
        NetlinkParseError error = Check(message, Neighbour);
        if (error != NetlinkParseError.None)
            return error;
        var attributes = new NetlinkAttributes(message.Payload[HeaderLength..]);
        ushort state = BinaryPrimitives.ReadUInt16LittleEndian(message.Payload[8..]);
        if ((state & NeedsNoAddress) == 0 && attributes.TryFindLast(NeighbourAddress, out NetlinkAttribute known)
            && known.Payload.Length == EthernetLength)
        {
            foreach (byte part in known.Payload)
                address = (address << 8) | part;
        }

        return NetlinkParseError.None;
    }

    private static NetlinkParseError Check(NetlinkMessage message, ushort type) =>
        message.Type != type ? NetlinkParseError.UnexpectedType
        : message.Payload.Length < HeaderLength ? NetlinkParseError.FamilyHeaderTruncated
        : NetlinkAttributes.Check(message.Payload[HeaderLength..]);

    private static byte FamilyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? FamilyIpv4 : FamilyIpv6;

    private static IPAddress? AddressOf(ReadOnlySpan<byte> bytes) => bytes.Length is 4 or 16 ? new IPAddress(bytes) : null;
}
