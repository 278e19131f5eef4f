using System.Text;

namespace UpcallActors.Unixctl;

/// <summary>A command's answer: text for standard output, or an error. The text's chunks are sent as they are, never joined.</summary>
internal sealed class ControlReply
{
    private ControlReply(StringBuilder text, bool isError)
    {
        // As Open vSwitch's servers before 3.5 do: their clients print what they are given and add nothing.
        if (text.Length > 0 && text[^1] != '\n')
            text.Append('\n');
        Text = text;
        IsError = isError;
    }

    /// <summary>The text, empty or ending in a newline.</summary>
    public StringBuilder Text { get; }

    /// <summary>Whether the command failed.</summary>
    public bool IsError { get; }

    /// <summary>Success that has nothing to say.</summary>
    public static ControlReply Empty => Of("");

    /// <summary>Success. The text is the reply's from now on.</summary>
    public static ControlReply Of(StringBuilder text) => new(text, isError: false);

    /// <summary>Success.</summary>
    public static ControlReply Of(string text) => new(new StringBuilder(text), isError: false);

    /// <summary>Failure.</summary>
    public static ControlReply Error(string text) => new(new StringBuilder(text), isError: true);
}
