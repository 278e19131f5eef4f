using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>A packet that a controller sends (<c>OFPT_PACKET_OUT</c>).</summary>
internal sealed record PacketOutMessage : OpenFlowMessage, IWireDecoder<PacketOutMessage>
{
    private static readonly MatchField _inPort = MatchFields.Get("in_port");

    /// <summary>A packet that the switch keeps, all ones for <see cref="Packet"/>.</summary>
    public uint BufferId { get; init; } = FlowModMessage.NoBuffer;

    /// <summary>The port that it is said to have come in on, and since 1.5 other fields of the pipeline.</summary>
    public Match Metadata { get; init; } = Match.Any;

    public ActionList Actions { get; init; } = ActionList.Empty;

    public ImmutableArray<byte> Packet { get; init; } = [];

    /// <summary>The port of <see cref="Metadata"/>.</summary>
    public uint InPort => (uint)_inPort.Read(Metadata.ToValue());

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out PacketOutMessage? message)
    {
        message = null;
        uint buffer = body.U32();
        OpenFlowError? error = context.Version >= OpenFlowVersion.V15
            ? Decode15(ref body, out Match metadata, out int length)
            : Decode10(context, ref body, out metadata, out length);
        if (error is not null)
            return error;
        if (length > body.Left || length % sizeof(ulong) != 0)
            return BadRequest.BadLength;
        var list = new WireReader(body.Take(length));
        if (ActionListCodec.Decode(ActionContext.Of(context.Version), list, out ActionList actions) is { } badActions)
            return badActions;
        message = new PacketOutMessage
        {
            BufferId = buffer,
            Metadata = metadata,
            Actions = actions,
            Packet = buffer == FlowModMessage.NoBuffer ? [.. body.Rest] : [],
        };
        body.TakeRest();
        return message.InPort is >= OpenFlowPorts.Maximum and not (OpenFlowPorts.Local or OpenFlowPorts.None or OpenFlowPorts.Controller)
            ? BadRequest.BadPort
            : null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U32(BufferId);
        int lengthAt;
        if (context.Version >= OpenFlowVersion.V15)
        {
            lengthAt = writer.Length;
            writer.U32(0);
            MatchCodec.EncodeOxm(writer, Metadata, context.Version);
        }
        else
        {
            context.WritePort(writer, InPort);
            lengthAt = writer.Length;
            writer.Zero(context.Version == OpenFlowVersion.V10 ? sizeof(ushort) : sizeof(ulong));
        }

        int start = writer.Length;
        ActionListCodec.Encode(new ActionWriting(context.Version), writer, Actions);
        writer.PatchLength(lengthAt, start);
        writer.Bytes(Packet.AsSpan());
    }

    private static OpenFlowError? Decode10(in WireContext context, ref WireReader body, out Match metadata, out int length)
    {
        OpenFlowError? error = context.TryReadPort(ref body, out uint port);
        length = body.U16();
        body.Skip(context.Version == OpenFlowVersion.V10 ? 0 : 6);
        var builder = new MatchBuilder();
        builder.Set(_inPort, port);
        metadata = builder.Build();
        return error;
    }

    private static OpenFlowError? Decode15(ref WireReader body, out Match metadata, out int length)
    {
        length = body.U16();
        body.Skip(sizeof(ushort));
        if (MatchCodec.DecodeOxm(ref body, isStrict: false, out metadata) is { } error)
            return error;
        return _inPort.Read(metadata.ToMask()) == 0 ? BadRequest.BadPort : null;
    }
}
