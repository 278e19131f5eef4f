namespace UpcallActors.OpenFlow;

/// <summary>
/// Changes flows (<c>OFPT_FLOW_MOD</c>, <c>NXT_FLOW_MOD</c>). The rules of each version are in <see cref="Change"/> already: what is
/// added where nothing is modified, which cookie a flow gets, which priority an exact match has.
/// </summary>
/// <param name="Change">What is changed.</param>
/// <param name="BufferId">A packet that waits for it, all ones for none.</param>
internal sealed record FlowModMessage(FlowChange Change, uint BufferId) : OpenFlowMessage, IWireDecoder<FlowModMessage>
{
    /// <summary>No packet.</summary>
    public const uint NoBuffer = uint.MaxValue;

    private const byte AllTables = 255;
    private const int NxmPadding = 6;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out FlowModMessage? message)
    {
        message = null;
        OpenFlowError? error = context.Version == OpenFlowVersion.V10 || context.IsNicira
            ? Decode10(context, ref body, out Parts parts)
            : Decode11(context, ref body, out parts);
        if (error is not null)
            return error;
        FlowChange change = parts.Change;
        if (HasMisplacedAddress(change.Match))
            return BadAction.MatchInconsistent;
        if (parts.Command > (ushort)FlowCommand.DeleteStrict)
            return FlowModFailed.BadCommand;
        if (ActionListCodec.DecodeInstructions(context.Version, new WireReader(body.TakeRest()), out ActionList actions) is { } badActions)
            return badActions;
        if (FlowFlagsCodec.Decode(context.Version, parts.RawFlags, out FlowFlags flags) is { } badFlags)
            return badFlags;
        if (context.Version == OpenFlowVersion.V10 && (parts.RawFlags & FlowFlagsCodec.Emergency) != 0)
            return change.IdleTimeout != 0 || change.HardTimeout != 0 ? FlowModFailed.BadEmergencyTimeout : FlowModFailed.TableFull;
        bool isDeletion = IsDeletion((FlowCommand)parts.Command);
        change = change with
        {
            Command = (FlowCommand)parts.Command,
            Flags = flags,
            KeepsCounts = context.Version >= OpenFlowVersion.V12 && (flags & FlowFlags.ResetCounts) == 0,
            Actions = isDeletion ? null : actions,
        };
        // Up to 1.1 a flow that is added always counts anew, and says so to later versions (ofputil_decode_flow_mod).
        bool countsAnew = context.Version < OpenFlowVersion.V12 && change.Command == FlowCommand.Add;
        message = new FlowModMessage(countsAnew ? change with { Flags = flags | FlowFlags.ResetCounts } : change, parts.BufferId);
        return FlowCheck.Find(change, context.Version)?.Error;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        if (context.Version == OpenFlowVersion.V10 || context.IsNicira)
            Encode10(context, writer);
        else
            Encode11(context.Version, writer);
        if (Change.Actions is { } actions)
            ActionListCodec.EncodeInstructions(ActionWriting.Of(context.Version, Change.Match), writer, actions);
    }

    private static bool IsDeletion(FlowCommand command) => command is FlowCommand.Delete or FlowCommand.DeleteStrict;

    /// <summary>Whether addresses of a connection are matched that the packets cannot have.</summary>
    private static bool HasMisplacedAddress(Match match)
    {
        Flow value = match.ToValue();
        Flow mask = match.ToMask();
        bool hasIpv4 = (mask.Key.CtOrigIpv4Src | mask.Key.CtOrigIpv4Dst) != 0;
        bool hasIpv6 = (mask.Key.CtOrigIpv6Src | mask.Key.CtOrigIpv6Dst) != UInt128.Zero;
        return (hasIpv4 && value.Key.EthType != FieldPrerequisites.EtherTypeIpv4)
            || (hasIpv6 && value.Key.EthType != FieldPrerequisites.EtherTypeIpv6);
    }

    private static OpenFlowError? Decode10(in WireContext context, ref WireReader body, out Parts parts)
    {
        Match match = Match.Any;
        bool isExact = false;
        if (!context.IsNicira)
            match = Match10.Decode(ref body, normalizes: true, out isExact);
        ulong cookie = body.U64();
        ushort command = body.U16();
        ushort idle = body.U16();
        ushort hard = body.U16();
        ushort priority = body.U16();
        uint buffer = body.U32();
        uint outPort = body.U16();
        ushort flags = body.U16();
        ulong filter = 0;
        ulong filterMask = 0;
        OpenFlowError? error = null;
        if (context.IsNicira)
        {
            int length = body.U16();
            body.Skip(NxmPadding);
            error = MatchCodec.DecodeNxm(ref body, length, allowsCookie: true, isStrict: true, out WireMatch read);
            (match, filter, filterMask) = (read.Match, read.Cookie, read.CookieMask);
        }

        byte table = context.HasTableId ? (byte)(command >> 8) : AllTables;
        command = context.HasTableId ? (byte)command : command;
        bool isAdded = (byte)command == (byte)FlowCommand.Add;
        if (error is null && isAdded && filterMask != 0)
            error = BadRequest.NxmInvalid;
        var change = new FlowChange
        {
            Table = table == AllTables ? null : table,
            Priority = isExact ? ushort.MaxValue : priority,
            Match = match,
            Cookie = cookie == ulong.MaxValue && !isAdded ? null : cookie,
            CookieFilter = filter,
            CookieMask = filterMask,
            IdleTimeout = idle,
            HardTimeout = hard,
            OutPort = outPort,
            MayAdd = isAdded || (filterMask == 0 && cookie != ulong.MaxValue),
        };
        parts = new Parts(change, command, flags, buffer);
        return error;
    }

    private static OpenFlowError? Decode11(in WireContext context, ref WireReader body, out Parts parts)
    {
        ulong cookie = body.U64();
        ulong cookieMask = body.U64();
        byte table = body.U8();
        byte command = body.U8();
        ushort idle = body.U16();
        ushort hard = body.U16();
        ushort priority = body.U16();
        uint buffer = body.U32();
        uint outPort = body.U32();
        uint outGroup = body.U32();
        ushort flags = body.U16();
        ushort importance = body.U16();
        bool isFirst = context.Version == OpenFlowVersion.V11;
        bool isAdded = command == (byte)FlowCommand.Add;
        bool isDeletion = IsDeletion((FlowCommand)command);
        bool mayAdd = isAdded || (isFirst && !isDeletion && cookieMask == 0);
        OpenFlowError? error = WireMatches.Decode(ref body, out Match match);
        var change = new FlowChange
        {
            Table = table == AllTables ? null : table,
            Priority = priority,
            Match = match,
            Cookie = mayAdd ? cookie : null,
            KeepsCookie = true,
            CookieFilter = mayAdd ? 0 : cookie & cookieMask,
            CookieMask = mayAdd ? 0 : cookieMask,
            IdleTimeout = idle,
            HardTimeout = hard,
            Importance = context.Version >= OpenFlowVersion.V14 && isAdded ? importance : (ushort)0,
            OutGroup = isDeletion ? outGroup : FlowChange.AnyGroup,
            MayAdd = mayAdd,
        };
        if (error is null && table == AllTables && (isFirst || !isDeletion))
            error = FlowModFailed.BadTableId;
        if (error is null && !WirePorts.TryNarrow(context.Version, ref outPort))
            error = BadAction.BadOutPort;
        parts = new Parts(change with { OutPort = outPort }, command, flags, buffer);
        return error;
    }

    private void Encode10(in WireContext context, WireWriter writer)
    {
        if (!context.IsNicira)
            Match10.Encode(writer, Change.Match);
        writer.U64(Change.Cookie ?? (Change.Command == FlowCommand.Add ? 0 : ulong.MaxValue));
        writer.U8(context.HasTableId ? Change.Table ?? AllTables : (byte)0);
        writer.U8((byte)Change.Command);
        writer.U16(Change.IdleTimeout);
        writer.U16(Change.HardTimeout);
        writer.U16(Change.Priority);
        writer.U32(BufferId);
        writer.U16((ushort)Change.OutPort);
        writer.U16(FlowFlagsCodec.Encode(context.Version, Change.Flags));
        if (!context.IsNicira)
            return;
        int lengthAt = writer.Length;
        writer.Zero(sizeof(ushort) + NxmPadding);
        writer.Patch16(lengthAt, MatchCodec.EncodeNxm(writer, new WireMatch(Change.Match, Change.CookieFilter, Change.CookieMask)));
    }

    private void Encode11(OpenFlowVersion version, WireWriter writer)
    {
        bool givesCookie = Change.Command == FlowCommand.Add
            || (version == OpenFlowVersion.V11 && !IsDeletion(Change.Command) && Change.CookieMask == 0);
        bool canBeAll = version > OpenFlowVersion.V11 && IsDeletion(Change.Command);
        writer.U64(givesCookie ? Change.Cookie ?? 0 : Change.CookieFilter & Change.CookieMask);
        writer.U64(Change.CookieMask);
        writer.U8(Change.Table ?? (canBeAll ? AllTables : (byte)0));
        writer.U8((byte)Change.Command);
        writer.U16(Change.IdleTimeout);
        writer.U16(Change.HardTimeout);
        writer.U16(Change.Priority);
        writer.U32(BufferId);
        writer.U32(WirePorts.Widen(Change.OutPort));
        writer.U32(Change.OutGroup);
        writer.U16(FlowFlagsCodec.Encode(version, Change.Flags));
        writer.U16(version >= OpenFlowVersion.V14 ? Change.Importance : (ushort)0);
        WireMatches.Encode(version, writer, Change.Match);
    }

    /// <summary>What was read, but for the actions and what depends on the command.</summary>
    private readonly record struct Parts(FlowChange Change, ushort Command, ushort RawFlags, uint BufferId);
}
