namespace UpcallActors.OpenFlow;

/// <summary>What stands behind an action's name: <c>:value</c>, <c>=value</c>, <c>(a,b=c)</c>, or nothing.</summary>
internal ref struct ActionArguments
{
    /// <summary>The arguments without what encloses them; where they would stand, when there are none.</summary>
    public TextCursor Cursor;

    /// <summary>Whether they stand in brackets.</summary>
    public bool Bracketed { get; private init; }

    /// <summary>How deep actions may still nest in them.</summary>
    public int NestingLeft { get; private init; }

    /// <summary>Whether there are any.</summary>
    public readonly bool Present => !Cursor.AtEnd;

    /// <summary>Takes the arguments behind a name.</summary>
    public static ActionArguments Take(ref TextCursor cursor, int nestingLeft)
    {
        if (cursor.Peek == '(')
            return new ActionArguments { Cursor = cursor.TakeBracketed(), Bracketed = true, NestingLeft = nestingLeft };
        if (!cursor.TryTake(':'))
            _ = cursor.TryTake('=');
        return new ActionArguments { Cursor = TakeWord(ref cursor), NestingLeft = nestingLeft };
    }

    /// <summary>Takes a port from a list of arguments.</summary>
    /// <exception cref="FlowSyntaxException">There is none.</exception>
    public static uint TakePort(ref TextCursor cursor)
    {
        int start = cursor.Position;
        ReadOnlySpan<char> word = cursor.TakeWord();
        return PortText.TryParse(word, cursor.Names, out uint port)
            ? port
            : throw cursor.ErrorAt(start, word.IsEmpty ? "a port is missing here" : $"there is no port '{word}'");
    }

    /// <summary>Takes a word of a list of arguments as a separate cursor.</summary>
    public static TextCursor TakeWord(ref TextCursor cursor)
    {
        int start = cursor.Position;
        int length = cursor.TakeWord().Length;
        return cursor.Slice(start, length);
    }

    /// <summary>Takes the next <c>key</c>, <c>key=value</c> or <c>key(value)</c> of a list; false at its end.</summary>
    public static bool TryTakePair(ref TextCursor list, out string key, out int keyAt, out TextCursor value)
    {
        list.SkipSeparators();
        keyAt = list.Position;
        value = default;
        if (list.AtEnd)
        {
            key = "";
            return false;
        }

        key = list.TakeWord("=:(").ToString();
        if (list.Peek == '(')
            value = list.TakeBracketed();
        else
        {
            if (!list.TryTake('='))
                _ = list.TryTake(':');
            value = TakeWord(ref list);
        }

        return true;
    }

    /// <summary>Ends the reading of the arguments.</summary>
    /// <exception cref="FlowSyntaxException">Something is left.</exception>
    public void ExpectEnd()
    {
        Cursor.SkipBlanks();
        if (!Cursor.AtEnd)
            throw Cursor.Error($"'{Cursor.Rest}' is too much here");
    }
}
