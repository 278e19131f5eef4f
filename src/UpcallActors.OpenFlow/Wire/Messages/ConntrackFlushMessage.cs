namespace UpcallActors.OpenFlow;

/// <summary>
/// Which connections go (<c>NXT_CT_FLUSH</c>): all that agree with what is said of them. Numbers that are 0 are not said, but for ICMP.
/// </summary>
internal sealed record ConntrackFlushMessage(
    byte Protocol, ConntrackFlushMessage.Tuple Original, ConntrackFlushMessage.Tuple Reply, ushort? Zone)
    : OpenFlowMessage, IWireDecoder<ConntrackFlushMessage>
{
    private const ushort OriginalProperty = 0;
    private const ushort ReplyProperty = 1;
    private const ushort ZoneProperty = 2;
    private const int Padding = 7;
    private const int AddressLength = 16;

    /// <summary>
    /// One direction of a connection; an IPv4 address is a mapped one. The numbers of ICMP are in the place of the ports, whatever a client
    /// calls them (<c>struct ofp_ct_tuple</c>).
    /// </summary>
    internal readonly record struct Tuple(UInt128 Source, UInt128 Destination, ushort SourcePort, ushort DestinationPort)
    {
        public ushort IcmpId => SourcePort;

        public byte IcmpType => (byte)DestinationPort;

        public byte IcmpCode => (byte)(DestinationPort >> 8);
    }

    private bool IsIcmp => Protocol is FieldPrerequisites.ProtocolIcmp or FieldPrerequisites.ProtocolIcmpv6;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out ConntrackFlushMessage? message)
    {
        message = null;
        byte protocol = body.U8();
        if (body.Take(Padding).ContainsAnyExcept((byte)0))
            return BadRequest.MustBeZero;
        var read = new ConntrackFlushMessage(protocol, default, default, null);
        while (body.Left > 0)
        {
            if (WireProperty.TryTake(ref body, out ushort type, out WireReader payload) is { } broken)
                return broken;
            OpenFlowError? error = null;
            Tuple tuple = default;
            if (type is OriginalProperty or ReplyProperty)
                error = DecodeTuple(ref payload, out tuple);
            else if (type != ZoneProperty)
                error = WireProperty.Unknown(type);
            else if (payload.Left < sizeof(ushort))
                error = BadProperty.BadLength;
            if (error is not null)
                return error;
            read = type switch
            {
                OriginalProperty => read with { Original = tuple },
                ReplyProperty => read with { Reply = tuple },
                _ => read with { Zone = payload.U16() },
            };
        }

        message = read;
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U8(Protocol);
        writer.Zero(Padding);
        EncodeTuple(writer, OriginalProperty, Original);
        EncodeTuple(writer, ReplyProperty, Reply);
        if (Zone is { } zone)
            WireProperty.Put16(writer, ZoneProperty, zone);
    }

    private static OpenFlowError? DecodeTuple(ref WireReader nested, out Tuple tuple)
    {
        tuple = default;
        nested.Skip(sizeof(uint));
        if (nested.Failed)
            return BadProperty.BadLength;
        while (nested.Left > 0)
        {
            if (WireProperty.TryTake(ref nested, out ushort type, out WireReader payload) is { } error)
                return error;
            switch (type)
            {
                case 0:
                    tuple = tuple with { Source = payload.Number(AddressLength) };
                    break;
                case 1:
                    tuple = tuple with { Destination = payload.Number(AddressLength) };
                    break;
                case 2 or 4:
                    tuple = tuple with { SourcePort = payload.U16() };
                    break;
                case 3:
                    tuple = tuple with { DestinationPort = payload.U16() };
                    break;
                case 5:
                    tuple = tuple with { DestinationPort = (ushort)((tuple.DestinationPort & 0xff00) | payload.U8()) };
                    break;
                case 6:
                    tuple = tuple with { DestinationPort = (ushort)((payload.U8() << 8) | tuple.IcmpType) };
                    break;
                default:
                    return WireProperty.Unknown(type);
            }

            if (payload.Failed)
                return BadProperty.BadLength;
        }

        return null;
    }

    private void EncodeTuple(WireWriter writer, ushort property, in Tuple tuple)
    {
        if (tuple == default && !IsIcmp)
            return;
        int start = WireProperty.Start(writer, property);
        writer.Zero(sizeof(uint));
        EncodeAddress(writer, 0, tuple.Source);
        EncodeAddress(writer, 1, tuple.Destination);
        if (IsIcmp)
        {
            WireProperty.Put16(writer, 4, tuple.IcmpId);
            WireProperty.Put8(writer, 5, tuple.IcmpType);
            WireProperty.Put8(writer, 6, tuple.IcmpCode);
        }
        else
        {
            if (tuple.SourcePort != 0)
                WireProperty.Put16(writer, 2, tuple.SourcePort);
            if (tuple.DestinationPort != 0)
                WireProperty.Put16(writer, 3, tuple.DestinationPort);
        }

        WireProperty.End(writer, start);
    }

    private static void EncodeAddress(WireWriter writer, ushort property, UInt128 address)
    {
        if (address == 0)
            return;
        int start = WireProperty.Start(writer, property);
        writer.Number(address, AddressLength);
        WireProperty.End(writer, start);
    }
}
