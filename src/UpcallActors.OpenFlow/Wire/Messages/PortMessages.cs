namespace UpcallActors.OpenFlow;

/// <summary>A port that came, went or changed (<c>OFPT_PORT_STATUS</c>).</summary>
/// <param name="Reason"><c>OFPPR_*</c>: 0 came, 1 went, 2 changed.</param>
/// <param name="Port">The port.</param>
internal sealed record PortStatusMessage(byte Reason, OpenFlowPort Port) : OpenFlowMessage, IWireDecoder<PortStatusMessage>
{
    private const byte LastReason = 2;
    private const int Padding = 7;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out PortStatusMessage? message)
    {
        message = null;
        byte reason = body.U8();
        body.Skip(Padding);
        if (reason > LastReason)
            return BadRequest.BadReason;
        if (OpenFlowPort.Decode(context, ref body, out OpenFlowPort? port) is { } error)
            return error;
        message = new PortStatusMessage(reason, port!);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U8(Reason);
        writer.Zero(Padding);
        Port.Encode(context, writer);
    }
}

/// <summary>Changes a port (<c>OFPT_PORT_MOD</c>).</summary>
/// <param name="Port">Its number.</param>
/// <param name="HardwareAddress">Its address, which must be right.</param>
/// <param name="Config">The bits to set (<c>OFPPC_*</c>).</param>
/// <param name="Mask">The bits to set or clear.</param>
/// <param name="Advertise">What it is to say that it can do, 0 for no change.</param>
internal sealed record PortModMessage(uint Port, ulong HardwareAddress, uint Config, uint Mask, uint Advertise)
    : OpenFlowMessage, IWireDecoder<PortModMessage>
{
    private const ushort EthernetProperty = 0;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out PortModMessage? message)
    {
        message = null;
        bool isFirst = context.Version == OpenFlowVersion.V10;
        OpenFlowError? badPort = context.TryReadPort(ref body, out uint port);
        body.Skip(isFirst ? 0 : sizeof(uint));
        ulong address = body.U48();
        body.Skip(isFirst ? 0 : sizeof(ushort));
        uint config = body.U32();
        uint mask = body.U32() & (uint)(isFirst ? PortConfig.All10 : PortConfig.All11);
        uint advertise = 0;
        if (badPort is not null)
            return badPort;
        if (context.Version < OpenFlowVersion.V14)
        {
            advertise = isFirst ? OpenFlowPort.FromFeatures10(body.U32()) : body.U32();
            body.Skip(sizeof(uint));
        }

        while (context.Version >= OpenFlowVersion.V14 && body.Left > 0)
        {
            if (WireProperty.TryTake(ref body, out ushort type, out WireReader payload) is { } error)
                return error;
            if (type != EthernetProperty)
                return WireProperty.Unknown(type);
            if (payload.Left != sizeof(uint))
                return BadProperty.BadLength;
            advertise = payload.U32();
        }

        message = new PortModMessage(port, address, config & mask, mask, advertise);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        bool isFirst = context.Version == OpenFlowVersion.V10;
        context.WritePort(writer, Port);
        writer.Zero(isFirst ? 0 : sizeof(uint));
        writer.U48(HardwareAddress);
        writer.Zero(isFirst ? 0 : sizeof(ushort));
        writer.U32(Config);
        writer.U32(Mask);
        if (context.Version < OpenFlowVersion.V14)
        {
            writer.U32(isFirst ? OpenFlowPort.ToFeatures10(Advertise) : Advertise);
            writer.Zero(sizeof(uint));
        }
        else if (Advertise != 0)
        {
            WireProperty.Put32(writer, EthernetProperty, Advertise);
        }
    }
}

/// <summary>
/// Asks for one port or all of them (<c>OFPST_PORT</c>, <c>OFPMP_PORT_DESC</c> of 1.5), or for its queues
/// (<c>OFPT_QUEUE_GET_CONFIG_REQUEST</c>).
/// </summary>
/// <param name="Port">The port, <see cref="OpenFlowPorts.None"/> for all.</param>
internal sealed record PortRequestMessage(uint Port) : OpenFlowMessage, IWireDecoder<PortRequestMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out PortRequestMessage? message)
    {
        message = null;
        if (context.TryReadPort(ref body, out uint port) is { } error)
            return error;
        body.TakeRest();
        message = new PortRequestMessage(port);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        int start = writer.Length;
        context.WritePort(writer, Port);
        writer.Zero(context.Form.Length - (writer.Length - start));
    }
}

/// <summary>Asks for queues (<c>OFPST_QUEUE</c>).</summary>
/// <param name="Port">The port, <see cref="OpenFlowPorts.None"/> for all.</param>
/// <param name="Queue">The queue, all ones for all.</param>
internal sealed record QueueRequestMessage(uint Port, uint Queue) : OpenFlowMessage, IWireDecoder<QueueRequestMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out QueueRequestMessage? message)
    {
        message = null;
        if (context.TryReadPort(ref body, out uint port) is not null)
            return QueueOpFailed.BadPort;
        // 1.0 asks for all ports by the number for flooding (ofputil_decode_queue_stats_request).
        if (context.Version == OpenFlowVersion.V10 && port == OpenFlowPorts.All)
            port = OpenFlowPorts.None;
        body.Skip(context.Version == OpenFlowVersion.V10 ? sizeof(ushort) : 0);
        message = new QueueRequestMessage(port, body.U32());
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        context.WritePort(writer, context.Version == OpenFlowVersion.V10 && Port == OpenFlowPorts.None ? OpenFlowPorts.All : Port);
        writer.Zero(context.Version == OpenFlowVersion.V10 ? sizeof(ushort) : 0);
        writer.U32(Queue);
    }
}
