namespace UpcallActors.OpenFlow;

/// <summary>Reads flows one after the other: the parts of a change in any order, then its actions. One thread.</summary>
internal sealed class FlowParser
{
    private const byte AllTables = 255;
    private const uint NoVlan = 0xffff;

    private static readonly MatchField _vlanPriority = MatchFields.Get("vlan_pcp");
    private static readonly MatchField _taggedPriority = MatchFields.Get("dl_vlan_pcp");
    private static readonly MatchField _etherType = MatchFields.Get("eth_type");
    private static readonly MatchField _protocol = MatchFields.Get("nw_proto");

    private readonly List<(MatchField Field, int Position)> _matched = [];
    private MatchBuilder _match;
    private int _actionsAt;
    private Attributes _attributes;
    private FlowCommand _command;

    /// <summary>Whether there may be nothing but fields.</summary>
    public bool FieldsOnly { get; init; }

    /// <summary>Whether fields must have one value. Flags may be written with signs nevertheless.</summary>
    public bool WithoutMasks { get; init; }

    /// <summary>What flows that are read one after the other share their actions by; null where there is one flow only.</summary>
    public ActionTexts? Texts { get; init; }

    private bool IsDeletion => _command is FlowCommand.Delete or FlowCommand.DeleteStrict;

    private bool HasPriority => _command != FlowCommand.Delete;

    /// <summary>Reads up to the end of the line.</summary>
    public FlowChange Parse(FlowCommand command, ref TextCursor cursor)
    {
        _command = command;
        _attributes = new Attributes();
        _match = default;
        _matched.Clear();
        cursor.SkipSeparators();
        while (!cursor.AtEnd)
        {
            int start = cursor.Position;
            ReadOnlySpan<char> name = cursor.TakeWord(":=(");
            if (name is "action" or "actions")
            {
                ParseActions(start, ref cursor);
                break;
            }
            ParsePart(name, start, ref cursor);
            cursor.SkipSeparators();
        }
        CheckPrerequisites(cursor);
        if (_attributes.Actions is null && !IsDeletion)
            throw cursor.Error("actions are missing");
        FlowChange change = MakeChange();
        if (FieldsOnly)
            return change;
        return FlowCheck.Find(change) is { } problem ? throw cursor.ErrorAt(PlaceOf(problem, cursor), problem.ToString()) : change;
    }

    private FlowChange MakeChange() => new()
    {
        Command = _command,
        Table = _attributes.Table,
        Priority = _attributes.Priority,
        Match = _match.Build(),
        Cookie = _attributes.Cookie,
        CookieFilter = _attributes.CookieFilter,
        CookieMask = _attributes.CookieMask,
        IdleTimeout = _attributes.IdleTimeout,
        HardTimeout = _attributes.HardTimeout,
        Flags = _attributes.Flags,
        Importance = _attributes.Importance,
        Actions = _attributes.Actions,
    };

    /// <summary>Where the action stands that there is a problem with; the actions are read once more to find it.</summary>
    private int PlaceOf(ActionProblem problem, TextCursor line)
    {
        if (problem.Action is not { } action)
            return 0;
        var places = new List<int>();
        TextCursor actions = line.Slice(_actionsAt, line.Length - _actionsAt);
        ActionList.Parse(ref actions, places);
        return _actionsAt + places[action];
    }

    private void ParseActions(int start, ref TextCursor cursor)
    {
        if (FieldsOnly || IsDeletion)
            throw cursor.ErrorAt(start, FieldsOnly ? "actions is no field" : "a deletion has no actions");
        cursor.Expect('=');
        _actionsAt = cursor.Position;
        _attributes.Actions = Texts is { } texts ? texts.Parse(ref cursor) : ActionList.Parse(ref cursor);
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
            AddToMatch(_etherType, shorthand.EthType, _etherType.Bits, start, cursor);
            if (shorthand.Protocol != 0)
                AddToMatch(_protocol, shorthand.Protocol, _protocol.Bits, start, cursor);
            return;
        }
        if (name is "eth" or "allow_hidden_fields" or "no_readonly_table")
            return;
        if (FlowFlagText.TryFind(name, out FlowFlags flag))
        {
            AddFlag(name, flag, start, cursor);
            return;
        }

        if (cursor.Peek is not (':' or '=' or '('))
            throw cursor.ErrorAt(start, IsKnown(name) ? $"{name} needs a value" : $"unknown keyword '{name}'");
        TextCursor value = ActionArguments.Take(ref cursor, nestingLeft: 0).Cursor;
        if (value.AtEnd)
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

    private void AddFlag(ReadOnlySpan<char> name, FlowFlags flag, int start, TextCursor cursor)
    {
        if (FieldsOnly || IsDeletion)
            throw cursor.ErrorAt(start, FieldsOnly ? $"{name} is no field" : $"{name} has no place in {_command}");
        _attributes.Flags |= flag;
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
        // A match on a tag's priority is one on the tag, whatever version's name it goes by (match_set_vlan_pcp).
        if (field == _vlanPriority)
            field = _taggedPriority;
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
                byte table = value.TakeTable("a table", AllTables);
                _attributes.Table = table == AllTables ? null : table;
                break;
            case "importance" when _command == FlowCommand.Add:
                _attributes.Importance = (ushort)value.TakeNumber("an importance", ushort.MaxValue);
                break;
            case "priority" when HasPriority:
                _attributes.Priority = (ushort)value.TakeNumber("a priority", ushort.MaxValue);
                break;
            case "idle_timeout" when !IsDeletion:
                _attributes.IdleTimeout = (ushort)value.TakeNumber("a timeout", ushort.MaxValue);
                break;
            case "hard_timeout" when !IsDeletion:
                _attributes.HardTimeout = (ushort)value.TakeNumber("a timeout", ushort.MaxValue);
                break;
            case "cookie":
                ParseCookie(ref value);
                break;
            case "duration" or "n_packets" or "n_bytes" or "idle_age" or "hard_age":
                // What dump-flows prints may be fed back.
                value.TakeWord();
                break;
            default:
                throw cursor.ErrorAt(start, IsKnown(name) ? $"{name} has no place in {_command}" : $"unknown keyword '{name}'");
        }
    }

    private void ParseCookie(ref TextCursor value)
    {
        int start = value.Position;
        ulong cookie = value.TryTake("-1") ? ulong.MaxValue : value.TakeNumber("a cookie");
        if (!value.TryTake('/'))
        {
            if (IsDeletion)
                throw value.ErrorAt(start, "a cookie to look for needs a mask, such as /-1");
            _attributes.Cookie = cookie;
            return;
        }
        if (_command == FlowCommand.Add)
            throw value.ErrorAt(start, "a flow is not added by a cookie's mask");
        ulong mask = value.TryTake("-1") ? ulong.MaxValue : value.TakeNumber("a cookie's mask");
        (_attributes.CookieFilter, _attributes.CookieMask) = (cookie, mask);
    }

    private void CheckPrerequisites(TextCursor cursor)
    {
        foreach ((MatchField field, int position) in _matched)
        {
            if (MatchFields.FindApplicable(field, _match.Value, _match.Mask) is null)
                throw cursor.ErrorAt(position, $"{field.MatchName} needs {field.Prerequisite.Describe()} in the match");
        }
    }

    private static bool IsKnown(ReadOnlySpan<char> name) =>
        name is "table" or "priority" or "idle_timeout" or "hard_timeout" or "importance" or "cookie" || MatchFields.TryFind(name, out _);

    /// <summary>What has been read of a change, but for its match: a change itself cannot be changed.</summary>
    private struct Attributes()
    {
        public byte? Table;
        public ushort Priority = FlowChange.DefaultPriority;
        public ulong? Cookie;
        public ulong CookieFilter;
        public ulong CookieMask;
        public ushort IdleTimeout;
        public ushort HardTimeout;
        public FlowFlags Flags;
        public ushort Importance;
        public ActionList? Actions;
    }
}
