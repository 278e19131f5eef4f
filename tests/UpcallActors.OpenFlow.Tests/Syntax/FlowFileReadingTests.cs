namespace UpcallActors.OpenFlow.Tests;

/// <summary>A file of flows is read as it comes: in pieces of any size, with lines of any length.</summary>
public sealed class FlowFileReadingTests
{
    private const string Text = """
        # a comment
        priority=5,in_port=1,actions=2

        priority=6,in_port=oops,actions=3
        priority=7,in_port=2,actions=drop # behind a flow
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void A_file_is_the_same_in_pieces_as_whole(int piece)
    {
        FlowFile whole = FlowSyntax.ParseFile(Text, "f");

        FlowFile read = FlowSyntax.ParseFile(new PiecesReader(Text, piece), "f");

        read.Lines.ShouldBe(whole.Lines);
        read.Lines.ShouldBe([2, 5]);
        read.Errors.ShouldBe(whole.Errors);
        read.Errors.Single().Line.ShouldBe(4);
        read.Changes.Select(change => change.Match).ShouldBe(whole.Changes.Select(change => change.Match));
    }

    [Theory]
    [InlineData("priority=1,actions=2\npriority=2,actions=2", 2)]
    [InlineData("priority=1,actions=2\r\npriority=2,actions=2\r\n", 2)]
    [InlineData("\n\n", 0)]
    [InlineData("", 0)]
    public void The_last_line_needs_no_end(string text, int flows)
    {
        FlowSyntax.ParseFile(text).Changes.Length.ShouldBe(flows);
    }

    [Fact]
    public void A_long_line_is_read_whole()
    {
        string actions = string.Join(',', Enumerable.Repeat("output:2", 20_000));

        FlowFile file = FlowSyntax.ParseFile($"actions={actions}\nactions=drop");

        file.Changes.Length.ShouldBe(2);
        file.Changes[0].Actions!.Actions.Length.ShouldBe(20_000);
    }

    [Fact]
    public void A_text_without_lines_is_refused_before_it_fills_the_memory()
    {
        Should.Throw<IOException>(() => FlowSyntax.ParseFile(new EndlessReader())).Message.ShouldContain("line 1 is longer");
    }

    private sealed class PiecesReader(string text, int piece) : StringReader(text)
    {
        public override int Read(char[] buffer, int index, int count) => base.Read(buffer, index, Math.Min(count, piece));
    }

    private sealed class EndlessReader : TextReader
    {
        public override int Read(char[] buffer, int index, int count)
        {
            buffer.AsSpan(index, count).Fill('x');
            return count;
        }
    }
}
