using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>
/// The NAT part of a ct action. With neither <see cref="Source"/> nor <see cref="Destination"/> the packet is translated
/// as its connection already says.
/// </summary>
internal readonly record struct OvsNatAction
{
    /// <summary>Translate the source.</summary>
    public bool Source { get; init; }

    /// <summary>Translate the destination.</summary>
    public bool Destination { get; init; }

    /// <summary>Bytes of an address: 4, 16, or 0 without a range of addresses.</summary>
    public int AddressLength { get; init; }

    /// <summary>Lowest address; an IPv4 address in the low 32 bits.</summary>
    public UInt128 IpMin { get; init; }

    /// <summary>Highest address; null where the wire has none, which means <see cref="IpMin"/>.</summary>
    public UInt128? IpMax { get; init; }

    /// <summary>Lowest port.</summary>
    public ushort? ProtoMin { get; init; }

    /// <summary>Highest port; null where the wire has none, which means <see cref="ProtoMin"/>.</summary>
    public ushort? ProtoMax { get; init; }

    /// <summary>Keep the mapping of a client across connections and restarts.</summary>
    public bool Persistent { get; init; }

    /// <summary>Choose ports by hash.</summary>
    public bool ProtoHash { get; init; }

    /// <summary>Choose ports at random.</summary>
    public bool ProtoRandom { get; init; }

    /// <summary>Reads the payload of <c>OVS_CT_ATTR_NAT</c>.</summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> nested, out OvsNatAction nat)
    {
        nat = default;
        var parsed = default(OvsNatAction);
        var list = new NetlinkAttributes(nested).GetEnumerator();
        while (list.MoveNext())
        {
            OdpParseError error = Take(list.Current, ref parsed);
            if (error != OdpParseError.None)
                return error;
        }

        if (list.Error != NetlinkParseError.None)
            return OdpParseError.Netlink;
        nat = parsed;
        return OdpParseError.None;
    }

    /// <summary>Writes the NAT attribute in ovs-vswitchd's order (<c>put_ct_nat</c>): the flags in front of the ranges.</summary>
    public void Write(ref NetlinkWriter writer)
    {
        int nest = BeginWrite(ref writer);
        WriteFlags(ref writer);
        WriteRanges(ref writer);
        writer.EndNest(nest);
    }

    /// <summary>Writes the NAT attribute in the kernel's order (<c>ovs_ct_nat_to_attr</c>): the flags behind the ranges.</summary>
    public void WriteAsKernel(ref NetlinkWriter writer)
    {
        int nest = BeginWrite(ref writer);
        WriteRanges(ref writer);
        WriteFlags(ref writer);
        writer.EndNest(nest);
    }

    internal static UInt128 ReadAddress(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);

    private static OdpParseError Take(NetlinkAttribute attribute, ref OvsNatAction nat)
    {
        ReadOnlySpan<byte> payload = attribute.Payload;
        switch (attribute.Type)
        {
            case OvsNatAttribute.Src:
                nat = nat with { Source = true };
                break;
            case OvsNatAttribute.Dst:
                nat = nat with { Destination = true };
                break;
            case OvsNatAttribute.IpMin or OvsNatAttribute.IpMax
                when payload.Length is not (4 or 16) || (nat.AddressLength != 0 && nat.AddressLength != payload.Length):
                return OdpParseError.AttributeSize;
            case OvsNatAttribute.IpMin:
                nat = nat with { IpMin = ReadAddress(payload), AddressLength = payload.Length };
                break;
            case OvsNatAttribute.IpMax:
                nat = nat with { IpMax = ReadAddress(payload), AddressLength = payload.Length };
                break;
            case OvsNatAttribute.ProtoMin or OvsNatAttribute.ProtoMax when payload.Length != sizeof(ushort):
                return OdpParseError.AttributeSize;
            case OvsNatAttribute.ProtoMin:
                nat = nat with { ProtoMin = attribute.U16 };
                break;
            case OvsNatAttribute.ProtoMax:
                nat = nat with { ProtoMax = attribute.U16 };
                break;
            case OvsNatAttribute.Persistent:
                nat = nat with { Persistent = true };
                break;
            case OvsNatAttribute.ProtoHash:
                nat = nat with { ProtoHash = true };
                break;
            case OvsNatAttribute.ProtoRandom:
                nat = nat with { ProtoRandom = true };
                break;
            default:
                break;
        }

        return nat is { Source: true, Destination: true } ? OdpParseError.AttributeValue : OdpParseError.None;
    }

    private int BeginWrite(ref NetlinkWriter writer)
    {
        int nest = writer.BeginNest(OvsCtAttribute.Nat);
        if (Source)
            writer.PutFlag(OvsNatAttribute.Src);
        if (Destination)
            writer.PutFlag(OvsNatAttribute.Dst);
        return nest;
    }

    private void WriteFlags(ref NetlinkWriter writer)
    {
        if (Persistent)
            writer.PutFlag(OvsNatAttribute.Persistent);
        if (ProtoHash)
            writer.PutFlag(OvsNatAttribute.ProtoHash);
        if (ProtoRandom)
            writer.PutFlag(OvsNatAttribute.ProtoRandom);
    }

    private void WriteRanges(ref NetlinkWriter writer)
    {
        if (AddressLength != 0)
        {
            WriteAddress(OvsNatAttribute.IpMin, IpMin, ref writer);
            if (IpMax is { } max)
                WriteAddress(OvsNatAttribute.IpMax, max, ref writer);
        }

        if (ProtoMin is { } lowest)
            writer.PutU16(OvsNatAttribute.ProtoMin, lowest);
        if (ProtoMax is { } highest)
            writer.PutU16(OvsNatAttribute.ProtoMax, highest);
    }

    private void WriteAddress(ushort type, UInt128 address, ref NetlinkWriter writer)
    {
        if (AddressLength == 4)
            writer.PutU32BigEndian(type, (uint)address);
        else
            OvsHeaderKeyWriter.WriteUInt128(type, address, ref writer);
    }
}
