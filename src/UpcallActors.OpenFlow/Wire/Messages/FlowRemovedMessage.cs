namespace UpcallActors.OpenFlow;

/// <summary>A flow went (<c>OFPT_FLOW_REMOVED</c>, <c>NXT_FLOW_REMOVED</c>).</summary>
internal sealed record FlowRemovedMessage : OpenFlowMessage, IWireDecoder<FlowRemovedMessage>
{
    public Match Match { get; init; } = Match.Any;

    public ulong Cookie { get; init; }

    public ushort Priority { get; init; }

    /// <summary>Why (<c>OFPRR_*</c>).</summary>
    public byte Reason { get; init; }

    /// <summary>Its table; 255 where the layout does not say.</summary>
    public byte Table { get; init; }

    public ushort IdleTimeout { get; init; }

    /// <summary>Since 1.2.</summary>
    public ushort HardTimeout { get; init; }

    public FlowCounters Counters { get; init; } = FlowCounters.Unknown;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out FlowRemovedMessage? message)
    {
        if (context.IsNicira)
            return DecodeNicira(ref body, out message);
        if (context.Version == OpenFlowVersion.V15)
            return Decode15(ref body, out message);
        bool isFirst = context.Version == OpenFlowVersion.V10;
        Match match = isFirst ? Match10.Decode(ref body, normalizes: false, out _) : Match.Any;
        var read = new FlowRemovedMessage { Cookie = body.U64(), Priority = body.U16(), Reason = body.U8() };
        byte table = body.U8();
        FlowCounters counters = FlowCounters.Unknown with { DurationSeconds = body.U32(), DurationNanoseconds = body.U32() };
        read = read with { Table = isFirst ? (byte)255 : table, IdleTimeout = body.U16(), HardTimeout = body.U16() };
        counters = counters with { Packets = body.U64(), Bytes = body.U64() };
        OpenFlowError? error = isFirst ? null : WireMatches.Decode(ref body, out match);
        message = read with { Match = match, Counters = counters };
        return error;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        if (context.Version == OpenFlowVersion.V15 && !context.IsNicira)
        {
            writer.U8(Table);
            writer.U8(Reason);
            writer.U16(Priority);
            writer.U16(IdleTimeout);
            writer.U16(HardTimeout);
            writer.U64(Cookie);
            WireMatches.Encode(context.Version, writer, Match);
            Counters.Encode(writer);
            return;
        }

        bool isFirst = context.Version == OpenFlowVersion.V10 && !context.IsNicira;
        if (isFirst)
            Match10.Encode(writer, Match);
        writer.U64(Cookie);
        writer.U16(Priority);
        writer.U8(Reason);
        writer.U8(context.IsNicira ? (byte)(Table + 1) : isFirst ? (byte)0 : Table);
        writer.U32(Counters.DurationSeconds);
        writer.U32(Counters.DurationNanoseconds);
        writer.U16(IdleTimeout);
        int lengthAt = writer.Length;
        writer.U16(context.IsNicira ? (ushort)0 : HardTimeout);
        writer.U64(Counters.Packets);
        writer.U64(Counters.Bytes);
        if (context.IsNicira)
            writer.Patch16(lengthAt, MatchCodec.EncodeNxm(writer, new WireMatch(Match)));
        else if (!isFirst)
            WireMatches.Encode(context.Version, writer, Match);
    }

    private static OpenFlowError? DecodeNicira(ref WireReader body, out FlowRemovedMessage? message)
    {
        var read = new FlowRemovedMessage
        {
            Cookie = body.U64(),
            Priority = body.U16(),
            Reason = body.U8(),
            Table = (byte)(body.U8() - 1),
        };
        FlowCounters counters = FlowCounters.Unknown with { DurationSeconds = body.U32(), DurationNanoseconds = body.U32() };
        read = read with { IdleTimeout = body.U16() };
        int length = body.U16();
        counters = counters with { Packets = body.U64(), Bytes = body.U64() };
        OpenFlowError? error = MatchCodec.DecodeNxm(ref body, length, allowsCookie: false, isStrict: true, out WireMatch match);
        message = read with { Match = match.Match, Counters = counters };
        return error;
    }

    private static OpenFlowError? Decode15(ref WireReader body, out FlowRemovedMessage? message)
    {
        message = null;
        var read = new FlowRemovedMessage
        {
            Table = body.U8(),
            Reason = body.U8(),
            Priority = body.U16(),
            IdleTimeout = body.U16(),
            HardTimeout = body.U16(),
            Cookie = body.U64(),
        };
        if (WireMatches.Decode(ref body, out Match match) is { } badMatch)
            return badMatch;
        OpenFlowError? error = FlowCounters.Decode(ref body, out FlowCounters counters);
        message = read with { Match = match, Counters = counters };
        return error;
    }
}
