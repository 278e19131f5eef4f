using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Copies bits from one field to another: <c>move:NXM_OF_ETH_SRC[]->NXM_NX_XXREG0[0..47]</c>. Both must exist in the packet.
/// </summary>
internal sealed class MoveAction(SubField source, SubField target) : OpenFlowAction
{
    internal override ActionKind Kind => ActionKind.Move;

    public SubField Source => source;

    public SubField Target => target;

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
}
