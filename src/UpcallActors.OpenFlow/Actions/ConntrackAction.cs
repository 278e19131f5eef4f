using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Sends the packet through the connection tracker: <c>ct(commit,zone=9,exec(set_field:1->ct_mark))</c>,
/// <c>ct(table=1,zone=NXM_NX_REG0[0..15],nat)</c>. With a table, a copy of the packet continues there, tracked. The packet itself continues
/// with the next action, untracked.
/// </summary>
internal sealed class ConntrackAction : OpenFlowAction
{
    private const byte LastTable = 254;
    private static readonly string[] _helpers = ["ftp", "tftp"];

    public bool Commit { get; private set; }

    public bool Force { get; private set; }

    /// <summary>Where a copy continues, if at all.</summary>
    public byte? Table { get; private set; }

    /// <summary>The zone, unless <see cref="ZoneField"/> has it.</summary>
    public ushort Zone { get; private set; }

    public SubField? ZoneField { get; private set; }

    /// <summary>What to write to the connection's mark and label.</summary>
    public ActionList Exec { get; private set; } = ActionList.Empty;

    public NatAction? Nat { get; private set; }

    /// <summary>The application gateway, <c>ftp</c> or <c>tftp</c>.</summary>
    public string? Helper { get; private set; }

    /// <summary>What a kernel refuses without a commit (<c>parse_ct</c> in its conntrack.c), if there is any of it.</summary>
    internal string? NeedsCommit =>
        Force ? "force" : Exec.Actions.IsEmpty ? Nat is null or { Target: NatTarget.Existing } ? null : "nat with src or dst" : "exec";

    internal override ActionKind Kind => ActionKind.Conntrack;

    /// <summary>The action with all that it may have, as it comes off the wire.</summary>
    public static ConntrackAction Of(
        bool commit, bool force, byte? table, ushort zone, SubField? zoneField, NatAction? nat, ActionList exec, string? helper) => new()
        {
            Commit = commit,
            Force = force,
            Table = table,
            Zone = zone,
            ZoneField = zoneField,
            Nat = nat,
            Exec = exec,
            Helper = helper,
        };

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        var action = new ConntrackAction();
        int start = arguments.Cursor.Position;
        while (ActionArguments.TryTakePair(ref arguments.Cursor, out string key, out int keyAt, out TextCursor value))
            action.ParsePart(key, keyAt, ref value, arguments);
        return action.NeedsCommit is string part && !action.Commit ? throw arguments.Cursor.ErrorAt(start, $"{part} needs commit") : action;
    }

    public override void Format(StringBuilder text, FlowNames? names)
    {
        int start = text.Append("ct(").Length;
        text.Append(Commit ? "commit," : "").Append(Force ? "force," : "");
        if (Table is byte table)
        {
            text.Append("table=");
            (names ?? FlowNames.None).AppendTable(text, table);
            text.Append(',');
        }

        if (ZoneField is SubField field)
            text.Append("zone=").Append(field.ToString()).Append(',');
        else if (Zone != 0)
            text.Append("zone=").Append(Zone).Append(',');
        if (Nat is not null)
        {
            Nat.Format(text);
            text.Append(',');
        }

        if (!Exec.Actions.IsEmpty)
        {
            text.Append("exec(");
            Exec.Format(text, names);
            text.Append("),");
        }

        if (Helper is not null)
            text.Append("alg=").Append(Helper).Append(',');
        if (text.Length > start)
            text.Length--;
        text.Append(')');
    }

    /// <summary>
    /// As <c>check_CT</c> and <c>check_NAT</c>; but what NAT and <c>exec</c> need is looked at with a zone of a field too, where
    /// Open vSwitch leaves it to the kernel.
    /// </summary>
    internal override ActionProblem? Check(ref ActionCheck check)
    {
        if (!check.Holds(FieldPrerequisite.Ip))
            return Inconsistent($"ct needs {FieldPrerequisite.Ip.Describe()} in the match");
        if (Commit && (check.Packet.Key.CtState & Packets.CtState.Invalid) != 0)
            return Inconsistent("ct(commit) cannot be for packets that conntrack has found invalid (ct_state=+inv)");
        if (Helper == "ftp" && check.Packet.Key.NwProto != Packets.IpProtocols.Tcp)
            return Inconsistent($"alg=ftp needs {FieldPrerequisite.Tcp.Describe()} in the match");
        if (Helper == "tftp" && check.Packet.Key.NwProto != Packets.IpProtocols.Udp)
            return Inconsistent($"alg=tftp needs {FieldPrerequisite.Udp.Describe()} in the match");
        if (Nat is { AddressBytes: 4 } && !check.Holds(FieldPrerequisite.Ipv4))
            return Inconsistent($"{Nat} needs {FieldPrerequisite.Ipv4.Describe()} in the match");
        if (Nat is { AddressBytes: 16 } && !check.Holds(FieldPrerequisite.Ipv6))
            return Inconsistent($"{Nat} needs {FieldPrerequisite.Ipv6.Describe()} in the match");
        if (ZoneField is { } zone && check.Require(zone.Field) is { } problem)
            return problem;
        ActionCheck inner = check;
        return Exec.Check(ref inner);
    }

    private void ParsePart(string key, int keyAt, ref TextCursor value, in ActionArguments arguments)
    {
        switch (key)
        {
            case "commit":
                Commit = true;
                break;
            case "force":
                Force = true;
                break;
            case "table":
                Table = value.TakeTable("the table", LastTable);
                break;
            case "zone" when char.IsAsciiDigit(value.Peek):
                Zone = (ushort)value.TakeNumber("the zone", ushort.MaxValue);
                break;
            case "zone":
                ZoneField = TakeZone(ref value);
                break;
            case "nat":
                Nat = NatAction.Parse(ref value);
                break;
            case "exec":
                Exec = ActionList.Parse(ref value, arguments.NestingLeft, ActionList.ListPlace.Conntrack);
                break;
            case "alg":
                Helper = TakeHelper(ref value);
                break;
            default:
                throw arguments.Cursor.ErrorAt(keyAt, $"'{key}' is no argument of ct(...)");
        }

        if (!value.AtEnd)
            throw value.Error($"'{value.Rest}' is too much here");
    }

    private static ActionProblem Inconsistent(string reason) => new(BadAction.MatchInconsistent, reason);

    private static SubField TakeZone(ref TextCursor value)
    {
        int start = value.Position;
        SubField field = SubField.Parse(ref value);
        return field.Length == 16 ? field : throw value.ErrorAt(start, $"a zone has 16 bits, {field} has {field.Length}");
    }

    private static string TakeHelper(ref TextCursor value)
    {
        int start = value.Position;
        string helper = value.TakeName().ToString();
        return Array.IndexOf(_helpers, helper) >= 0
            ? helper
            : throw value.ErrorAt(start, $"'{helper}' is no application gateway: ftp or tftp");
    }
}
