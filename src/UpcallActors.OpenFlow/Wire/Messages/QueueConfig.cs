using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>A queue of a port (<c>ofp10_packet_queue</c>, <c>ofp12_packet_queue</c>, <c>ofp14_queue_desc</c>).</summary>
/// <param name="Port">The port; 1.0 and 1.1 say it of all queues at once.</param>
/// <param name="Queue">The queue.</param>
/// <param name="MinimumRate">Tenths of a per cent that it gets, null if that is not said.</param>
/// <param name="MaximumRate">Tenths of a per cent that it gets at most, null if that is not said.</param>
internal sealed record QueueConfig(uint Port, uint Queue, ushort? MinimumRate, ushort? MaximumRate)
    : IWireDecoder<QueueConfig>, IWireEntry
{
    private const ushort MinimumProperty = 1;
    private const ushort MaximumProperty = 2;
    private const int HeaderLength10 = 8;
    private const int HeaderLength12 = 16;
    private const int RateLength = 16;

    private static bool IsShort(OpenFlowVersion version) => version < OpenFlowVersion.V12;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out QueueConfig? message)
    {
        message = null;
        bool isShort = IsShort(context.Version);
        bool portFirst = context.Version >= OpenFlowVersion.V14;
        uint port = portFirst ? body.U32() : 0;
        uint queue = body.U32();
        if (!isShort && !portFirst)
            port = body.U32();
        int length = body.U16();
        body.Skip(isShort ? 2 : 6);
        int header = isShort ? HeaderLength10 : HeaderLength12;
        if (length < header)
            return BadRequest.BadLength;
        if (!WirePorts.TryNarrow(OpenFlowVersion.V15, ref port))
            return BadAction.BadOutPort;
        var read = new QueueConfig(port, queue, null, null);
        var properties = new WireReader(body.Take(length - header));
        while (properties.Left > 0)
        {
            if (WireProperty.TryTake(ref properties, out ushort type, out WireReader payload) is { } error)
                return error;
            payload.Skip(portFirst ? 0 : sizeof(uint));
            ushort rate = payload.U16();
            if (payload.Failed)
                return BadProperty.BadLength;
            read = type switch
            {
                MinimumProperty => read with { MinimumRate = rate },
                MaximumProperty => read with { MaximumRate = rate },
                _ => read,
            };
        }

        message = read;
        return null;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        int start = writer.Length;
        bool isShort = IsShort(context.Version);
        bool portFirst = context.Version >= OpenFlowVersion.V14;
        if (portFirst)
            writer.U32(WirePorts.Widen(Port));
        writer.U32(Queue);
        if (!isShort && !portFirst)
            writer.U32(WirePorts.Widen(Port));
        int lengthAt = writer.Length;
        writer.U16(0);
        writer.Zero(isShort ? 2 : 6);
        Put(writer, portFirst, MinimumProperty, MinimumRate);
        Put(writer, portFirst, MaximumProperty, MaximumRate);
        writer.PatchLength(lengthAt, start);
    }

    private static void Put(WireWriter writer, bool is14, ushort property, ushort? rate)
    {
        if (rate is not { } known)
            return;
        if (is14)
        {
            WireProperty.Put16(writer, property, known);
            return;
        }

        int start = WireProperty.Start(writer, property);
        writer.U32(0);
        writer.U16(known);
        writer.Zero(RateLength - (writer.Length - start));
        WireProperty.End(writer, start);
    }
}

/// <summary>The queues of a port (<c>OFPT_QUEUE_GET_CONFIG_REPLY</c>, up to 1.3).</summary>
internal sealed record QueueConfigMessage(uint Port, ImmutableArray<QueueConfig> Queues) : OpenFlowMessage, IWireDecoder<QueueConfigMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out QueueConfigMessage? message)
    {
        message = null;
        if (context.TryReadPort(ref body, out uint port) is { } badPort)
            return badPort;
        body.Skip(context.Version == OpenFlowVersion.V10 ? 6 : 4);
        OpenFlowError? error = EntriesMessage<QueueConfig>.Decode(context, ref body, out EntriesMessage<QueueConfig>? queues);
        if (queues is not null)
            message = new QueueConfigMessage(port, queues.Entries);
        return error;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        context.WritePort(writer, Port);
        writer.Zero(context.Version == OpenFlowVersion.V10 ? 6 : 4);
        foreach (QueueConfig queue in Queues)
            queue.Encode(context, writer);
    }
}
