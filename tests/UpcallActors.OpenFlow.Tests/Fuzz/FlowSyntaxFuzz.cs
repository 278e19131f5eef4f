using System.Text;

namespace UpcallActors.OpenFlow.Tests;

/// <summary>Fuzz target: any bytes are a flow file that is read, with errors or without, and never anything else.</summary>
public static class FlowSyntaxFuzz
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.Latin1.GetString(input);
        FlowFile file = FlowSyntax.ParseFile(text, "fuzz");
        string[] lines = text.Split('\n');
        foreach (FlowSyntaxError error in file.Errors)
        {
            error.Line.ShouldBeInRange(1, lines.Length);
            error.Column.ShouldBeInRange(1, lines[error.Line - 1].Length + 1);
        }
        foreach (FlowChange change in file.Changes)
        {
            string printed = change.Match.ToString();
            FlowSyntax.ParseFlow($"{printed} actions=drop").Match.ShouldBe(change.Match, printed);
        }
    }
}
