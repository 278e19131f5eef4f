namespace UpcallActors.OpenFlow;

/// <summary>What a table counted (<c>OFPST_TABLE</c>), with what 1.0 to 1.2 say of its abilities.</summary>
internal sealed record TableStatistics : IWireDecoder<TableStatistics>, IWireEntry
{
    private const int NameLength = 32;

    public byte Id { get; init; }

    public string Name { get; init; } = "";

    /// <summary>The fields that it can leave out, as bits of the version.</summary>
    public ulong Wildcards { get; init; }

    /// <summary>The fields that it matches on, as bits of the version, since 1.1.</summary>
    public ulong Match { get; init; }

    public ulong WriteSetFields { get; init; }

    public ulong ApplySetFields { get; init; }

    public ulong MetadataMatch { get; init; }

    public ulong MetadataWrite { get; init; }

    public uint WriteActions { get; init; }

    public uint ApplyActions { get; init; }

    public uint Instructions { get; init; }

    public uint Config { get; init; }

    public uint MaximumEntries { get; init; }

    public uint ActiveEntries { get; init; }

    public ulong Lookups { get; init; }

    public ulong Matched { get; init; }

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out TableStatistics? message)
    {
        OpenFlowVersion version = context.Version;
        byte id = body.U8();
        body.Skip(version is OpenFlowVersion.V11 or OpenFlowVersion.V12 ? 7 : 3);
        string name = version < OpenFlowVersion.V13 ? body.Text(NameLength) : "";
        var read = new TableStatistics { Id = id, Name = name };
        if (version == OpenFlowVersion.V10)
            read = read with { Wildcards = body.U32(), MaximumEntries = body.U32() };
        else if (version == OpenFlowVersion.V11)
            read = Decode11(read, ref body);
        else if (version == OpenFlowVersion.V12)
            read = Decode12(read, ref body);
        message = read with { ActiveEntries = body.U32(), Lookups = body.U64(), Matched = body.U64() };
        return null;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        OpenFlowVersion version = context.Version;
        writer.U8(Id);
        writer.Zero(version is OpenFlowVersion.V11 or OpenFlowVersion.V12 ? 7 : 3);
        if (version < OpenFlowVersion.V13)
            writer.Text(Name, NameLength);
        if (version == OpenFlowVersion.V10)
        {
            writer.U32((uint)Wildcards);
            writer.U32(MaximumEntries);
        }
        else if (version == OpenFlowVersion.V11)
        {
            foreach (uint part in (ReadOnlySpan<uint>)
                [(uint)Wildcards, (uint)Match, Instructions, WriteActions, ApplyActions, Config, MaximumEntries])
                writer.U32(part);
        }
        else if (version == OpenFlowVersion.V12)
        {
            Encode12(writer);
        }

        writer.U32(ActiveEntries);
        writer.U64(Lookups);
        writer.U64(Matched);
    }

    private static TableStatistics Decode11(TableStatistics read, ref WireReader body) => read with
    {
        Wildcards = body.U32(),
        Match = body.U32(),
        Instructions = body.U32(),
        WriteActions = body.U32(),
        ApplyActions = body.U32(),
        Config = body.U32(),
        MaximumEntries = body.U32(),
    };

    private static TableStatistics Decode12(TableStatistics read, ref WireReader body) => read with
    {
        Match = body.U64(),
        Wildcards = body.U64(),
        WriteActions = body.U32(),
        ApplyActions = body.U32(),
        WriteSetFields = body.U64(),
        ApplySetFields = body.U64(),
        MetadataMatch = body.U64(),
        MetadataWrite = body.U64(),
        Instructions = body.U32(),
        Config = body.U32(),
        MaximumEntries = body.U32(),
    };

    private void Encode12(WireWriter writer)
    {
        writer.U64(Match);
        writer.U64(Wildcards);
        writer.U32(WriteActions);
        writer.U32(ApplyActions);
        foreach (ulong part in (ReadOnlySpan<ulong>)[WriteSetFields, ApplySetFields, MetadataMatch, MetadataWrite])
            writer.U64(part);
        writer.U32(Instructions);
        writer.U32(Config);
        writer.U32(MaximumEntries);
    }
}

/// <summary>When a table tells that it runs full (<c>OFPTMPT_VACANCY</c>), in per cent of its room.</summary>
internal readonly record struct TableVacancy(byte Down, byte Up, byte Vacancy);

/// <summary>A table's configuration (<c>ofp14_table_desc</c>), asked for or to be set (<c>OFPT_TABLE_MOD</c>).</summary>
/// <param name="Id">The table, 255 for all.</param>
/// <param name="Config"><c>OFPTC_*</c>: up to 1.3 what becomes of a packet without a flow, since 1.4 eviction and vacancy events.</param>
/// <param name="Eviction">By what flows are evicted (<c>OFPTMPEF_*</c>), since 1.4.</param>
/// <param name="Vacancy">When vacancy is told, since 1.4.</param>
internal sealed record TableConfig(byte Id, uint Config, uint? Eviction, TableVacancy? Vacancy)
    : OpenFlowMessage, IWireDecoder<TableConfig>, IWireEntry
{
    private const ushort EvictionProperty = 2;
    private const ushort VacancyProperty = 3;
    private const int DescriptionLength = 8;
    private const byte WholePercent = 100;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out TableConfig? message) =>
        context.Form.Type == MessageType.TableMod
            ? DecodeMod(context, ref body, out message)
            : DecodeDescription(ref body, out message);

    public override void Encode(in WireContext context, WireWriter writer)
    {
        bool isMod = context.Form.Type == MessageType.TableMod;
        int start = writer.Length;
        writer.Zero(isMod ? 0 : sizeof(ushort));
        writer.U8(Id);
        writer.Zero(isMod ? 3 : 1);
        writer.U32(Config);
        if (context.Version < OpenFlowVersion.V14)
            return;
        if (Eviction is { } eviction)
            WireProperty.Put32(writer, EvictionProperty, eviction);
        if (Vacancy is { } vacancy)
            WireProperty.PutBytes(writer, VacancyProperty, [vacancy.Down, vacancy.Up, vacancy.Vacancy, 0]);
        if (!isMod)
            writer.PatchLength(start, start);
    }

    private static OpenFlowError? DecodeMod(in WireContext context, ref WireReader body, out TableConfig? message)
    {
        byte id = body.U8();
        body.Skip(3);
        message = new TableConfig(id, body.U32(), null, null);
        if (context.Version < OpenFlowVersion.V14)
            return null;
        var properties = new WireReader(body.TakeRest());
        OpenFlowError? error = DecodeProperties(ref properties, ref message, isMod: true);
        return error ?? (message.Vacancy is { } vacancy
            && (vacancy.Down > vacancy.Up || vacancy.Up > WholePercent || vacancy.Vacancy != 0) ? BadProperty.BadValue : null);
    }

    private static OpenFlowError? DecodeDescription(ref WireReader body, out TableConfig? message)
    {
        int length = body.U16();
        byte id = body.U8();
        body.Skip(1);
        message = new TableConfig(id, body.U32(), null, null);
        if (length < DescriptionLength)
            return BadRequest.BadLength;
        var properties = new WireReader(body.Take(length - DescriptionLength));
        return DecodeProperties(ref properties, ref message, isMod: false);
    }

    private static OpenFlowError? DecodeProperties(ref WireReader properties, ref TableConfig message, bool isMod)
    {
        while (properties.Left > 0)
        {
            if (WireProperty.TryTake(ref properties, out ushort type, out WireReader payload) is { } error)
                return error;
            if (type is EvictionProperty or VacancyProperty && payload.Left != sizeof(uint))
                return BadProperty.BadLength;
            if (type == EvictionProperty)
                message = message with { Eviction = payload.U32() };
            else if (type == VacancyProperty)
                message = message with { Vacancy = new TableVacancy(payload.U8(), payload.U8(), payload.U8()) };
            else if (isMod)
                return BadRequest.BadType;
        }

        return null;
    }
}

/// <summary>A table ran full, or is so no more (<c>OFPT_TABLE_STATUS</c>).</summary>
/// <param name="Reason"><c>OFPTR_*</c>: 3 full, 4 no more.</param>
/// <param name="Table">The table.</param>
internal sealed record TableStatusMessage(byte Reason, TableConfig Table) : OpenFlowMessage, IWireDecoder<TableStatusMessage>
{
    private const int Padding = 7;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out TableStatusMessage? message)
    {
        message = null;
        byte reason = body.U8();
        body.Skip(Padding);
        if (TableConfig.Decode(context, ref body, out TableConfig? table) is { } error)
            return error;
        message = new TableStatusMessage(reason, table!);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U8(Reason);
        writer.Zero(Padding);
        Table.Encode(context, writer);
    }
}
