using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// OpenFlow 1.0's changes of one header field: <c>mod_dl_src:aa:bb:cc:dd:ee:ff</c>,
/// <c>mod_nw_dst:10.0.0.1</c>, <c>mod_nw_tos:16</c> and so on.
/// </summary>
internal sealed class ModifyAction(string name, MatchField changed, UInt128 value) : OpenFlowAction
{
    private static readonly (string Action, string Field)[] _fields =
    [
        ("mod_dl_src", "eth_src"), ("mod_dl_dst", "eth_dst"), ("mod_nw_src", "ip_src"), ("mod_nw_dst", "ip_dst"),
        ("mod_nw_tos", "nw_tos"), ("mod_nw_ecn", "nw_ecn"), ("mod_nw_ttl", "nw_ttl"),
    ];

    internal override ActionKind Kind => ActionKind.Modify;

    public MatchField Field => changed;

    public UInt128 Value => value;

    /// <summary>The action of a name.</summary>
    public static ModifyAction Of(string name, UInt128 value) =>
        new(name, MatchFields.Get(_fields.First(entry => entry.Action == name).Field), value);

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        if (name.Equals("set_nw_ttl", StringComparison.OrdinalIgnoreCase))
            name = "mod_nw_ttl";
        (string action, string fieldName) = _fields.First(entry => entry.Action.Equals(name, StringComparison.OrdinalIgnoreCase));
        MatchField changed = MatchFields.Get(fieldName);
        int start = arguments.Cursor.Position;
        FieldText.Parse(changed, ref arguments.Cursor, out UInt128 value, out UInt128 mask);
        return mask == changed.Bits
            ? new ModifyAction(action, changed, value)
            : throw arguments.Cursor.ErrorAt(start, $"{action} takes no mask");
    }

    public override void Format(StringBuilder text, FlowNames? names) =>
        text.Append(name).Append(':').Append(FieldText.Format(changed, value, changed.Bits));

    internal override ActionProblem? Check(ref ActionCheck check)
    {
        if (!check.Holds(changed.Prerequisite))
            check.NeedsOpenFlow10(name, changed.Prerequisite.Describe());
        return null;
    }
}
