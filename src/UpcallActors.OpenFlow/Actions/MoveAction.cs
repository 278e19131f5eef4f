using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Copies bits from one field to another: <c>move:NXM_OF_ETH_SRC[]->NXM_NX_XXREG0[0..47]</c>. Both must exist in the packet.
/// </summary>
internal sealed class MoveAction(SubField source, SubField target) : OpenFlowAction
{
    internal override bool ChangesConnection => SettableFields.IsConnection(target.Field);

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        SubField source = SubField.Parse(ref arguments.Cursor);
        if (!arguments.Cursor.TryTake("->"))
            throw arguments.Cursor.Error("'->' is missing here");
        int targetAt = arguments.Cursor.Position;
        SubField target = SubField.Parse(ref arguments.Cursor);
        SettableFields.Check(target.Field, arguments.Cursor, targetAt);
        return source.Length == target.Length
            ? new MoveAction(source, target)
            : throw arguments.Cursor.ErrorAt(targetAt, $"{source} has {source.Length} bits, {target} has {target.Length}");
    }

    public override void Format(StringBuilder text, FlowNames? names) =>
        text.Append("move:").Append(source.ToString()).Append("->").Append(target.ToString());

    internal override ActionProblem? Check(ref ActionCheck check) => check.Require(source.Field) ?? check.Require(target.Field);

    internal override bool Translate(ref XlateContext context, bool last)
    {
        bool exist = SettableFields.Exists(target.Field, ref context) & SettableFields.Exists(source.Field, ref context);
        if (exist)
        {
            source.MarkUsed(ref context.Wildcards);
            SettableFields.Write(target.Field, source.Read(context.Flow) << target.Start,
                (target.LowMask << target.Start) & target.Field.Bits, ref context);
            context.Observer?.Noted(TranslationNote.FieldIsNow, Describe(context.Flow));
        }

        return true;
    }

    /// <summary>The target and what it holds, a whole field as its values are written (<c>xlate_report_subfield</c>).</summary>
    private string Describe(in Flow flow)
    {
        UInt128 value = target.Read(flow);
        string text = target.IsWhole
            ? FieldText.Format(target.Field, target.Field.Read(flow), target.Field.Bits)
            : NumberText.Hexadecimal(value);
        return $"{target} is now {text}";
    }
}
