using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>A tunnel's option and the field that stands for it (<c>nx_tlv_map</c>).</summary>
/// <param name="OptionClass">The option's class.</param>
/// <param name="OptionType">Its type.</param>
/// <param name="OptionLength">Its bytes, a multiple of 4.</param>
/// <param name="Index">The number of the field tun_metadata.</param>
internal readonly record struct TlvMapping(ushort OptionClass, byte OptionType, byte OptionLength, ushort Index)
{
    private const int MaximumLength = 124;
    private const int MaximumFields = 64;

    /// <summary>Reads mappings to the end (<c>decode_tlv_table_mappings</c>).</summary>
    public static OpenFlowError? DecodeAll(ref WireReader body, out ImmutableArray<TlvMapping> mappings)
    {
        ImmutableArray<TlvMapping>.Builder read = ImmutableArray.CreateBuilder<TlvMapping>();
        mappings = [];
        while (body.Left > 0)
        {
            var mapping = new TlvMapping(body.U16(), body.U8(), body.U8(), body.U16());
            body.Skip(2);
            if (mapping.OptionLength % 4 != 0 || mapping.OptionLength > MaximumLength)
                return TlvTableModFailed.BadOptionLength;
            if (mapping.Index >= MaximumFields)
                return TlvTableModFailed.BadFieldIndex;
            read.Add(mapping);
        }

        mappings = read.ToImmutable();
        return null;
    }

    public static void EncodeAll(ImmutableArray<TlvMapping> mappings, WireWriter writer)
    {
        foreach (TlvMapping mapping in mappings)
        {
            writer.U16(mapping.OptionClass);
            writer.U8(mapping.OptionType);
            writer.U8(mapping.OptionLength);
            writer.U16(mapping.Index);
            writer.Zero(2);
        }
    }
}

/// <summary>Changes which fields stand for which options of tunnels (<c>NXT_TLV_TABLE_MOD</c>).</summary>
/// <param name="Command">0 adds, 1 deletes, 2 deletes all.</param>
/// <param name="Mappings">Which.</param>
internal sealed record TlvTableModMessage(ushort Command, ImmutableArray<TlvMapping> Mappings)
    : OpenFlowMessage, IWireDecoder<TlvTableModMessage>
{
    private const ushort ClearCommand = 2;
    private const int Padding = 6;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out TlvTableModMessage? message)
    {
        message = null;
        ushort command = body.U16();
        body.Skip(Padding);
        if (command > ClearCommand)
            return TlvTableModFailed.BadCommand;
        if (TlvMapping.DecodeAll(ref body, out ImmutableArray<TlvMapping> mappings) is { } error)
            return error;
        message = new TlvTableModMessage(command, mappings);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U16(Command);
        writer.Zero(Padding);
        TlvMapping.EncodeAll(Mappings, writer);
    }
}

/// <summary>Which fields stand for which options of tunnels (<c>NXT_TLV_TABLE_REPLY</c>).</summary>
internal sealed record TlvTableMessage(uint MaximumSpace, ushort MaximumFields, ImmutableArray<TlvMapping> Mappings)
    : OpenFlowMessage, IWireDecoder<TlvTableMessage>
{
    private const int Reserved = 10;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out TlvTableMessage? message)
    {
        message = null;
        uint space = body.U32();
        ushort fields = body.U16();
        body.Skip(Reserved);
        if (TlvMapping.DecodeAll(ref body, out ImmutableArray<TlvMapping> mappings) is { } error)
            return error;
        message = new TlvTableMessage(space, fields, mappings);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U32(MaximumSpace);
        writer.U16(MaximumFields);
        writer.Zero(Reserved);
        TlvMapping.EncodeAll(Mappings, writer);
    }
}
