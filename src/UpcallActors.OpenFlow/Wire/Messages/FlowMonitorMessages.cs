namespace UpcallActors.OpenFlow;

/// <summary>What a monitor of flows tells (<c>OFPFMF_*</c>; the bits of Nicira's and ONF's forms are the same but for the last).</summary>
[Flags]
internal enum FlowMonitorFlags : ushort
{
    None = 0,
    Initial = 1,
    Add = 2,
    Removed = 4,
    Modify = 8,
    Instructions = 16,
    NoAbbreviation = 32,
    OnlyOwn = 64,
}

/// <summary>Asks for news of flows (<c>OFPMP_FLOW_MONITOR</c>, <c>NXST_FLOW_MONITOR</c>, <c>ONFST_FLOW_MONITOR</c>).</summary>
internal sealed record FlowMonitorRequest : IWireDecoder<FlowMonitorRequest>, IWireEntry
{
    private const ushort OwnFlag = 32;
    private const byte DeleteCommand = 2;
    private const FlowMonitorFlags Events = FlowMonitorFlags.Add | FlowMonitorFlags.Removed | FlowMonitorFlags.Modify;
    private const FlowMonitorFlags Extended = Events | FlowMonitorFlags.Initial | FlowMonitorFlags.Instructions;

    public uint Id { get; init; }

    /// <summary>0 adds, 1 modifies, 2 deletes; extensions add.</summary>
    public byte Command { get; init; }

    public FlowMonitorFlags Flags { get; init; }

    public uint OutPort { get; init; } = OpenFlowPorts.None;

    public uint OutGroup { get; init; } = FlowChange.AnyGroup;

    /// <summary>255 for all.</summary>
    public byte Table { get; init; }

    public Match Match { get; init; } = Match.Any;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out FlowMonitorRequest? message)
    {
        message = null;
        if (context.Form.Space == MessageSpace.Request)
            return Decode14(context, ref body, out message);
        uint id = body.U32();
        ushort raw = body.U16();
        uint outPort = context.IsNicira ? body.U16() : 0u;
        int length = body.U16();
        if (!context.IsNicira)
            outPort = body.U32();
        byte table = body.U8();
        ReadOnlySpan<byte> zeros = body.Take(context.IsNicira ? 5 : 3);
        FlowMonitorFlags flags = (FlowMonitorFlags)(raw & ~OwnFlag) | ((raw & OwnFlag) != 0 ? FlowMonitorFlags.OnlyOwn : 0);
        if ((flags & Events) == 0 || (flags & ~(Extended | FlowMonitorFlags.OnlyOwn)) != 0 || (raw & (ushort)FlowMonitorFlags.OnlyOwn) != 0)
            return FlowMonitorFailed.BadFlags;
        if (zeros.ContainsAnyExcept((byte)0))
            return BadRequest.MustBeZero;
        if (!context.IsNicira && !WirePorts.TryNarrow(context.Version, ref outPort))
            return BadAction.BadOutPort;
        OpenFlowError? error;
        Match match = Match.Any;
        if (context.IsNicira)
        {
            error = MatchCodec.DecodeNxm(ref body, length, allowsCookie: false, isStrict: true, out WireMatch read);
            match = read.Match;
        }
        else
        {
            error = WireMatches.Decode(ref body, out match);
        }

        message = new FlowMonitorRequest { Id = id, Flags = flags, OutPort = outPort, Table = table, Match = match };
        return error;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        if (context.Form.Space == MessageSpace.Request)
        {
            writer.U32(Id);
            writer.U32(WirePorts.Widen(OutPort));
            writer.U32(OutGroup);
            writer.U16((ushort)Flags);
            writer.U8(Table);
            writer.U8(Command);
            WireMatches.Encode(context.Version, writer, Match);
            return;
        }

        writer.U32(Id);
        writer.U16((ushort)((ushort)(Flags & Extended) | ((Flags & FlowMonitorFlags.OnlyOwn) != 0 ? OwnFlag : 0)));
        if (context.IsNicira)
            writer.U16((ushort)OutPort);
        int lengthAt = writer.Length;
        writer.U16(0);
        if (!context.IsNicira)
            writer.U32(WirePorts.Widen(OutPort));
        writer.U8(Table);
        writer.Zero(context.IsNicira ? 5 : 3);
        writer.Patch16(lengthAt, FlowUpdate.EncodeMatch(context, writer, Match));
    }

    private static OpenFlowError? Decode14(in WireContext context, ref WireReader body, out FlowMonitorRequest? message)
    {
        uint id = body.U32();
        uint outPort = body.U32();
        uint outGroup = body.U32();
        var flags = (FlowMonitorFlags)body.U16();
        byte table = body.U8();
        byte command = body.U8();
        message = null;
        if (command != DeleteCommand
            && ((flags & Events) == 0 || (flags & ~(Extended | FlowMonitorFlags.NoAbbreviation | FlowMonitorFlags.OnlyOwn)) != 0))
            return FlowMonitorFailed.BadFlags;
        if (!WirePorts.TryNarrow(context.Version, ref outPort))
            return BadAction.BadOutPort;
        OpenFlowError? error = WireMatches.Decode(ref body, out Match match);
        message = new FlowMonitorRequest
        {
            Id = id,
            Command = command,
            Flags = flags,
            OutPort = outPort,
            OutGroup = outGroup,
            Table = table,
            Match = match,
        };
        return error;
    }
}

/// <summary>What happened to a flow (<c>OFPFME_*</c>).</summary>
internal enum FlowUpdateEvent : ushort
{
    Initial,
    Added,
    Removed,
    Modified,

    /// <summary>A change of the peer's own, told by its transaction.</summary>
    Abbreviated,
    Paused,
    Resumed,
}

/// <summary>News of a flow (<c>ofp_flow_update_*</c>, <c>nx_flow_update_*</c>).</summary>
internal sealed record FlowUpdate : IWireDecoder<FlowUpdate>, IWireEntry
{
    private const int FullLength = 24;
    private const int ShortLength = 8;

    public FlowUpdateEvent Event { get; init; }

    /// <summary>The change that it was, of an abbreviated one.</summary>
    public uint Xid { get; init; }

    /// <summary>Why a flow went (<c>OFPRR_*</c>).</summary>
    public byte Reason { get; init; }

    public ushort Priority { get; init; }

    public ushort IdleTimeout { get; init; }

    public ushort HardTimeout { get; init; }

    public byte Table { get; init; }

    public ulong Cookie { get; init; }

    public Match Match { get; init; } = Match.Any;

    public ActionList Actions { get; init; } = ActionList.Empty;

    private bool IsShort => Event >= FlowUpdateEvent.Abbreviated;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out FlowUpdate? message)
    {
        message = null;
        int length = body.U16();
        ushort number = body.U16();
        if (length < ShortLength || length % sizeof(ulong) != 0)
            return BadRequest.BadLength;
        var entry = new WireReader(body.Take(length - sizeof(uint)));
        if (body.Failed)
            return BadRequest.BadLength;
        if (EventOf(context, number) is not { } happened)
            return BadRequest.MonitorBadEvent;
        if (happened >= FlowUpdateEvent.Abbreviated)
        {
            message = new FlowUpdate { Event = happened, Xid = entry.U32() };
            return length == ShortLength ? null : BadRequest.BadLength;
        }

        if (length < FullLength)
            return BadRequest.BadLength;
        return DecodeFull(context, ref entry, happened, out message);
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        int start = writer.Length;
        bool isOwn = context.Form.Space == MessageSpace.Reply;
        writer.U16(0);
        writer.U16(isOwn ? (ushort)Event : (ushort)(Event - 1));
        if (IsShort)
        {
            writer.U32(Event == FlowUpdateEvent.Abbreviated ? Xid : 0);
            writer.PatchLength(start, start);
            return;
        }

        int lengthAt = 0;
        if (isOwn)
        {
            writer.U8(Table);
            writer.U8(Reason);
            writer.U16(IdleTimeout);
            writer.U16(HardTimeout);
            writer.U16(Priority);
            writer.Zero(sizeof(uint));
        }
        else
        {
            writer.U16(Reason);
            writer.U16(Priority);
            writer.U16(IdleTimeout);
            writer.U16(HardTimeout);
            lengthAt = writer.Length;
            writer.U16(0);
            writer.U8(Table);
            writer.Zero(1);
        }

        writer.U64(Cookie);
        int matchLength = EncodeMatch(context, writer, Match);
        if (lengthAt != 0)
            writer.Patch16(lengthAt, matchLength);
        ActionWriting writing = ActionWriting.Of(context.Version, Match);
        if (context.IsNicira)
            ActionListCodec.Encode(writing, writer, Actions);
        else
            ActionListCodec.EncodeInstructions(writing, writer, Actions);
        writer.PatchLength(start, start);
    }

    /// <summary>Appends a match as monitors have it, and tells its bytes without padding.</summary>
    internal static int EncodeMatch(in WireContext context, WireWriter writer, Match match)
    {
        if (context.IsNicira)
            return MatchCodec.EncodeNxm(writer, new WireMatch(match));
        int start = writer.Length;
        MatchCodec.EncodeOxm(writer, match, context.Version);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(writer.Written[(start + sizeof(ushort))..]);
    }

    // Extensions have no event for a flow that was there before.
    private static FlowUpdateEvent? EventOf(in WireContext context, ushort number)
    {
        int happened = context.Form.Space == MessageSpace.Reply ? number : number + 1;
        int last = context.Form.Space == MessageSpace.Reply ? (int)FlowUpdateEvent.Resumed : (int)FlowUpdateEvent.Abbreviated;
        return happened <= last ? (FlowUpdateEvent)happened : null;
    }

    private static OpenFlowError? DecodeFull(
        in WireContext context, ref WireReader entry, FlowUpdateEvent happened, out FlowUpdate? message)
    {
        FlowUpdate read;
        int matchLength = 0;
        if (context.Form.Space == MessageSpace.Reply)
        {
            read = new FlowUpdate
            {
                Table = entry.U8(),
                Reason = entry.U8(),
                IdleTimeout = entry.U16(),
                HardTimeout = entry.U16(),
                Priority = entry.U16(),
            };
            entry.Skip(sizeof(uint));
        }
        else
        {
            read = new FlowUpdate
            {
                Reason = (byte)entry.U16(),
                Priority = entry.U16(),
                IdleTimeout = entry.U16(),
                HardTimeout = entry.U16(),
            };
            matchLength = entry.U16();
            read = read with { Table = entry.U8() };
            entry.Skip(1);
        }

        ulong cookie = entry.U64();
        message = null;
        Match match;
        OpenFlowError? error;
        if (context.IsNicira)
        {
            error = MatchCodec.DecodeNxm(ref entry, matchLength, allowsCookie: false, isStrict: true, out WireMatch nxm);
            match = nxm.Match;
        }
        else
        {
            error = WireMatches.Decode(ref entry, out match);
        }

        if (error is not null)
            return error;
        var rest = new WireReader(entry.TakeRest());
        error = context.IsNicira
            ? ActionListCodec.Decode(ActionContext.Of(context.Version), rest, out ActionList actions)
            : ActionListCodec.DecodeInstructions(context.Version, rest, out actions);
        message = read with { Event = happened, Cookie = cookie, Match = match, Actions = actions };
        return error;
    }
}
