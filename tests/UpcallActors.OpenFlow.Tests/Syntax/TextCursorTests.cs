namespace UpcallActors.OpenFlow.Tests;

public class TextCursorTests
{
    [Fact]
    public void A_word_ends_at_a_separator_outside_brackets()
    {
        var cursor = new TextCursor("ct(commit,nat(src=1-2)),2 next");
        cursor.TakeWord().ToString().ShouldBe("ct(commit,nat(src=1-2))");
        cursor.SkipSeparators();
        cursor.TakeWord().ToString().ShouldBe("2");
        cursor.SkipSeparators();
        cursor.TakeWord("x").ToString().ShouldBe("ne");
        cursor.Rest.ToString().ShouldBe("xt");
    }

    [Fact]
    public void What_stands_in_brackets_keeps_its_place_in_the_line()
    {
        var cursor = new TextCursor("a(b(c),d)e", "f", 3, 5);
        cursor.TakeName().ToString().ShouldBe("a");
        TextCursor inside = cursor.TakeBracketed();
        inside.Rest.ToString().ShouldBe("b(c),d");
        inside.TakeWord();
        FlowSyntaxError error = inside.Error("here").Error;
        error.ShouldBe(new FlowSyntaxError("f", 3, 11, "here"));
        cursor.Rest.ToString().ShouldBe("e");
    }

    [Theory]
    [InlineData("(a", 1, "never closed")]
    [InlineData("((a)", 1, "never closed")]
    [InlineData("a)", 1, "'(' expected instead of 'a'")]
    [InlineData("", 1, "'(' is missing at the end")]
    public void Brackets_that_do_not_pair_are_refused(string text, int column, string message)
    {
        FlowSyntaxException exception = Should.Throw<FlowSyntaxException>(() =>
        {
            var cursor = new TextCursor(text);
            cursor.TakeBracketed();
        });
        exception.Column.ShouldBe(column);
        exception.Error.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("0", 0UL)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("0xFfffffffffffffff", ulong.MaxValue)]
    [InlineData("017", 15UL)]
    public void Numbers_are_read_in_C_notation(string text, ulong value)
    {
        var cursor = new TextCursor(text);
        cursor.TakeNumber("it").ShouldBe(value);
        cursor.AtEnd.ShouldBeTrue();
    }

    [Theory]
    [InlineData("18446744073709551616")]
    [InlineData("0x10000000000000000")]
    [InlineData("08")]
    [InlineData("0x")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("")]
    [InlineData("0777777777777777777777777777777777777777777777777777777777777")]
    public void What_is_no_number_or_too_great_is_refused(string text) =>
        Should.Throw<FlowSyntaxException>(() =>
        {
            var cursor = new TextCursor(text);
            cursor.TakeNumber("it");
        }).Column.ShouldBe(1);
}
