namespace UpcallActors.OpenFlow;

/// <summary>Reads one flow: the parts of a change in any order, then its actions.</summary>
internal sealed class FlowParser(FlowCommand command)
{
    private const byte MaximumTable = 254;
    private const uint NoVlan = 0xffff;

    private readonly List<(MatchField Field, int Position)> _matched = [];
    private MatchBuilder _match;
    private FlowChange _change = new() { Command = command };

    /// <summary>Whether there may be nothing but fields.</summary>
    public bool FieldsOnly { get; init; }

    /// <summary>Whether fields must have one value. Flags may be written with signs nevertheless.</summary>
    public bool WithoutMasks { get; init; }

    private bool IsDeletion => command is FlowCommand.Delete or FlowCommand.DeleteStrict;

    private bool HasPriority => command != FlowCommand.Delete;

    /// <summary>Reads up to the end of the line.</summary>
    public FlowChange Parse(ref TextCursor cursor)
    {
        cursor.SkipSeparators();
        while (!cursor.AtEnd)
        {
            int start = cursor.Position;
            ReadOnlySpan<char> name = cursor.TakeWord("=");
            if (name is "action" or "actions")
            {
                ParseActions(start, ref cursor);
                break;
            }
            ParsePart(name, start, ref cursor);
            cursor.SkipSeparators();
        }
        CheckPrerequisites(cursor);
        if (_change.Actions is null && !IsDeletion)
            throw cursor.Error("actions are missing");
        return _change with { Match = _match.Build() };
    }

    private void ParseActions(int start, ref TextCursor cursor)
    {
        if (IsDeletion)
            throw cursor.ErrorAt(start, "a deletion has no actions");
        cursor.Expect('=');
        _change = _change with { Actions = ActionList.Parse(ref cursor) };
        cursor.SkipBlanks();
        if (!cursor.AtEnd)
            throw cursor.Error($"'{cursor.Rest}' is too much");
    }

    private void ParsePart(ReadOnlySpan<char> name, int start, ref TextCursor cursor)
    {
        if (name.IsEmpty)
            throw cursor.ErrorAt(start, $"a field's name is missing before '{cursor.Peek}'");
        if (ProtocolShorthand.TryFind(name, out ProtocolShorthand shorthand))
        {
            foreach ((MatchField field, UInt128 number) in shorthand.Fields())
                AddToMatch(field, number, field.Bits, start, cursor);
            return;
        }
        if (name is "eth" or "allow_hidden_fields" or "no_readonly_table")
            return;
        if (!cursor.TryTake('='))
            throw cursor.ErrorAt(start, IsKnown(name) ? $"{name} needs a value" : $"unknown keyword '{name}'");
        int valueAt = cursor.Position;
        int length = cursor.TakeWord().Length;
        TextCursor value = cursor.Slice(valueAt, length);
        if (length == 0)
            throw value.Error($"{name} needs a value");
        if (MatchFields.TryFind(name, out MatchField? matchField))
            ParseField(matchField, start, cursor, ref value);
        else if (name.Contains('['))
            ParseSubField(start, name.Length, cursor, ref value);
        else
            ParseAttribute(name, start, cursor, ref value);
        if (!value.AtEnd)
            throw value.Error($"'{value.Rest}' is too much for {name}");
    }

    private void ParseField(MatchField field, int start, TextCursor cursor, ref TextCursor value)
    {
        if (field.Syntax == FieldSyntax.VlanId && NumberText.TryParse(value.Rest, out UInt128 vlan) && vlan == NoVlan)
        {
            MatchField tci = MatchFields.Get("vlan_tci");
            value.TryTake(value.Rest);
            AddToMatch(tci, 0, tci.Bits, start, cursor);
            return;
        }
        FieldText.Parse(field, ref value, out UInt128 bits, out UInt128 mask);
        if (WithoutMasks && mask != field.Bits && field.Syntax is not (FieldSyntax.CtState or FieldSyntax.TcpFlags))
            throw cursor.ErrorAt(start, $"{field.MatchName} of a packet has no mask");
        AddToMatch(field, bits, mask, start, cursor);
        _matched.Add((field, start));
    }

    private void ParseSubField(int start, int nameLength, TextCursor cursor, ref TextCursor value)
    {
        TextCursor name = cursor.Slice(start, nameLength);
        SubField part = SubField.Parse(ref name);
        if (!name.AtEnd)
            throw name.Error($"'{name.Rest}' is too much for a field");
        int at = value.Position;
        if (!NumberText.TryParse(value.TakeWord(), out UInt128 number))
            throw value.ErrorAt(at, $"a value of {part} must be a number");
        if (number > part.LowMask)
            throw value.ErrorAt(at, $"{number} does not fit into {part.Length} bits");
        AddToMatch(part.Field, number << part.Start, part.LowMask << part.Start, start, cursor);
        _matched.Add((part.Field, start));
    }

    private void AddToMatch(MatchField field, UInt128 value, UInt128 mask, int start, TextCursor cursor)
    {
        UInt128 both = field.Read(_match.Mask) & mask;
        if (((field.Read(_match.Value) ^ value) & both) != 0)
            throw cursor.ErrorAt(start, $"{field.MatchName} has another value already");
        _match.Add(field, value, mask);
    }

    private void ParseAttribute(ReadOnlySpan<char> name, int start, TextCursor cursor, ref TextCursor value)
    {
        if (FieldsOnly)
            throw cursor.ErrorAt(start, IsKnown(name) ? $"{name} is no field" : $"unknown field {name}");
        switch (name)
        {
            case "table":
                _change = _change with { Table = (byte)value.TakeNumber("a table", MaximumTable) };
                break;
            case "priority" when HasPriority:
                _change = _change with { Priority = (ushort)value.TakeNumber("a priority", ushort.MaxValue) };
                break;
            case "idle_timeout" when !IsDeletion:
                _change = _change with { IdleTimeout = (ushort)value.TakeNumber("a timeout", ushort.MaxValue) };
                break;
            case "hard_timeout" when !IsDeletion:
                _change = _change with { HardTimeout = (ushort)value.TakeNumber("a timeout", ushort.MaxValue) };
                break;
            case "cookie":
                ParseCookie(ref value);
                break;
            case "duration" or "n_packets" or "n_bytes" or "idle_age" or "hard_age":
                // What dump-flows prints may be fed back.
                value.TakeWord();
                break;
            default:
                throw cursor.ErrorAt(start, IsKnown(name) ? $"{name} has no place in {command}" : $"unknown keyword '{name}'");
        }
    }

    private void ParseCookie(ref TextCursor value)
    {
        int start = value.Position;
        ulong cookie = value.TakeNumber("a cookie");
        if (!value.TryTake('/'))
        {
            if (IsDeletion)
                throw value.ErrorAt(start, "a cookie to look for needs a mask, such as /-1");
            _change = _change with { Cookie = cookie };
            return;
        }
        if (command == FlowCommand.Add)
            throw value.ErrorAt(start, "a flow is not added by a cookie's mask");
        ulong mask = value.TryTake("-1") ? ulong.MaxValue : value.TakeNumber("a cookie's mask");
        _change = _change with { CookieFilter = cookie, CookieMask = mask };
    }

    private void CheckPrerequisites(TextCursor cursor)
    {
        foreach ((MatchField field, int position) in _matched)
        {
            if (MatchFields.FindApplicable(field, _match.Value, _match.Mask) is null)
                throw cursor.ErrorAt(position, $"{field.MatchName} needs {Needs(field.Prerequisite)} in the match");
        }
    }

    private static bool IsKnown(ReadOnlySpan<char> name) =>
        name is "table" or "priority" or "idle_timeout" or "hard_timeout" or "cookie" || MatchFields.TryFind(name, out _);

    private static string Needs(FieldPrerequisite prerequisite) => prerequisite switch
    {
        FieldPrerequisite.Vlan => "a VLAN (vlan_tci=0x1000/0x1000)",
        FieldPrerequisite.Arp => "arp",
        FieldPrerequisite.Ipv4 => "ip",
        FieldPrerequisite.Ipv6 => "ipv6",
        FieldPrerequisite.Ip => "ip or ipv6",
        FieldPrerequisite.Tcp => "tcp or tcp6",
        FieldPrerequisite.Udp => "udp or udp6",
        FieldPrerequisite.Sctp => "sctp or sctp6",
        FieldPrerequisite.Icmpv4 => "icmp",
        FieldPrerequisite.Icmpv6 => "icmp6",
        FieldPrerequisite.Connection => "a tracked connection (ct_state=+trk+est)",
        FieldPrerequisite.NeighbourSolicitation => "icmp6,icmp_type=135",
        FieldPrerequisite.NeighbourAdvertisement => "icmp6,icmp_type=136",
        _ => "icmp6,icmp_type=135 or 136",
    };
}
