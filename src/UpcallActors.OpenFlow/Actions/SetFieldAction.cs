using System.Globalization;
using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Writes a constant: <c>set_field:10.0.0.1->ip_src</c>, with a mask <c>set_field:0x10/0xf0->reg0</c>, or of some bits
/// <c>load:0x1->NXM_NX_REG0[0..3]</c>. Does nothing to a packet that has not got the field.
/// </summary>
internal sealed class SetFieldAction : OpenFlowAction
{
    private const string Arrow = "->";
    private const int LongestLoad = 64;

    private readonly SubField? _loaded;

    private SetFieldAction(MatchField field, UInt128 value, UInt128 mask, SubField? loaded)
    {
        Field = field;
        Value = value;
        Mask = mask;
        _loaded = loaded;
    }

    public MatchField Field { get; }

    public UInt128 Value { get; }

    public UInt128 Mask { get; }

    /// <summary>Whether it came as NXAST_REG_LOAD2, as which it goes back before 1.5 (<c>encode_SET_FIELD</c>).</summary>
    internal bool IsSecondLoad { get; init; }

    /// <summary>Whether the value was written without the bits that are always set.</summary>
    private bool IsWithoutPresence { get; init; }

    internal override ActionKind Kind => ActionKind.SetField;

    internal override bool ChangesConnection => SettableFields.IsConnection(Field);

    /// <summary>The bits that it writes, if it was said as a load.</summary>
    internal SubField? Loaded => _loaded;

    /// <summary>Writes bits of a field, which are said as a field with a mask.</summary>
    public static SetFieldAction Set(MatchField field, UInt128 value, UInt128 mask, bool isSecondLoad = false) =>
        new(field, value & mask, mask, null) { IsSecondLoad = isSecondLoad };

    /// <summary>Writes a number into bits of a field, which are said as a load.</summary>
    public static SetFieldAction Load(in SubField target, UInt128 number) =>
        new(target.Field, number << target.Start, (target.LowMask << target.Start) & target.Field.Bits, target);

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        TextCursor value = TakeValue(ref arguments);
        int fieldAt = arguments.Cursor.Position;
        ReadOnlySpan<char> fieldName = arguments.Cursor.TakeName();
        if (!MatchFields.TryFind(fieldName, out MatchField? field))
            throw arguments.Cursor.ErrorAt(fieldAt, fieldName.IsEmpty ? "a field is missing here" : $"unknown field '{fieldName}'");
        SettableFields.Check(field, arguments.Cursor, fieldAt);
        FieldText.Parse(field, ref value, out UInt128 bits, out UInt128 mask);
        // OpenFlow 1.0's set_field of a VLAN is without the bit that says that there is one, and means it.
        UInt128 added = mask & field.AlwaysWritten & ~bits;
        return new SetFieldAction(field, (bits & mask) | added, mask, null) { IsWithoutPresence = added != 0 };
    }

    public static OpenFlowAction ParseLoad(string name, ref ActionArguments arguments)
    {
        TextCursor value = TakeValue(ref arguments);
        int fieldAt = arguments.Cursor.Position;
        SubField target = SubField.Parse(ref arguments.Cursor);
        SettableFields.Check(target.Field, arguments.Cursor, fieldAt);
        int valueAt = value.Position;
        ReadOnlySpan<char> digits = value.TakeWord();
        if (!NumberText.TryParse(digits, out UInt128 number))
            throw value.ErrorAt(valueAt, $"the value must be a number, not '{digits}'");
        if ((number & ~target.LowMask) != 0)
            throw value.ErrorAt(valueAt,
                string.Create(CultureInfo.InvariantCulture, $"0x{number:x} does not fit into {target.Length} bits"));
        return Load(target, number);
    }

    public override void Format(StringBuilder text, FlowNames? names)
    {
        if (_loaded is SubField target)
            FormatLoads(text, target);
        else
            text.Append("set_field:").Append(FieldText.Format(Field, Value, Mask, names)).Append(Arrow).Append(Field.Name);
    }

    /// <summary>
    /// As <c>check_SET_FIELD</c>: a VLAN's number can only be written where there is a tag, which writing the TCI may bring or take.
    /// </summary>
    internal override ActionProblem? Check(ref ActionCheck check)
    {
        if (check.Require(Field) is { } problem)
            return problem;
        if (Field.AlwaysWritten != 0 && !check.HasVlan)
            return new ActionProblem(
                BadAction.MatchInconsistent, $"{Field.Name} needs {FieldPrerequisite.Vlan.Describe()} in the match");
        if (IsWithoutPresence)
            check.WritesVlanWithoutPresence($"{Value & ~Field.AlwaysWritten}");
        if (Field.Name == "vlan_tci")
            check.Packet.Key.VlanTci = (ushort)Value;
        return null;
    }

    /// <summary>A load has 64 bits at most, more are printed as several (<c>next_load_segment</c>).</summary>
    private void FormatLoads(StringBuilder text, in SubField target)
    {
        UInt128 rest = Value >> target.Start;
        for (int done = 0; done < target.Length; done += LongestLoad)
        {
            var part = new SubField(target.Field, target.Start + done, Math.Min(LongestLoad, target.Length - done));
            text.Append(done > 0 ? "," : "").Append("load:").Append(NumberText.Hexadecimal(rest & part.LowMask))
                .Append(Arrow).Append(part.ToString());
            rest >>= LongestLoad;
        }
    }

    /// <summary>Takes what stands before the arrow, and the arrow.</summary>
    private static TextCursor TakeValue(ref ActionArguments arguments)
    {
        int start = arguments.Cursor.Position;
        int length = arguments.Cursor.Rest.IndexOf(Arrow, StringComparison.Ordinal);
        if (length < 0)
            throw arguments.Cursor.Error("'value->field' is missing here");
        TextCursor value = arguments.Cursor.Slice(start, length);
        _ = arguments.Cursor.TryTake(arguments.Cursor.Rest[..(length + Arrow.Length)]);
        return value;
    }
}
