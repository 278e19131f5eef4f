using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>Lists of actions, and of instructions since 1.1, from bytes (<c>ofpacts_pull_openflow_actions</c>).</summary>
internal static class ActionListCodec
{
    private const int HeaderLength = 4;
    private const int ExperimenterHeader = 6;
    private const int ShortestAction = 8;
    private const ushort GotoTableType = 1;
    private const ushort ApplyActionsType = 4;
    private const ushort MeterType = 6;
    private const ushort ExperimenterInstruction = 0xffff;

    // Bytes of an instruction by its type; a list's is the header's.
    private static readonly int[] _instructionLengths = [0, 8, 24, 8, 8, 8, 8];

    /// <summary>Reads actions up to the end.</summary>
    public static OpenFlowError? Decode(in ActionContext context, WireReader reader, out ActionList actions) =>
        Decode(context, reader, ActionList.ListPlace.Rule, out actions, out _);

    /// <summary>Reads the actions of another action; what NAT says is not one of them.</summary>
    public static OpenFlowError? Decode(
        in ActionContext context, WireReader reader, ActionList.ListPlace place, out ActionList actions, out NatAction? nat)
    {
        actions = ActionList.Empty;
        nat = null;
        if (context.NestingLeft == 0)
            return BadAction.TooMany;
        if (reader.Left % ShortestAction != 0)
            return BadRequest.BadLength;
        ImmutableArray<OpenFlowAction>.Builder read = ImmutableArray.CreateBuilder<OpenFlowAction>();
        bool inConntrack = place == ActionList.ListPlace.Conntrack;
        while (reader.Left > 0)
        {
            if (DecodeOne(context, ref reader, inConntrack, out OpenFlowAction? action, ref nat) is { } error)
                return error;
            if (action is null)
                continue;
            if (action.ChangesConnection != inConntrack)
                return inConntrack ? BadAction.BadArgument : BadAction.BadSetArgument;
            if (action.BeginsList && place != ActionList.ListPlace.Rule)
                return BadAction.BadArgument;
            read.Add(action);
        }

        actions = ActionList.Of(read.ToImmutable());
        return null;
    }

    /// <summary>Reads what a flow does up to the end: actions in 1.0, instructions since.</summary>
    public static OpenFlowError? DecodeInstructions(OpenFlowVersion version, WireReader reader, out ActionList actions)
    {
        if (version == OpenFlowVersion.V10)
            return Decode(ActionContext.Of(version), reader, out actions);
        actions = ActionList.Empty;
        if (reader.Left % ShortestAction != 0)
            return BadInstruction.BadLength;
        uint seen = 0;
        byte? table = null;
        uint? meter = null;
        WireReader applied = default;
        bool isUnsupported = false;
        while (reader.Left > 0)
        {
            if (TakeInstruction(version, ref reader, out ushort type, out WireReader body) is { } error)
                return error;
            if ((seen & (1u << type)) != 0)
                return BadInstruction.DuplicateInstruction;
            seen |= 1u << type;
            if (type == GotoTableType)
                table = body.U8();
            else if (type == MeterType)
                meter = body.U32();
            else if (type == ApplyActionsType)
                applied = new WireReader(body.Rest[HeaderLength..]);
            else
                isUnsupported = true;
        }

        if (Decode(ActionContext.Of(version), applied, out actions) is { } inside)
            return inside;
        if (isUnsupported)
            return BadInstruction.UnsupportedInstruction;
        if (meter is { } first)
            actions = ActionList.Of(actions.Actions.Insert(0, new MeterAction(first)));
        if (table is { } next)
            actions = ActionList.Of(actions.Actions.Add(new GotoTableAction(next)));
        return null;
    }

    /// <summary>Appends actions.</summary>
    public static void Encode(in ActionWriting writing, WireWriter writer, ActionList actions)
    {
        ActionWriting here = writing;
        foreach (OpenFlowAction action in actions.Actions)
        {
            ActionEncoder.Encode(here, writer, action);
            here = here.Behind(action);
        }
    }

    /// <summary>Appends what a flow does.</summary>
    public static void EncodeInstructions(in ActionWriting writing, WireWriter writer, ActionList actions)
    {
        if (writing.Version == OpenFlowVersion.V10)
        {
            Encode(writing, writer, actions);
            return;
        }

        ActionWriting here = writing;
        int start = -1;
        foreach (OpenFlowAction action in actions.Actions)
        {
            // A meter is an action since 1.5, and before 1.3 there is none.
            if (action is MeterAction && writing.Version < OpenFlowVersion.V13)
                continue;
            if (IsInstruction(writing.Version, action))
            {
                EndApply(writer, ref start);
                PutInstruction(writer, action);
                continue;
            }

            if (start < 0)
            {
                start = writer.Length;
                writer.U16(ApplyActionsType);
                writer.Zero(sizeof(ushort) + HeaderLength);
            }

            ActionEncoder.Encode(here, writer, action);
            here = here.Behind(action);
        }

        EndApply(writer, ref start);
    }

    private static bool IsInstruction(OpenFlowVersion version, OpenFlowAction action) =>
        action.Kind == ActionKind.GotoTable || (action.Kind == ActionKind.Meter && version < OpenFlowVersion.V15);

    private static void PutInstruction(WireWriter writer, OpenFlowAction instruction)
    {
        writer.U16(instruction is MeterAction ? MeterType : GotoTableType);
        writer.U16(ShortestAction);
        if (instruction is MeterAction meter)
        {
            writer.U32(meter.Meter);
            return;
        }

        writer.U8(((GotoTableAction)instruction).Table);
        writer.Zero(3);
    }

    private static void EndApply(WireWriter writer, ref int start)
    {
        if (start >= 0)
            writer.PatchLength(start + sizeof(ushort), start);
        start = -1;
    }

    /// <summary>Reads one action; NAT, which only stands in another action, is told apart.</summary>
    private static OpenFlowError? DecodeOne(
        in ActionContext context, ref WireReader reader, bool inConntrack, out OpenFlowAction? action, ref NatAction? nat)
    {
        action = null;
        WireReader header = reader;
        ushort type = header.U16();
        int length = header.U16();
        uint vendor = 0;
        if (type == ActionForm.ExperimenterType)
        {
            vendor = header.U32();
            if (header.Failed)
                return BadAction.BadLength;
            if (vendor is not (Experimenters.Nicira or Experimenters.Onf))
                return BadAction.BadVendor;
            type = header.U16();
        }

        if (header.Failed)
            return BadAction.BadLength;
        bool isNat = inConntrack && vendor == Experimenters.Nicira && type == ConntrackActionsDecoder.NatType;
        ActionForm? form = null;
        if (!isNat && !ActionForms.TryFind(context.Version, vendor, type, out form))
            return vendor != 0 ? BadAction.BadVendorType : BadAction.BadType;
        int shortest = isNat ? ConntrackActionsDecoder.NatLength : form!.Length;
        shortest = (shortest + 7) & ~7;
        if (length > reader.Left || length < shortest || length % ShortestAction != 0 || (length > shortest && !isNat && !form!.IsLonger))
            return BadAction.BadLength;
        var body = new WireReader(reader.Take(length));
        body.Skip(HeaderLength + (vendor != 0 ? ExperimenterHeader : 0));
        if (isNat)
            return nat is null ? ConntrackActionsDecoder.Nat(ref body, out nat) : BadAction.BadArgument;
        OpenFlowError? error = form!.Decode(context, ref body, out action);
        return error ?? (body.Failed || action is null ? BadAction.BadLength : null);
    }

    private static OpenFlowError? TakeInstruction(
        OpenFlowVersion version, scoped ref WireReader reader, out ushort type, out WireReader body)
    {
        body = default;
        type = reader.U16();
        int length = reader.U16();
        if (type == ExperimenterInstruction)
            return BadInstruction.BadExperimenter;
        bool hasMeters = version is OpenFlowVersion.V13 or OpenFlowVersion.V14;
        if (type == 0 || type >= _instructionLengths.Length || (type == _instructionLengths.Length - 1 && !hasMeters))
            return BadInstruction.UnknownInstruction;
        int shortest = _instructionLengths[type];
        bool isList = type is 3 or ApplyActionsType or 5;
        if (length % ShortestAction != 0 || length < shortest || (length > shortest && !isList) || length - HeaderLength > reader.Left)
            return BadInstruction.BadLength;
        body = new WireReader(reader.Take(length - HeaderLength));
        return null;
    }
}
