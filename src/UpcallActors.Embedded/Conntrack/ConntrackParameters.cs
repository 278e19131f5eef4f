using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// The <c>ct</c> action's attributes (<c>OVS_CT_ATTR_*</c>) as values, validated as the kernel validates (<c>parse_ct</c>,
/// <c>parse_nat</c>). A plain value without references: it may be kept beside a flow. EVENTMASK and TIMEOUT are checked and have no effect:
/// events have no listener, and there are no timeout policies.
/// </summary>
internal struct ConntrackParameters
{
    private const int MaxHelperName = 16;
    private const int MaxTimeoutName = 32;

    /// <summary>Ethernet type of the packets, 0x0800 or 0x86dd.</summary>
    public ushort EtherType { get; private set; }

    /// <summary>The zone, 0 by default.</summary>
    public ushort Zone { get; private set; }

    /// <summary>Keep the connection.</summary>
    public bool Commit { get; private set; }

    /// <summary>Commit, and take this packet's direction for the original one.</summary>
    public bool Force { get; private set; }

    /// <summary>The mark to set under <see cref="MarkMask"/>.</summary>
    public uint Mark { get; private set; }

    /// <summary>Bits of the mark to change, 0 for none.</summary>
    public uint MarkMask { get; private set; }

    /// <summary>The labels to set under <see cref="LabelsMask"/>, a number as in <see cref="FlowKey.CtLabels"/>.</summary>
    public UInt128 Labels { get; private set; }

    /// <summary>Bits of the labels to change, 0 for none.</summary>
    public UInt128 LabelsMask { get; private set; }

    /// <summary>What to translate.</summary>
    public NatOptions Nat { get; private set; }

    /// <summary>First address of the range; IPv4 in the low 32 bits.</summary>
    public UInt128 NatMinAddress { get; private set; }

    /// <summary>Last address of the range.</summary>
    public UInt128 NatMaxAddress { get; private set; }

    /// <summary>First port (or ICMP id) of the range.</summary>
    public ushort NatMinPort { get; private set; }

    /// <summary>Last port (or ICMP id) of the range.</summary>
    public ushort NatMaxPort { get; private set; }

    /// <summary>
    /// Reads the payload of an <c>OVS_ACTION_ATTR_CT</c> in a flow (or EXECUTE) whose key has
    /// <paramref name="etherType"/>. On error <paramref name="parameters"/> is of no use.
    /// </summary>
    public static ConntrackParseError TryParse(ReadOnlySpan<byte> ctAttributes, ushort etherType, out ConntrackParameters parameters)
    {
        parameters = new ConntrackParameters { EtherType = etherType };
        if (etherType is not (EtherTypes.Ipv4 or EtherTypes.Ipv6))
            return ConntrackParseError.FamilyUnspecified;
        NetlinkAttributes.Enumerator attributes = new NetlinkAttributes(ctAttributes).GetEnumerator();
        bool hasHelper = false;
        while (attributes.MoveNext())
        {
            hasHelper |= attributes.Current.Type == OvsCtAttribute.Helper;
            ConntrackParseError error = parameters.Read(attributes.Current);
            if (error != ConntrackParseError.None)
                return error;
        }

        if (!parameters.Commit && (parameters.MarkMask != 0 || parameters.LabelsMask != 0))
            return ConntrackParseError.RequiresCommit;
        if (attributes.Error != NetlinkParseError.None)
            return ConntrackParseError.Malformed;
        return hasHelper ? ConntrackParseError.UnknownHelper : ConntrackParseError.None;
    }

    private ConntrackParseError Read(NetlinkAttribute attribute)
    {
        ReadOnlySpan<byte> payload = attribute.Payload;
        switch (attribute.Type)
        {
            case OvsCtAttribute.Commit:
            case OvsCtAttribute.ForceCommit:
                Commit = true;
                Force |= attribute.Type == OvsCtAttribute.ForceCommit;
                return Sized(payload.IsEmpty);
            case OvsCtAttribute.Zone:
                Zone = attribute.U16;
                return Sized(payload.Length == 2);
            case OvsCtAttribute.Mark:
                return ReadMark(payload);
            case OvsCtAttribute.Labels:
                return ReadLabels(payload);
            case OvsCtAttribute.Helper:
                return ReadName(payload, MaxHelperName);
            case OvsCtAttribute.Timeout:
                return ReadName(payload, MaxTimeoutName);
            case OvsCtAttribute.EventMask:
                return Sized(payload.Length == 4);
            case OvsCtAttribute.Nat:
                return ReadNat(payload);
            default:
                return ConntrackParseError.UnknownAttribute;
        }
    }

    private ConntrackParseError ReadMark(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 8)
            return ConntrackParseError.AttributeSize;
        Mark = BinaryPrimitives.ReadUInt32LittleEndian(payload);
        MarkMask = BinaryPrimitives.ReadUInt32LittleEndian(payload[4..]);
        return MarkMask == 0 ? ConntrackParseError.EmptyMask : ConntrackParseError.None;
    }

    private ConntrackParseError ReadLabels(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 32)
            return ConntrackParseError.AttributeSize;
        Labels = BinaryPrimitives.ReadUInt128LittleEndian(payload);
        LabelsMask = BinaryPrimitives.ReadUInt128LittleEndian(payload[16..]);
        return LabelsMask == 0 ? ConntrackParseError.EmptyMask : ConntrackParseError.None;
    }

    private ConntrackParseError ReadNat(ReadOnlySpan<byte> payload)
    {
        bool hasMaxAddress = false;
        bool hasMaxPort = false;
        NetlinkAttributes.Enumerator attributes = new NetlinkAttributes(payload).GetEnumerator();
        while (attributes.MoveNext())
        {
            hasMaxAddress |= attributes.Current.Type == OvsNatAttribute.IpMax;
            hasMaxPort |= attributes.Current.Type == OvsNatAttribute.ProtoMax;
            ConntrackParseError error = ReadNatAttribute(attributes.Current);
            if (error != ConntrackParseError.None)
                return error;
        }

        if (attributes.Error != NetlinkParseError.None)
            return ConntrackParseError.Malformed;
        const NatOptions type = NatOptions.Source | NatOptions.Destination;
        if ((Nat & type) == 0 && Nat is not (NatOptions.None or NatOptions.Existing))
            return ConntrackParseError.NatTypeMissing;
        // The kernel asks for COMMIT in front of NAT: parse_nat looks at what was read so far.
        if ((Nat & type) != 0 && !Commit)
            return ConntrackParseError.RequiresCommit;
        Nat |= NatOptions.Existing;
        if (!hasMaxAddress)
            NatMaxAddress = NatMinAddress;
        if (!hasMaxPort)
            NatMaxPort = NatMinPort;
        return ConntrackParseError.None;
    }

    private ConntrackParseError ReadNatAttribute(NetlinkAttribute attribute)
    {
        ReadOnlySpan<byte> payload = attribute.Payload;
        switch (attribute.Type)
        {
            case OvsNatAttribute.Src:
            case OvsNatAttribute.Dst:
                if (!payload.IsEmpty)
                    return ConntrackParseError.AttributeSize;
                if ((Nat & (NatOptions.Source | NatOptions.Destination)) != 0)
                    return ConntrackParseError.NatTypeTwice;
                Nat |= attribute.Type == OvsNatAttribute.Src ? NatOptions.Source : NatOptions.Destination;
                return ConntrackParseError.None;
            case OvsNatAttribute.IpMin:
            case OvsNatAttribute.IpMax:
                return ReadNatAddress(attribute.Type == OvsNatAttribute.IpMin, payload);
            case OvsNatAttribute.ProtoMin:
                NatMinPort = attribute.U16;
                Nat |= NatOptions.Ports;
                return Sized(payload.Length == 2);
            case OvsNatAttribute.ProtoMax:
                NatMaxPort = attribute.U16;
                Nat |= NatOptions.Ports;
                return Sized(payload.Length == 2);
            case OvsNatAttribute.Persistent:
                Nat |= NatOptions.Persistent;
                return Sized(payload.IsEmpty);
            case OvsNatAttribute.ProtoHash:
                Nat |= NatOptions.PortHash;
                return Sized(payload.IsEmpty);
            case OvsNatAttribute.ProtoRandom:
                Nat |= NatOptions.PortRandom;
                return Sized(payload.IsEmpty);
            default:
                return ConntrackParseError.UnknownAttribute;
        }
    }

    private ConntrackParseError ReadNatAddress(bool isMin, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != (EtherType == EtherTypes.Ipv4 ? 4 : 16))
            return ConntrackParseError.AttributeSize;
        UInt128 address = EtherType == EtherTypes.Ipv4
            ? BinaryPrimitives.ReadUInt32BigEndian(payload)
            : BinaryPrimitives.ReadUInt128BigEndian(payload);
        Nat |= NatOptions.Addresses;
        if (isMin)
            NatMinAddress = address;
        else
            NatMaxAddress = address;
        return ConntrackParseError.None;
    }

    private static ConntrackParseError ReadName(ReadOnlySpan<byte> payload, int maxLength)
    {
        if (payload.IsEmpty || payload.Length > maxLength)
            return ConntrackParseError.AttributeSize;
        return payload.Contains((byte)0) ? ConntrackParseError.None : ConntrackParseError.UnterminatedName;
    }

    private static ConntrackParseError Sized(bool fits) => fits ? ConntrackParseError.None : ConntrackParseError.AttributeSize;
}
