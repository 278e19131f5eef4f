namespace UpcallActors.OpenFlow;

/// <summary>Actions that write or copy a field that they name, from bytes.</summary>
internal static class FieldActionsDecoder
{
    private const int LoadBits = 64;

    /// <summary><c>decode_ofpat_set_field</c>; a mask came with 1.5.</summary>
    public static OpenFlowError? SetField(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = null;
        if (FieldEntry.TakeFromAction(ref body, out FieldEntry entry) is { } error)
            return error;
        if (entry.HasMask && context.Version < OpenFlowVersion.V15)
            return BadAction.BadSetMask;
        MatchField field = entry.Field!;
        UInt128 always = field.AlwaysWritten;
        if (body.Rest.ContainsAnyExcept((byte)0) || !SettableFields.CanChange(field) || field.Syntax == FieldSyntax.Port
            || !FieldEntry.IsValid(field, entry.Value) || (entry.Value & always) != always || (entry.Mask & always) != always)
            return BadAction.BadSetArgument;
        action = SetFieldAction.Set(field, entry.Value, entry.Mask & field.Bits);
        return null;
    }

    public static OpenFlowError? Load2(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = null;
        if (FieldEntry.TakeFromAction(ref body, out FieldEntry entry) is { } error)
            return error;
        MatchField field = entry.Field!;
        if (body.Rest.ContainsAnyExcept((byte)0) || !SettableFields.CanChange(field))
            return BadAction.BadSetArgument;
        action = SetFieldAction.Set(field, entry.Value & field.Bits, entry.Mask & field.Bits, isSecondLoad: true);
        return null;
    }

    public static OpenFlowError? Load(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = null;
        ushort bits = body.U16();
        if (OutputActionsDecoder.TakeSource(ref body, bits, out SubField target) is { } error)
            return error;
        ulong value = body.U64();
        if (!SettableFields.CanChange(target.Field))
            return BadAction.BadSetArgument;
        if (target.Length < LoadBits && value >> target.Length != 0)
            return BadAction.BadArgument;
        action = SetFieldAction.Load(target, value);
        return null;
    }

    public static OpenFlowError? Move(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        ushort length = body.U16();
        ushort source = body.U16();
        ushort target = body.U16();
        return Copy(ref body, length, source, target, out action);
    }

    public static OpenFlowError? CopyField(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        ushort length = body.U16();
        ushort source = body.U16();
        ushort target = body.U16();
        body.Skip(sizeof(ushort));
        return Copy(ref body, length, source, target, out action);
    }

    private static OpenFlowError? Copy(ref WireReader body, int length, int sourceStart, int targetStart, out OpenFlowAction? action)
    {
        action = null;
        if (FieldEntry.TakeHeader(ref body, out MatchField? from) is { } noSource)
            return noSource;
        if (FieldEntry.TakeHeader(ref body, out MatchField? to) is { } noTarget)
            return noTarget;
        if (body.Rest.ContainsAnyExcept((byte)0))
            return BadRequest.MustBeZero;
        var source = new SubField(from!, sourceStart, length);
        var target = new SubField(to!, targetStart, length);
        if ((OutputActionsDecoder.CheckBits(source) ?? OutputActionsDecoder.CheckBits(target)) is { } error)
            return error;
        if (!SettableFields.CanChange(target.Field))
            return BadAction.BadSetArgument;
        action = new MoveAction(source, target);
        return null;
    }
}
