using System.Buffers.Binary;
using System.Text;

namespace UpcallActors.Linux;

/// <summary>A network device as the kernel shows it (<c>struct ifinfomsg</c> and its attributes).</summary>
/// <param name="Index">Its index in the network namespace; greater than 0.</param>
/// <param name="Name">Its name.</param>
internal sealed record Link(int Index, string Name)
{
    /// <summary>Bytes behind the link-layer header that it takes.</summary>
    public int Mtu { get; init; }

    /// <summary>Its state.</summary>
    public LinkFlags Flags { get; init; }

    /// <summary>Its kind, such as <c>veth</c>; null for hardware.</summary>
    public string? Kind { get; init; }

    /// <summary>Ethernet address, 48 bits; 0 for a device without one.</summary>
    public ulong Address { get; init; }

    /// <summary>Index of the device that it is a port of (a bond, a bridge, a datapath); 0 without one.</summary>
    public int MasterIndex { get; init; }

    /// <summary>What makes it a tunnel with metadata; null when it is none.</summary>
    public MetadataTunnel? Tunnel { get; init; }

    /// <summary>Whether it was set up, carrier or not.</summary>
    public bool IsAdminUp => (Flags & LinkFlags.Up) != 0;

    /// <summary>Whether it is up and has a carrier.</summary>
    public bool IsUp => (Flags & (LinkFlags.Up | LinkFlags.LowerUp)) == (LinkFlags.Up | LinkFlags.LowerUp);

    /// <summary>
    /// Reads a message of type <see cref="LinkMessageType.New"/> or <see cref="LinkMessageType.Delete"/>;
    /// <paramref name="link"/> is null unless the result is <see cref="NetlinkParseError.None"/>.
    /// </summary>
    public static NetlinkParseError TryParse(NetlinkMessage message, out Link? link)
    {
        link = null;
        ReadOnlySpan<byte> payload = message.Payload;
        if (message.Type is not (LinkMessageType.New or LinkMessageType.Delete))
            return NetlinkParseError.UnexpectedType;
        if (payload.Length < LinkAttribute.HeaderLength)
            return NetlinkParseError.FamilyHeaderTruncated;
        ReadOnlySpan<byte> list = payload[LinkAttribute.HeaderLength..];
        NetlinkParseError error = NetlinkAttributes.Check(list);
        if (error != NetlinkParseError.None)
            return error;
        var attributes = new NetlinkAttributes(list);
        if (!attributes.TryFindLast(LinkAttribute.Name, out NetlinkAttribute name) || Text(name).Length == 0)
            return NetlinkParseError.AttributeMissing;
        if (attributes.TryFindLast(LinkAttribute.Mtu, out NetlinkAttribute mtu) && mtu.Payload.Length < sizeof(uint))
            return NetlinkParseError.AttributeSize;
        if (attributes.TryFindLast(LinkAttribute.Master, out NetlinkAttribute master) && master.Payload.Length < sizeof(uint))
            return NetlinkParseError.AttributeSize;
        (string? kind, MetadataTunnel? tunnel) = ReadInfo(attributes);
        link = new Link(BinaryPrimitives.ReadInt32LittleEndian(payload[4..]), Text(name))
        {
            Flags = (LinkFlags)BinaryPrimitives.ReadUInt32LittleEndian(payload[8..]),
            Mtu = (int)Math.Min(mtu.U32, int.MaxValue),
            MasterIndex = (int)master.U32,
            Address = attributes.TryFindLast(LinkAttribute.Address, out NetlinkAttribute address) ? EthernetAddress(address.Payload) : 0,
            Kind = kind,
            Tunnel = tunnel,
        };
        return NetlinkParseError.None;
    }

    private static (string? Kind, MetadataTunnel? Tunnel) ReadInfo(NetlinkAttributes attributes)
    {
        if (!attributes.TryFindLast(LinkAttribute.LinkInfo, out NetlinkAttribute nest))
            return (null, null);
        var info = new NetlinkAttributes(nest.Payload);
        if (!info.TryFindLast(LinkAttribute.InfoKind, out NetlinkAttribute kindAttribute))
            return (null, null);
        string kind = Text(kindAttribute);
        return (kind, info.TryFindLast(LinkAttribute.InfoData, out NetlinkAttribute data) ? MetadataTunnel.Read(kind, data.Payload) : null);
    }

    private static ulong EthernetAddress(ReadOnlySpan<byte> payload)
    {
        ulong address = 0;
        if (payload.Length == 6)
        {
            foreach (byte part in payload)
                address = (address << 8) | part;
        }

        return address;
    }

    private static string Text(NetlinkAttribute attribute)
    {
        int end = attribute.Payload.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? attribute.Payload : attribute.Payload[..end]);
    }
}
