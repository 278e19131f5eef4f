using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>Continues in a table: <c>goto_table:3</c>. The last action of its list.</summary>
internal sealed class GotoTableAction(byte table) : OpenFlowAction
{
    private const byte LastTable = 254;

    internal override ActionKind Kind => ActionKind.GotoTable;

    public byte Table => table;

    internal override bool EndsList => true;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments) =>
        new GotoTableAction(arguments.Cursor.TakeTable("the table", LastTable));

    public override void Format(StringBuilder text, FlowNames? names) =>
        (names ?? FlowNames.None).AppendTable(text.Append("goto_table:"), table);

    internal override ActionProblem? Check(ref ActionCheck check) => table > check.Table
        ? null
        : new ActionProblem(BadInstruction.BadTableId, $"goto_table goes to later tables only, not from {check.Table} to {table}");
}
