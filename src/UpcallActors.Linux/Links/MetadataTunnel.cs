namespace UpcallActors.Linux;

/// <summary>A kind of tunnel device that takes each packet's addresses and key from metadata.</summary>
internal enum MetadataTunnelKind
{
    /// <summary><c>vxlan</c>.</summary>
    Vxlan,

    /// <summary><c>geneve</c>.</summary>
    Geneve,

    /// <summary><c>gretap</c>: GRE over IPv4 with Ethernet frames inside.</summary>
    Gretap,

    /// <summary><c>ip6gretap</c>: GRE over IPv6 with Ethernet frames inside.</summary>
    Ip6Gretap,
}

/// <summary>
/// What makes a device a tunnel with metadata (<c>collect_md</c>): one device stands for all tunnels of its kind and UDP port. It
/// learns nothing, and takes UDP over IPv6 without checksum, as senders may leave it out (RFC 6935).
/// </summary>
/// <param name="Kind">The kind.</param>
/// <param name="UdpPort">The UDP port it receives on; 0 for GRE.</param>
internal sealed record MetadataTunnel(MetadataTunnelKind Kind, ushort UdpPort)
{
    /// <summary>The kernel's name of the kind (<c>IFLA_INFO_KIND</c>).</summary>
    public string KindName => Kind switch
    {
        MetadataTunnelKind.Vxlan => "vxlan",
        MetadataTunnelKind.Geneve => "geneve",
        MetadataTunnelKind.Gretap => "gretap",
        _ => "ip6gretap",
    };

    /// <summary>Writes <c>IFLA_LINKINFO</c>.</summary>
    internal void Write(ref NetlinkWriter writer)
    {
        int info = writer.BeginNest(LinkAttribute.LinkInfo | NetlinkAttribute.NestedFlag);
        writer.PutString(LinkAttribute.InfoKind, KindName);
        int data = writer.BeginNest(LinkAttribute.InfoData | NetlinkAttribute.NestedFlag);
        switch (Kind)
        {
            case MetadataTunnelKind.Vxlan:
                writer.PutU8(LinkAttribute.VxlanLearning, 0);
                writer.PutU8(LinkAttribute.VxlanCollectMetadata, 1);
                writer.PutU8(LinkAttribute.VxlanUdpZeroChecksum6Receive, 1);
                writer.PutU16BigEndian(LinkAttribute.VxlanPort, UdpPort);
                break;
            case MetadataTunnelKind.Geneve:
                writer.PutFlag(LinkAttribute.GeneveCollectMetadata);
                writer.PutU8(LinkAttribute.GeneveUdpZeroChecksum6Receive, 1);
                writer.PutU16BigEndian(LinkAttribute.GenevePort, UdpPort);
                break;
            default:
                writer.PutFlag(LinkAttribute.GreCollectMetadata);
                break;
        }

        writer.EndNest(data);
        writer.EndNest(info);
    }

    /// <summary>
    /// Reads a device's kind and its <c>IFLA_INFO_DATA</c>; null when it is
    /// no such tunnel or differs from what <see cref="Write"/> asks for.
    /// </summary>
    internal static MetadataTunnel? Read(string? kind, ReadOnlySpan<byte> data)
    {
        var attributes = new NetlinkAttributes(data);
        switch (kind)
        {
            case "vxlan" when IsSet(attributes, LinkAttribute.VxlanCollectMetadata)
                && IsSet(attributes, LinkAttribute.VxlanUdpZeroChecksum6Receive)
                && !IsSet(attributes, LinkAttribute.VxlanLearning):
                return new MetadataTunnel(MetadataTunnelKind.Vxlan, Port(attributes, LinkAttribute.VxlanPort));
            case "geneve" when attributes.TryFindLast(LinkAttribute.GeneveCollectMetadata, out _)
                && IsSet(attributes, LinkAttribute.GeneveUdpZeroChecksum6Receive):
                return new MetadataTunnel(MetadataTunnelKind.Geneve, Port(attributes, LinkAttribute.GenevePort));
            case "gretap" when attributes.TryFindLast(LinkAttribute.GreCollectMetadata, out _):
                return new MetadataTunnel(MetadataTunnelKind.Gretap, 0);
            case "ip6gretap" when attributes.TryFindLast(LinkAttribute.GreCollectMetadata, out _):
                return new MetadataTunnel(MetadataTunnelKind.Ip6Gretap, 0);
            default:
                return null;
        }
    }

    private static bool IsSet(NetlinkAttributes attributes, ushort type) =>
        attributes.TryFindLast(type, out NetlinkAttribute flag) && flag.U8 != 0;

    private static ushort Port(NetlinkAttributes attributes, ushort type) =>
        attributes.TryFindLast(type, out NetlinkAttribute port) ? port.U16BigEndian : (ushort)0;
}
