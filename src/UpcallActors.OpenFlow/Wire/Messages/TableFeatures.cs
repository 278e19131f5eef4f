using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>
/// One property of a table's abilities (<c>ofp13_table_feature_prop_type</c>): instructions, next tables, actions or fields. Its
/// list is kept as it is on the wire, since a switch answers with the same list for each table.
/// </summary>
internal readonly record struct TableFeatureProperty(ushort Type, ImmutableArray<byte> List);

/// <summary>What a table can do, or is to do (<c>OFPMP_TABLE_FEATURES</c>).</summary>
internal sealed record TableFeatures : IWireDecoder<TableFeatures>, IWireEntry
{
    private const int NameLength = 32;
    private const int FixedLength = 64;

    public byte Id { get; init; }

    /// <summary><c>OFPTFC_*</c> in a request of 1.5, 0 else.</summary>
    public byte Command { get; init; }

    /// <summary><c>OFPTFF_*</c>, 1.5 only.</summary>
    public uint Features { get; init; }

    public string Name { get; init; } = "";

    public ulong MetadataMatch { get; init; }

    public ulong MetadataWrite { get; init; }

    /// <summary>The bits of the table's configuration that it has (<c>OFPTC_*</c>).</summary>
    public uint Config { get; init; }

    public uint MaximumEntries { get; init; }

    public ImmutableArray<TableFeatureProperty> Properties { get; init; } = [];

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out TableFeatures? message)
    {
        message = null;
        int length = body.U16();
        var read = new TableFeatures
        {
            Id = body.U8(),
            Command = body.U8(),
            Features = body.U32(),
            Name = body.Text(NameLength),
            MetadataMatch = body.U64(),
            MetadataWrite = body.U64(),
            Config = body.U32(),
            MaximumEntries = body.U32(),
        };
        if (length < FixedLength)
            return BadProperty.BadLength;
        var rest = new WireReader(body.Take(length - FixedLength));
        if (body.Failed)
            return BadProperty.BadLength;
        ImmutableArray<TableFeatureProperty>.Builder properties = ImmutableArray.CreateBuilder<TableFeatureProperty>();
        while (rest.Left > 0)
        {
            if (WireProperty.TryTake(ref rest, out ushort type, out WireReader payload) is { } error)
                return error;
            properties.Add(new TableFeatureProperty(type, [.. payload.Rest]));
        }

        message = read with { Properties = properties.ToImmutable() };
        return null;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        int start = writer.Length;
        writer.U16(0);
        writer.U8(Id);
        writer.U8(Command);
        writer.U32(Features);
        writer.Text(Name, NameLength);
        writer.U64(MetadataMatch);
        writer.U64(MetadataWrite);
        writer.U32(Config);
        writer.U32(MaximumEntries);
        foreach (TableFeatureProperty property in Properties)
            WireProperty.PutBytes(writer, property.Type, property.List.AsSpan());
        writer.PatchLength(start, start);
    }
}
