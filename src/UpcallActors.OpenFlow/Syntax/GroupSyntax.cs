using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>
/// The group syntax of <c>ovs-ofctl</c>: <c>group_id=1,type=select,bucket=weight:3,actions=output:1,bucket=actions=output:2</c>, with a
/// command before it or without (<c>add</c>, <c>modify</c>, <c>add_or_mod</c>, <c>delete</c>, <c>insert_bucket</c>, <c>remove_bucket</c>).
/// </summary>
internal static class GroupSyntax
{
    private const string BucketKey = "bucket=";

    private static readonly (string Name, GroupCommand Command)[] _commands =
    [
        ("add_or_mod", GroupCommand.AddOrModify), ("add", GroupCommand.Add), ("modify", GroupCommand.Modify),
        ("delete", GroupCommand.Delete), ("insert_bucket", GroupCommand.InsertBucket), ("remove_bucket", GroupCommand.RemoveBucket),
    ];

    private static readonly (string Name, GroupType Type)[] _types =
    [
        ("all", GroupType.All), ("select", GroupType.Select), ("indirect", GroupType.Indirect), ("ff", GroupType.FastFailover),
        ("fast_failover", GroupType.FastFailover),
    ];

    /// <summary>Reads one change.</summary>
    /// <exception cref="FlowSyntaxException">Anything that is not understood, or that does not go together.</exception>
    public static GroupChange Parse(ReadOnlySpan<char> text, FlowNames? names = null)
    {
        var cursor = new TextCursor(text) { Names = names ?? FlowNames.None };
        cursor.SkipBlanks();
        GroupChange change = new() { Command = TakeCommand(ref cursor), Id = FlowChange.AnyGroup };
        int buckets = cursor.Rest.IndexOf(BucketKey);
        int end = buckets < 0 ? cursor.Length : cursor.Position + buckets;
        TextCursor head = cursor.Slice(cursor.Position, end - cursor.Position);
        bool hasType = ParseHead(ref head, ref change);
        if (change.Id == FlowChange.AnyGroup)
        {
            if (change.Command != GroupCommand.Delete || !head.AtEnd)
                throw cursor.Error("group_id is missing");
            change = change with { Id = GroupChange.AllGroups };
        }

        if (!hasType && change.Command is GroupCommand.Add or GroupCommand.Modify or GroupCommand.AddOrModify)
            throw cursor.Error("type is missing");
        if (change.Selection is { Fields.IsEmpty: false, Method: not GroupSelection.Hash })
            throw cursor.Error("fields need selection_method=hash");
        change = change with { Buckets = ParseBuckets(cursor, end, change.Type) };
        return change.FindMisfit() is { } misfit ? throw cursor.Error($"the group cannot be so ({misfit})") : change;
    }

    private static GroupCommand TakeCommand(ref TextCursor cursor)
    {
        ReadOnlySpan<char> word = cursor.Rest;
        int end = word.IndexOfAny(", \t");
        word = end < 0 ? word : word[..end];
        foreach ((string name, GroupCommand command) in _commands)
        {
            if (!word.SequenceEqual(name))
                continue;
            cursor.TryTake(name);
            return command;
        }

        return GroupCommand.Add;
    }

    /// <summary>Reads what stands before the buckets; whether a type does.</summary>
    private static bool ParseHead(ref TextCursor head, ref GroupChange change)
    {
        bool hasType = false;
        var selection = new GroupSelection("", 0, []);
        while (ActionArguments.TryTakePair(ref head, out string key, out int keyAt, out TextCursor value))
        {
            switch (key)
            {
                case "group_id":
                    change = change with
                    {
                        Id = value.TryTake("all") ? GroupChange.AllGroups : (uint)value.TakeNumber("a group", GroupChange.LargestGroup),
                    };
                    break;
                case "type":
                    change = change with { Type = TakeType(ref value) };
                    hasType = true;
                    break;
                case "command_bucket_id":
                    change = change with { CommandBucketId = TakeCommandBucket(ref value) };
                    break;
                case "selection_method":
                    selection = selection with { Method = TakeMethod(ref value) };
                    break;
                case "selection_method_param":
                    selection = selection with { Parameter = value.TakeNumber("a parameter") };
                    break;
                case "fields":
                    selection = selection with { Fields = TakeFields(ref value) };
                    break;
                default:
                    throw head.ErrorAt(keyAt, $"unknown keyword '{key}'");
            }

            if (!value.AtEnd)
                throw value.Error($"'{value.Rest}' is too much for {key}");
        }

        if (selection.Method.Length > 0)
            change = change with { Selection = selection };
        else if (selection.Parameter != 0 || !selection.Fields.IsEmpty)
            throw head.Error("selection_method is missing");
        return hasType;
    }

    private static GroupType TakeType(ref TextCursor value)
    {
        int start = value.Position;
        ReadOnlySpan<char> word = value.TakeWord();
        foreach ((string name, GroupType type) in _types)
        {
            if (word.SequenceEqual(name))
                return type;
        }

        throw value.ErrorAt(start, $"'{word}' is no type of group");
    }

    private static uint TakeCommandBucket(ref TextCursor value) =>
        value.TryTake("all") ? GroupChange.AllBuckets
        : value.TryTake("first") ? GroupChange.FirstBucket
        : value.TryTake("last") ? GroupChange.LastBucket
        : (uint)value.TakeNumber("a bucket", GroupChange.LargestBucket);

    private static string TakeMethod(ref TextCursor value)
    {
        int start = value.Position;
        return value.TakeWord() switch
        {
            GroupSelection.Hash => GroupSelection.Hash,
            GroupSelection.DatapathHash => GroupSelection.DatapathHash,
            var other => throw value.ErrorAt(start, $"'{other}' is no selection method"),
        };
    }

    private static ImmutableArray<HashedField> TakeFields(ref TextCursor list)
    {
        ImmutableArray<HashedField>.Builder fields = ImmutableArray.CreateBuilder<HashedField>();
        while (ActionArguments.TryTakePair(ref list, out string name, out int nameAt, out TextCursor mask))
        {
            if (!MatchFields.TryFind(name, out MatchField? field))
                throw list.ErrorAt(nameAt, $"unknown field '{name}'");
            if (fields.Any(other => other.Field == field))
                throw list.ErrorAt(nameAt, $"{name} is named twice");
            UInt128 bits = field.Bits;
            if (!mask.AtEnd)
                FieldText.Parse(field, ref mask, out bits, out _);
            if (bits == 0)
                throw list.ErrorAt(nameAt, $"no bit of {name} would be hashed");
            fields.Add(new HashedField(field, bits));
        }

        return fields.ToImmutable();
    }

    private static ImmutableArray<GroupBucket> ParseBuckets(TextCursor line, int from, GroupType type)
    {
        ImmutableArray<GroupBucket>.Builder buckets = ImmutableArray.CreateBuilder<GroupBucket>();
        ReadOnlySpan<char> rest = line.Slice(from, line.Length - from).Rest;
        while (!rest.IsEmpty)
        {
            int start = line.Length - rest.Length + BucketKey.Length;
            int next = rest[BucketKey.Length..].IndexOf(BucketKey);
            int end = next < 0 ? line.Length : start + next;
            TextCursor text = line.Slice(start, end - start);
            buckets.Add(ParseBucket(ref text, type, buckets));
            rest = rest[(end - start + BucketKey.Length)..];
        }

        return buckets.ToImmutable();
    }

    private static GroupBucket ParseBucket(ref TextCursor text, GroupType type, IReadOnlyCollection<GroupBucket> before)
    {
        var bucket = new GroupBucket { Weight = type == GroupType.Select ? (ushort)1 : (ushort)0 };
        uint? id = null;
        while (true)
        {
            text.SkipSeparators();
            TextCursor ahead = text;
            ReadOnlySpan<char> key = ahead.TakeWord(":=(");
            if (key is not ("weight" or "watch_port" or "watch_group" or "bucket_id"))
                break;
            ActionArguments.TryTakePair(ref text, out string name, out _, out TextCursor value);
            if (name == "weight")
                bucket = bucket with { Weight = (ushort)value.TakeNumber("a weight", ushort.MaxValue) };
            else if (name == "watch_port")
                bucket = bucket with { WatchPort = ActionArguments.TakePort(ref value) };
            else if (name == "watch_group")
                bucket = bucket with { WatchGroup = (uint)value.TakeNumber("a group", GroupChange.LargestGroup) };
            else
                id = (uint)value.TakeNumber("a bucket", GroupChange.LargestBucket);
        }

        if (!text.TryTake("actions="))
            text.TryTake("action=");
        if (text.AtEnd)
            throw text.Error("a bucket needs actions");
        ActionList actions = ActionList.Parse(ref text);
        text.SkipSeparators();
        if (!text.AtEnd)
            throw text.Error($"'{text.Rest}' is too much");
        if (before.Any(other => other.Id == id))
            throw text.Error($"there is a bucket {id} already");
        return bucket with { Id = id ?? NextFree(before), Actions = actions };
    }

    private static uint NextFree(IReadOnlyCollection<GroupBucket> before)
    {
        uint id = 0;
        while (before.Any(bucket => bucket.Id == id))
            id++;
        return id;
    }
}
