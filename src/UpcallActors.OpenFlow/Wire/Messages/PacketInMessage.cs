using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>
/// A packet for a controller (<c>OFPT_PACKET_IN</c>, <c>NXT_PACKET_IN</c>, <c>NXT_PACKET_IN2</c>), or one that a controller gives back to
/// go on (<c>NXT_RESUME</c>). What a layout has no room for is left out.
/// </summary>
internal sealed record PacketInMessage : OpenFlowMessage, IWireDecoder<PacketInMessage>
{
    private const int NxmPadding = 6;

    // The packet's IP header is aligned behind two bytes of padding.
    private const int PacketPadding = 2;

    private static readonly MatchField _inPort = MatchFields.Get("in_port");

    // The properties of NXT_PACKET_IN2 (NXPINT_*).
    private enum Property : ushort
    {
        Packet,
        FullLength,
        BufferId,
        TableId,
        Cookie,
        Reason,
        Metadata,
        UserData,
        Continuation,
    }

    /// <summary>Where the packet is kept, all ones for nowhere.</summary>
    public uint BufferId { get; init; } = FlowModMessage.NoBuffer;

    /// <summary>Bytes of the packet, of which <see cref="Packet"/> may have fewer.</summary>
    public uint TotalLength { get; init; }

    /// <summary>Why (<c>OFPR_*</c>).</summary>
    public byte Reason { get; init; }

    public byte Table { get; init; }

    /// <summary>The flow's cookie, all ones if there is none to tell.</summary>
    public ulong Cookie { get; init; } = ulong.MaxValue;

    /// <summary>What is known of the packet beside its bytes: its port and other fields of the pipeline.</summary>
    public Match Metadata { get; init; } = Match.Any;

    public ImmutableArray<byte> Packet { get; init; } = [];

    /// <summary>What the action gave along.</summary>
    public ImmutableArray<byte> UserData { get; init; } = [];

    /// <summary>How a paused packet goes on, which only the switch that made it reads.</summary>
    public ImmutableArray<byte> Continuation { get; init; } = [];

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out PacketInMessage? message)
    {
        if (context.Form.Type == MessageType.PacketIn2 || context.Form.Type == MessageType.Resume)
            return DecodeProperties(ref body, context.Form.Type == MessageType.PacketIn2, out message);
        OpenFlowError? error = context.IsNicira ? DecodeNicira(ref body, out PacketInMessage read)
            : context.Version >= OpenFlowVersion.V12 ? Decode12(context.Version, ref body, out read)
            : Decode10(context, ref body, out read);
        message = read with { Packet = [.. body.TakeRest()] };
        return error;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        if (context.Form.Type is MessageType.PacketIn2 or MessageType.Resume)
        {
            EncodeProperties(context.Version, writer);
            return;
        }

        writer.U32(BufferId);
        if (context.IsNicira || context.Version >= OpenFlowVersion.V12)
        {
            writer.U16((ushort)TotalLength);
            writer.U8(Reason);
            writer.U8(Table);
            if (context.IsNicira || context.Version >= OpenFlowVersion.V13)
                writer.U64(Cookie);
            if (context.IsNicira)
            {
                int lengthAt = writer.Length;
                writer.Zero(sizeof(ushort) + NxmPadding);
                writer.Patch16(lengthAt, MatchCodec.EncodeNxm(writer, new WireMatch(Metadata)));
            }
            else
            {
                MatchCodec.EncodeOxm(writer, Metadata, context.Version);
            }

            writer.Zero(PacketPadding);
        }
        else
        {
            Encode10(context, writer);
        }

        writer.Bytes(Packet.AsSpan());
    }

    private static OpenFlowError? Decode10(in WireContext context, ref WireReader body, out PacketInMessage read)
    {
        bool isFirst = context.Version == OpenFlowVersion.V10;
        uint buffer = body.U32();
        uint total = isFirst ? body.U16() : 0u;
        OpenFlowError? error = context.TryReadPort(ref body, out uint port);
        if (!isFirst)
        {
            body.Skip(sizeof(uint));
            total = body.U16();
        }

        var metadata = new MatchBuilder();
        metadata.Set(_inPort, port);
        byte reason = body.U8();
        byte table = body.U8();
        read = new PacketInMessage
        {
            BufferId = buffer,
            TotalLength = total,
            Reason = reason,
            // 1.0 has padding there.
            Table = isFirst ? (byte)0 : table,
            Metadata = metadata.Build(),
        };
        return error;
    }

    private static OpenFlowError? Decode12(OpenFlowVersion version, ref WireReader body, out PacketInMessage read)
    {
        read = new PacketInMessage { BufferId = body.U32(), TotalLength = body.U16(), Reason = body.U8(), Table = body.U8() };
        ulong cookie = version >= OpenFlowVersion.V13 ? body.U64() : ulong.MaxValue;
        OpenFlowError? error = MatchCodec.DecodeOxm(ref body, isStrict: false, out Match metadata);
        body.Skip(PacketPadding);
        read = read with { Cookie = cookie, Metadata = metadata };
        return error;
    }

    private static OpenFlowError? DecodeNicira(ref WireReader body, out PacketInMessage read)
    {
        read = new PacketInMessage
        {
            BufferId = body.U32(),
            TotalLength = body.U16(),
            Reason = body.U8(),
            Table = body.U8(),
            Cookie = body.U64(),
        };
        int length = body.U16();
        body.Skip(NxmPadding);
        OpenFlowError? error = MatchCodec.DecodeNxm(ref body, length, allowsCookie: false, isStrict: false, out WireMatch metadata);
        body.Skip(PacketPadding);
        read = read with { Metadata = metadata.Match };
        return error;
    }

    /// <summary>Reads a list of properties (<c>decode_nx_packet_in2</c>).</summary>
    private static OpenFlowError? DecodeProperties(ref WireReader body, bool isLoose, out PacketInMessage? message)
    {
        message = null;
        var read = new PacketInMessage();
        while (body.Left > 0)
        {
            if (WireProperty.TryTake(ref body, out ushort type, out WireReader payload) is { } broken)
                return broken;
            if (Take((Property)type, ref payload, isLoose, ref read) is { } error)
                return error;
            if (payload.Failed)
                return BadProperty.BadLength;
        }

        if (read.TotalLength == 0)
            read = read with { TotalLength = (uint)read.Packet.Length };
        if (read.Packet.IsEmpty || read.TotalLength < read.Packet.Length)
            return BadRequest.BadLength;
        message = read;
        return null;
    }

    private static OpenFlowError? Take(Property property, ref WireReader payload, bool isLoose, ref PacketInMessage read)
    {
        OpenFlowError? error = null;
        switch (property)
        {
            case Property.Packet:
                read = read with { Packet = [.. payload.TakeRest()] };
                break;
            case Property.FullLength:
                read = read with { TotalLength = payload.U32() };
                break;
            case Property.BufferId:
                read = read with { BufferId = payload.U32() };
                break;
            case Property.TableId:
                read = read with { Table = payload.U8() };
                break;
            case Property.Cookie:
                payload.Skip(sizeof(uint));
                read = read with { Cookie = payload.U64() };
                break;
            case Property.Reason:
                read = read with { Reason = payload.U8() };
                break;
            case Property.Metadata:
                error = MatchCodec.DecodeEntries(new WireReader(payload.TakeRest()), allowsCookie: false, !isLoose, out WireMatch metadata);
                read = read with { Metadata = metadata.Match };
                break;
            case Property.UserData:
                read = read with { UserData = [.. payload.TakeRest()] };
                break;
            case Property.Continuation:
                payload.Skip(sizeof(uint));
                read = read with { Continuation = [.. payload.TakeRest()] };
                break;
            default:
                error = isLoose ? null : WireProperty.Unknown((ushort)property);
                break;
        }

        return error;
    }

    private void Encode10(in WireContext context, WireWriter writer)
    {
        bool isFirst = context.Version == OpenFlowVersion.V10;
        uint port = (uint)_inPort.Read(Metadata.ToValue());
        if (isFirst)
            writer.U16((ushort)TotalLength);
        context.WritePort(writer, port);
        if (!isFirst)
        {
            context.WritePort(writer, port);
            writer.U16((ushort)TotalLength);
        }

        writer.U8(Reason);
        writer.U8(isFirst ? (byte)0 : Table);
    }

    private void EncodeProperties(OpenFlowVersion version, WireWriter writer)
    {
        WireProperty.PutBytes(writer, (ushort)Property.Packet, Packet.AsSpan());
        if (TotalLength != Packet.Length)
            WireProperty.Put32(writer, (ushort)Property.FullLength, TotalLength);
        if (BufferId != FlowModMessage.NoBuffer)
            WireProperty.Put32(writer, (ushort)Property.BufferId, BufferId);
        WireProperty.Put8(writer, (ushort)Property.TableId, Table);
        if (Cookie != ulong.MaxValue)
            WireProperty.Put64(writer, (ushort)Property.Cookie, Cookie);
        WireProperty.Put8(writer, (ushort)Property.Reason, Reason);
        int metadata = WireProperty.Start(writer, (ushort)Property.Metadata);
        MatchCodec.EncodeEntries(writer, Metadata, version);
        WireProperty.End(writer, metadata);
        if (!Continuation.IsEmpty)
        {
            int continuation = WireProperty.Start(writer, (ushort)Property.Continuation);
            writer.Zero(sizeof(uint));
            writer.Bytes(Continuation.AsSpan());
            WireProperty.End(writer, continuation);
        }

        if (!UserData.IsEmpty)
            WireProperty.PutBytes(writer, (ushort)Property.UserData, UserData.AsSpan());
    }
}
