using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>What a switch is (<c>OFPT_FEATURES_REPLY</c>).</summary>
/// <param name="DatapathId">Its number.</param>
/// <param name="Buffers">How many packets it keeps for controllers.</param>
/// <param name="Tables">How many tables it has.</param>
/// <param name="AuxiliaryId">The connection's number beside the main one, since 1.3.</param>
/// <param name="Capabilities">What it can do (<c>OFPC_*</c>).</param>
/// <param name="Actions">The actions of 1.0 that it has, as bits.</param>
/// <param name="Ports">Its ports, up to 1.2.</param>
internal sealed record SwitchFeaturesMessage(
    ulong DatapathId,
    uint Buffers,
    byte Tables,
    byte AuxiliaryId,
    uint Capabilities,
    uint Actions,
    ImmutableArray<OpenFlowPort> Ports)
    : OpenFlowMessage, IWireDecoder<SwitchFeaturesMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out SwitchFeaturesMessage? message)
    {
        message = null;
        ulong datapath = body.U64();
        uint buffers = body.U32();
        byte tables = body.U8();
        byte auxiliary = body.U8();
        body.Skip(2);
        uint capabilities = body.U32();
        uint actions = body.U32();
        if (OpenFlowPort.DecodeAll(context, ref body, out ImmutableArray<OpenFlowPort> ports) is { } error)
            return error;
        message = new SwitchFeaturesMessage(datapath, buffers, tables, auxiliary, capabilities, actions, ports);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U64(DatapathId);
        writer.U32(Buffers);
        writer.U8(Tables);
        writer.U8(AuxiliaryId);
        writer.Zero(2);
        writer.U32(Capabilities);
        writer.U32(Actions);
        foreach (OpenFlowPort port in Ports)
            port.Encode(context.Version, writer);
    }
}

/// <summary>What a switch does with fragments, and how much of a packet it sends (<c>OFPT_*_CONFIG</c>).</summary>
/// <param name="Flags"><c>OFPC_FRAG_*</c>, and <c>OFPC_INVALID_TTL_TO_CONTROLLER</c> up to 1.2.</param>
/// <param name="MissSendLength">Bytes of a packet without a flow.</param>
internal sealed record SwitchConfigMessage(ushort Flags, ushort MissSendLength) : OpenFlowMessage, IWireDecoder<SwitchConfigMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out SwitchConfigMessage? message)
    {
        message = new SwitchConfigMessage(body.U16(), body.U16());
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U16(Flags);
        writer.U16(MissSendLength);
    }
}

/// <summary>Who made a switch (<c>OFPST_DESC</c>).</summary>
internal sealed record SwitchDescriptionMessage(string Maker, string Hardware, string Software, string SerialNumber, string Datapath)
    : OpenFlowMessage, IWireDecoder<SwitchDescriptionMessage>
{
    private const int DescriptionLength = 256;
    private const int SerialNumberLength = 32;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out SwitchDescriptionMessage? message)
    {
        message = new SwitchDescriptionMessage(
            body.Text(DescriptionLength),
            body.Text(DescriptionLength),
            body.Text(DescriptionLength),
            body.Text(SerialNumberLength),
            body.Text(DescriptionLength));
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.Text(Maker, DescriptionLength);
        writer.Text(Hardware, DescriptionLength);
        writer.Text(Software, DescriptionLength);
        writer.Text(SerialNumber, SerialNumberLength);
        writer.Text(Datapath, DescriptionLength);
    }
}
