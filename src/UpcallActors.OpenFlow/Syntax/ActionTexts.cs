namespace UpcallActors.OpenFlow;

/// <summary>
/// Reads the actions of flows that come one after the other, with the same names for ports and tables. Of a hundred thousand flows
/// most do what another does: flows with the same text share one list, which is read once. The texts that came last are remembered,
/// one for each place in a table of hashes. One thread.
/// </summary>
internal sealed class ActionTexts
{
    private const int Remembered = 256;

    /// <summary>A longer text costs more to remember than it is likely to save.</summary>
    private const int LongestText = 256;

    private readonly (string Text, ActionList Actions)[] _recent = new (string, ActionList)[Remembered];

    /// <summary>Reads actions to the end of the text.</summary>
    /// <exception cref="FlowSyntaxException">The text is no list of known actions.</exception>
    public ActionList Parse(ref TextCursor cursor)
    {
        ReadOnlySpan<char> text = cursor.Rest;
        if (text.Length > LongestText)
            return ActionList.Parse(ref cursor);
        ref (string Text, ActionList Actions) recent = ref _recent[(uint)string.GetHashCode(text, StringComparison.Ordinal) % Remembered];
        if (recent.Text is { } known && text.SequenceEqual(known))
        {
            cursor.TryTake(text);
            return recent.Actions;
        }

        string written = text.ToString();
        recent = (written, ActionList.Parse(ref cursor));
        return recent.Actions;
    }
}
