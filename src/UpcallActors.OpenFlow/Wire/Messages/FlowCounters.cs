namespace UpcallActors.OpenFlow;

/// <summary>
/// What a flow counted, as properties of their own in 1.5 (OXS, <c>struct ofp_oxs_stat</c>). All ones where it is not known.
/// </summary>
internal readonly record struct FlowCounters(
    uint DurationSeconds, uint DurationNanoseconds, uint IdleAge, ulong Packets, ulong Bytes, uint Flows)
{
    private const ushort OxsClass = 0x8002;
    private const int HeaderLength = 4;
    private const byte DurationField = 0;
    private const byte IdleField = 1;
    private const byte FlowsField = 3;
    private const byte PacketsField = 4;
    private const byte BytesField = 5;

    /// <summary>Nothing known.</summary>
    public static FlowCounters Unknown { get; } =
        new(uint.MaxValue, uint.MaxValue, uint.MaxValue, ulong.MaxValue, ulong.MaxValue, uint.MaxValue);

    /// <summary>Reads the properties with their header and padding (<c>oxs_pull_stat</c>); unknown ones are passed over.</summary>
    public static OpenFlowError? Decode(scoped ref WireReader body, out FlowCounters counters)
    {
        counters = Unknown;
        body.Skip(sizeof(ushort));
        int length = body.U16();
        if (body.Failed || length < HeaderLength)
            return BadMatch.BadLength;
        var entries = new WireReader(body.Take(length - HeaderLength));
        body.Skip(-length & 7);
        if (body.Failed)
            return BadMatch.BadLength;
        while (entries.Left > 0)
        {
            ushort oxsClass = entries.U16();
            byte field = (byte)(entries.U8() >> 1);
            var value = new WireReader(entries.Take(entries.U8()));
            if (entries.Failed)
                return BadMatch.BadLength;
            if (oxsClass != OxsClass)
                continue;
            counters = field switch
            {
                DurationField => counters with { DurationSeconds = value.U32(), DurationNanoseconds = value.U32() },
                IdleField => counters with { IdleAge = value.U32() },
                FlowsField => counters with { Flows = value.U32() },
                PacketsField => counters with { Packets = value.U64() },
                BytesField => counters with { Bytes = value.U64() },
                _ => counters,
            };
        }

        return null;
    }

    /// <summary>Appends what is known (<c>oxs_put_stats</c>).</summary>
    public void Encode(WireWriter writer)
    {
        int start = writer.Length;
        writer.U32(0);
        if (DurationSeconds != uint.MaxValue)
            Put(writer, DurationField, ((ulong)DurationSeconds << 32) | DurationNanoseconds);
        if (IdleAge != uint.MaxValue)
            Put(writer, IdleField, (ulong)IdleAge << 32);
        if (Packets != ulong.MaxValue)
            Put(writer, PacketsField, Packets);
        if (Bytes != ulong.MaxValue)
            Put(writer, BytesField, Bytes);
        if (Flows != uint.MaxValue)
        {
            PutHeader(writer, FlowsField, sizeof(uint));
            writer.U32(Flows);
        }

        writer.PatchLength(start + sizeof(ushort), start);
        writer.Pad8(start);
    }

    private static void Put(WireWriter writer, byte field, ulong value)
    {
        PutHeader(writer, field, sizeof(ulong));
        writer.U64(value);
    }

    private static void PutHeader(WireWriter writer, byte field, byte length)
    {
        writer.U16(OxsClass);
        writer.U8((byte)(field << 1));
        writer.U8(length);
    }
}
