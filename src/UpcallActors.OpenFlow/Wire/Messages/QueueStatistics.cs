namespace UpcallActors.OpenFlow;

/// <summary>What a queue counted (<c>ofp10_queue_stats</c> and its successors).</summary>
internal sealed record QueueStatistics(
    uint Port,
    uint Queue,
    ulong SentBytes,
    ulong SentPackets,
    ulong Errors,
    uint DurationSeconds,
    uint DurationNanoseconds)
    : IWireDecoder<QueueStatistics>, IWireEntry
{
    private const int LengthOf14 = 48;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out QueueStatistics? message)
    {
        message = null;
        int length = LengthOf14;
        if (context.Version >= OpenFlowVersion.V14)
        {
            length = body.U16();
            body.Skip(6);
        }

        if (context.TryReadPort(ref body, out uint port) is { } error)
            return error;
        body.Skip(context.Version == OpenFlowVersion.V10 ? sizeof(ushort) : 0);
        uint queue = body.U32();
        ulong bytes = body.U64();
        ulong packets = body.U64();
        ulong errors = body.U64();
        bool hasDuration = context.Version >= OpenFlowVersion.V13;
        message = new QueueStatistics(
            port, queue, bytes, packets, errors, hasDuration ? body.U32() : 0, hasDuration ? body.U32() : 0);
        if (length < LengthOf14)
            return BadRequest.BadLength;
        body.Skip(length - LengthOf14);
        return null;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        if (context.Version >= OpenFlowVersion.V14)
        {
            writer.U16(LengthOf14);
            writer.Zero(6);
        }

        context.WritePort(writer, Port);
        writer.Zero(context.Version == OpenFlowVersion.V10 ? sizeof(ushort) : 0);
        writer.U32(Queue);
        writer.U64(SentBytes);
        writer.U64(SentPackets);
        writer.U64(Errors);
        if (context.Version < OpenFlowVersion.V13)
            return;
        writer.U32(DurationSeconds);
        writer.U32(DurationNanoseconds);
    }
}
