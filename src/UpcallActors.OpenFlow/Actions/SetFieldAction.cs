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

    private readonly MatchField _field;
    private readonly UInt128 _value;
    private readonly UInt128 _mask;
    private readonly SubField? _loaded;

    private SetFieldAction(MatchField field, UInt128 value, UInt128 mask, SubField? loaded)
    {
        _field = field;
        _value = value;
        _mask = mask;
        _loaded = loaded;
    }

    internal override bool ChangesConnection => SettableFields.IsConnection(_field);

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        TextCursor value = TakeValue(ref arguments);
        int fieldAt = arguments.Cursor.Position;
        ReadOnlySpan<char> fieldName = arguments.Cursor.TakeName();
        if (!MatchFields.TryFind(fieldName, out MatchField? field))
            throw arguments.Cursor.ErrorAt(fieldAt, fieldName.IsEmpty ? "a field is missing here" : $"unknown field '{fieldName}'");
        SettableFields.Check(field, arguments.Cursor, fieldAt);
        FieldText.Parse(field, ref value, out UInt128 bits, out UInt128 mask);
        return new SetFieldAction(field, bits & mask, mask, null);
    }

    public static OpenFlowAction ParseLoad(string name, ref ActionArguments arguments)
    {
        TextCursor value = TakeValue(ref arguments);
        int fieldAt = arguments.Cursor.Position;
        SubField target = SubField.Parse(ref arguments.Cursor);
        SettableFields.Check(target.Field, arguments.Cursor, fieldAt);
        int valueAt = value.Position;
        ulong number = value.TakeNumber("the value");
        if (!value.AtEnd)
            throw value.Error($"'{value.Rest}' is too much for a value");
        if ((number & ~target.LowMask) != 0)
            throw value.ErrorAt(valueAt, string.Create(CultureInfo.InvariantCulture, $"0x{number:x} does not fit into {target.Length} bits"));
        return new SetFieldAction(target.Field, (UInt128)number << target.Start, (target.LowMask << target.Start) & target.Field.Bits, target);
    }

    public override void Format(StringBuilder text)
    {
        if (_loaded is SubField target)
            text.Append("load:0x").Append(((ulong)(_value >> target.Start)).ToString("x", CultureInfo.InvariantCulture)).Append(Arrow).Append(target.ToString());
        else
            text.Append("set_field:").Append(FieldText.Format(_field, _value, _mask)).Append(Arrow).Append(_field.Name);
    }

    internal override bool Translate(ref XlateContext context, bool last)
    {
        if (SettableFields.Exists(_field, ref context))
            SettableFields.Write(_field, _value, _mask, ref context);
        return true;
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
