using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Continues in a table as if the packet had come in on a port, then comes back: <c>resubmit:2</c>, <c>resubmit(,1)</c>,
/// <c>resubmit(2,1,ct)</c>. Left out, the port is the packet's own and the table the one at work; <c>ct</c> looks up with the connection's
/// original addresses.
/// </summary>
internal sealed class ResubmitAction(uint? port, byte? table, bool withConnection) : OpenFlowAction
{
    private const byte CurrentTable = 255;

    internal override ActionKind Kind => ActionKind.Resubmit;

    /// <summary>Null for the packet's own.</summary>
    public uint? Port => port;

    /// <summary>Null for the one at work.</summary>
    public byte? Table => table;

    /// <summary>Whether the lookup is by the connection's original addresses.</summary>
    public bool WithConnection => withConnection;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        if (!arguments.Bracketed)
            return new ResubmitAction(ActionArguments.TakePort(ref arguments.Cursor), null, withConnection: false);

        int start = arguments.Cursor.Position;
        uint? port = arguments.Cursor.Peek == ',' ? null : ActionArguments.TakePort(ref arguments.Cursor);
        byte? table = null;
        bool withConnection = false;
        if (arguments.Cursor.TryTake(','))
        {
            if (arguments.Cursor.Peek != ',' && arguments.Present)
            {
                byte number = arguments.Cursor.TakeTable("the table", CurrentTable);
                table = number == CurrentTable ? null : number;
            }

            if (arguments.Cursor.TryTake(','))
            {
                if (!arguments.Cursor.TryTake("ct"))
                    throw arguments.Cursor.Error("only 'ct' can stand here");
                withConnection = true;
            }
        }

        if (port == OpenFlowPorts.InPort)
            port = null;
        return port is null && table is null
            ? throw arguments.Cursor.ErrorAt(start, "resubmit(...) needs a port or a table")
            : new ResubmitAction(port, table, withConnection);
    }

    public override void Format(StringBuilder text, FlowNames? names)
    {
        if (table is null && !withConnection)
        {
            (names ?? FlowNames.None).AppendPort(text.Append("resubmit:"), port ?? OpenFlowPorts.InPort);
            return;
        }

        text.Append("resubmit(");
        if (port is uint number)
            (names ?? FlowNames.None).AppendPort(text, number);
        text.Append(',');
        if (table is byte id)
            (names ?? FlowNames.None).AppendTable(text, id);
        text.Append(withConnection ? ",ct)" : ")");
    }

    internal override ActionProblem? Check(ref ActionCheck check) => withConnection && !check.Holds(FieldPrerequisite.Connection)
        ? new ActionProblem(
            BadAction.MatchInconsistent, $"resubmit(...,ct) needs {FieldPrerequisite.Connection.Describe()} in the match")
        : null;
}
