namespace UpcallActors.OpenFlow;

/// <summary>A flow with what it counted (<c>OFPST_FLOW</c>, <c>NXST_FLOW</c>).</summary>
internal sealed record FlowStats : IWireDecoder<FlowStats>, IWireEntry
{
    private const int ShortestEntry = 24;

    public byte Table { get; init; }

    public ushort Priority { get; init; }

    public Match Match { get; init; } = Match.Any;

    public ulong Cookie { get; init; }

    public ushort IdleTimeout { get; init; }

    public ushort HardTimeout { get; init; }

    /// <summary>Since 1.3.</summary>
    public FlowFlags Flags { get; init; }

    /// <summary>Since 1.4.</summary>
    public ushort Importance { get; init; }

    /// <summary>What it counted; its idle age in Nicira's form and 1.5 alone.</summary>
    public FlowCounters Counters { get; init; } = FlowCounters.Unknown;

    /// <summary>Seconds since it was modified, in Nicira's form; all ones if that is not known.</summary>
    public uint HardAge { get; init; } = uint.MaxValue;

    public ActionList Actions { get; init; } = ActionList.Empty;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out FlowStats? message)
    {
        message = null;
        int length = body.U16();
        if (length < ShortestEntry)
            return BadRequest.BadLength;
        var entry = new WireReader(body.Take(length - sizeof(ushort)));
        if (body.Failed)
            return BadRequest.BadLength;
        OpenFlowError? error = context.IsNicira ? DecodeNicira(ref entry, out FlowStats read)
            : context.Version == OpenFlowVersion.V10 ? Decode10(ref entry, out read)
            : context.Version < OpenFlowVersion.V15 ? Decode11(context.Version, ref entry, out read)
            : Decode15(ref entry, out read);
        if (error is not null)
            return error;
        if (entry.Failed)
            return BadRequest.BadLength;
        if (ActionListCodec.DecodeInstructions(context.Version, new WireReader(entry.TakeRest()), out ActionList actions) is { } badActions)
            return badActions;
        message = read with { Actions = actions };
        return null;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        int start = writer.Length;
        writer.U16(0);
        if (context.Version == OpenFlowVersion.V15)
        {
            Encode15(writer);
        }
        else
        {
            writer.U8(Table);
            writer.Zero(1);
            if (context.IsNicira)
                EncodeNicira(writer);
            else if (context.Version == OpenFlowVersion.V10)
                Encode10(writer);
            else
                Encode11(context.Version, writer);
        }

        ActionListCodec.EncodeInstructions(ActionWriting.Of(context.Version, Match), writer, Actions);
        writer.PatchLength(start, start);
    }

    private static OpenFlowError? DecodeNicira(ref WireReader entry, out FlowStats read)
    {
        read = Begin(ref entry);
        int matchLength = entry.U16();
        ushort idleAge = entry.U16();
        ushort hardAge = entry.U16();
        ulong cookie = entry.U64();
        FlowCounters counters = read.Counters with
        {
            IdleAge = idleAge == 0 ? uint.MaxValue : idleAge - 1u,
            Packets = entry.U64(),
            Bytes = entry.U64(),
        };
        OpenFlowError? error = MatchCodec.DecodeNxm(ref entry, matchLength, allowsCookie: false, isStrict: true, out WireMatch match);
        read = read with
        {
            Match = match.Match,
            Cookie = cookie,
            Counters = counters,
            HardAge = hardAge == 0 ? uint.MaxValue : hardAge - 1u,
        };
        return error;
    }

    private static OpenFlowError? Decode10(ref WireReader entry, out FlowStats read)
    {
        byte table = entry.U8();
        entry.Skip(1);
        Match match = Match10.Decode(ref entry, normalizes: false, out _);
        read = Durations(ref entry, new FlowStats { Table = table, Match = match });
        entry.Skip(6);
        ulong cookie = entry.U64();
        read = read with { Cookie = cookie, Counters = read.Counters with { Packets = entry.U64(), Bytes = entry.U64() } };
        return null;
    }

    private static OpenFlowError? Decode11(OpenFlowVersion version, ref WireReader entry, out FlowStats read)
    {
        read = Begin(ref entry);
        ushort rawFlags = entry.U16();
        ushort importance = entry.U16();
        entry.Skip(2);
        ulong cookie = entry.U64();
        FlowCounters counters = read.Counters with { Packets = entry.U64(), Bytes = entry.U64() };
        FlowFlags flags = FlowFlags.None;
        OpenFlowError? error = version >= OpenFlowVersion.V13 ? FlowFlagsCodec.Decode(version, rawFlags, out flags) : null;
        error = WireMatches.Decode(ref entry, out Match match) ?? error;
        read = read with
        {
            Match = match,
            Cookie = cookie,
            Flags = flags,
            Importance = version >= OpenFlowVersion.V14 ? importance : (ushort)0,
            Counters = counters,
        };
        return error;
    }

    private static OpenFlowError? Decode15(ref WireReader entry, out FlowStats read)
    {
        entry.Skip(2);
        byte table = entry.U8();
        entry.Skip(1);
        read = new FlowStats { Table = table, Priority = entry.U16(), IdleTimeout = entry.U16(), HardTimeout = entry.U16() };
        OpenFlowError? badFlags = FlowFlagsCodec.Decode(OpenFlowVersion.V15, entry.U16(), out FlowFlags flags);
        read = read with { Flags = flags, Importance = entry.U16(), Cookie = entry.U64() };
        if (WireMatches.Decode(ref entry, out Match match) is { } badMatch)
            return badMatch;
        OpenFlowError? badCounters = FlowCounters.Decode(ref entry, out FlowCounters counters);
        read = read with { Match = match, Counters = counters };
        return badFlags ?? badCounters;
    }

    private static FlowStats Begin(ref WireReader entry)
    {
        byte table = entry.U8();
        entry.Skip(1);
        return Durations(ref entry, new FlowStats { Table = table });
    }

    private static FlowStats Durations(ref WireReader entry, FlowStats read)
    {
        FlowCounters counters = FlowCounters.Unknown with { DurationSeconds = entry.U32(), DurationNanoseconds = entry.U32() };
        return read with { Counters = counters, Priority = entry.U16(), IdleTimeout = entry.U16(), HardTimeout = entry.U16() };
    }

    private static ushort Age(uint age) => age == uint.MaxValue ? (ushort)0 : (ushort)Math.Min(age + 1, ushort.MaxValue);

    private static ulong Known(ulong counter) => counter == ulong.MaxValue ? 0 : counter;

    private void WriteDurations(WireWriter writer)
    {
        writer.U32(Counters.DurationSeconds);
        writer.U32(Counters.DurationNanoseconds);
        writer.U16(Priority);
        writer.U16(IdleTimeout);
        writer.U16(HardTimeout);
    }

    private void EncodeNicira(WireWriter writer)
    {
        WriteDurations(writer);
        int lengthAt = writer.Length;
        writer.U16(0);
        writer.U16(Age(Counters.IdleAge));
        writer.U16(Age(HardAge));
        writer.U64(Cookie);
        writer.U64(Counters.Packets);
        writer.U64(Counters.Bytes);
        writer.Patch16(lengthAt, MatchCodec.EncodeNxm(writer, new WireMatch(Match)));
    }

    private void Encode10(WireWriter writer)
    {
        Match10.Encode(writer, Match);
        WriteDurations(writer);
        writer.Zero(6);
        writer.U64(Cookie);
        writer.U64(Known(Counters.Packets));
        writer.U64(Known(Counters.Bytes));
    }

    private void Encode11(OpenFlowVersion version, WireWriter writer)
    {
        WriteDurations(writer);
        writer.U16(version >= OpenFlowVersion.V13 ? FlowFlagsCodec.Encode(version, Flags) : (ushort)0);
        writer.U16(version >= OpenFlowVersion.V14 ? Importance : (ushort)0);
        writer.Zero(2);
        writer.U64(Cookie);
        writer.U64(Known(Counters.Packets));
        writer.U64(Known(Counters.Bytes));
        MatchCodec.EncodeOxm(writer, Match, version);
    }

    private void Encode15(WireWriter writer)
    {
        writer.Zero(2);
        writer.U8(Table);
        writer.Zero(1);
        writer.U16(Priority);
        writer.U16(IdleTimeout);
        writer.U16(HardTimeout);
        writer.U16(FlowFlagsCodec.Encode(OpenFlowVersion.V15, Flags));
        writer.U16(Importance);
        writer.U64(Cookie);
        MatchCodec.EncodeOxm(writer, Match, OpenFlowVersion.V15);
        Counters.Encode(writer);
    }
}
