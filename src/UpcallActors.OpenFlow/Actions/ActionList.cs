namespace UpcallActors.OpenFlow;

/// <summary>The actions of a rule, in ofctl's syntax.</summary>
public sealed class ActionList
{
    private readonly string _text;

    private ActionList(string text) => _text = text;

    /// <summary>Reads the rest of the line.</summary>
    public static ActionList Parse(ref TextCursor cursor)
    {
        cursor.SkipBlanks();
        int start = cursor.Position;
        ReadOnlySpan<char> rest = cursor.Rest.TrimEnd();
        if (rest.IsEmpty)
            throw cursor.ErrorAt(start, "an action is missing");
        cursor.TryTake(rest);
        return new ActionList(rest.ToString());
    }

    /// <inheritdoc/>
    public override string ToString() => _text;
}
