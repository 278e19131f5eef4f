namespace UpcallActors.OpenFlow;

/// <summary>Asks for flows (<c>OFPST_FLOW</c>, <c>NXST_FLOW</c>), or for what they counted together (<c>*_AGGREGATE</c>).</summary>
/// <param name="Table">The table, 255 for all.</param>
/// <param name="Match">Flows within it.</param>
internal sealed record FlowRequestMessage(byte Table, Match Match) : OpenFlowMessage, IWireDecoder<FlowRequestMessage>
{
    /// <summary>Only flows that output to this port; <see cref="OpenFlowPorts.None"/> for any.</summary>
    public uint OutPort { get; init; } = OpenFlowPorts.None;

    /// <summary>Only flows that output to this group; <see cref="FlowChange.AnyGroup"/> for any.</summary>
    public uint OutGroup { get; init; } = FlowChange.AnyGroup;

    /// <summary>Only flows whose cookie agrees with this under <see cref="CookieMask"/>.</summary>
    public ulong Cookie { get; init; }

    /// <summary>0: the cookie does not matter.</summary>
    public ulong CookieMask { get; init; }

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out FlowRequestMessage? message)
    {
        message = null;
        if (context.IsNicira)
            return DecodeNicira(ref body, out message);
        if (context.Version == OpenFlowVersion.V10)
        {
            Match old = Match10.Decode(ref body, normalizes: false, out _);
            byte oldTable = body.U8();
            body.Skip(1);
            message = new FlowRequestMessage(oldTable, old) { OutPort = body.U16() };
            return null;
        }

        byte table = body.U8();
        body.Skip(3);
        uint outPort = body.U32();
        uint outGroup = body.U32();
        body.Skip(4);
        ulong cookie = body.U64();
        ulong mask = body.U64();
        if (!WirePorts.TryNarrow(context.Version, ref outPort))
            return BadAction.BadOutPort;
        if (WireMatches.Decode(ref body, out Match match) is { } error)
            return error;
        message = new FlowRequestMessage(table, match) { OutPort = outPort, OutGroup = outGroup, Cookie = cookie, CookieMask = mask };
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        if (context.IsNicira)
        {
            int start = writer.Length;
            writer.U16((ushort)OutPort);
            writer.U16(0);
            writer.U8(Table);
            writer.Zero(3);
            writer.Patch16(start + sizeof(ushort), MatchCodec.EncodeNxm(writer, new WireMatch(Match, Cookie, CookieMask)));
            return;
        }

        if (context.Version == OpenFlowVersion.V10)
        {
            Match10.Encode(writer, Match);
            writer.U8(Table);
            writer.Zero(1);
            writer.U16((ushort)OutPort);
            return;
        }

        writer.U8(Table);
        writer.Zero(3);
        writer.U32(WirePorts.Widen(OutPort));
        writer.U32(OutGroup);
        writer.Zero(4);
        writer.U64(Cookie);
        writer.U64(CookieMask);
        WireMatches.Encode(context.Version, writer, Match);
    }

    private static OpenFlowError? DecodeNicira(ref WireReader body, out FlowRequestMessage? message)
    {
        message = null;
        uint outPort = body.U16();
        int length = body.U16();
        byte table = body.U8();
        body.Skip(3);
        if (MatchCodec.DecodeNxm(ref body, length, allowsCookie: true, isStrict: true, out WireMatch match) is { } error)
            return error;
        if (body.Left > 0)
            return BadRequest.BadLength;
        message = new FlowRequestMessage(table, match.Match)
        {
            OutPort = outPort,
            Cookie = match.Cookie,
            CookieMask = match.CookieMask,
        };
        return null;
    }
}
