using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>Goes on in a table: <c>goto_table:3</c>. The last action of its list.</summary>
internal sealed class GotoTableAction(byte table) : OpenFlowAction
{
    private const ulong LastTable = 254;

    internal override bool EndsList => true;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments) =>
        new GotoTableAction((byte)arguments.Cursor.TakeNumber("the table", LastTable));

    public override void Format(StringBuilder text) => text.Append("goto_table:").Append(table);

    internal override bool Translate(ref XlateContext context, bool last)
    {
        context.TranslateTable(context.Flow.Key.InPort, table, withConnection: false, last);
        return true;
    }
}
