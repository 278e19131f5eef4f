using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Hocon;

namespace UpcallActors.Daemon.Tests.Configuration.Hocon;

/// <summary>Lines of keys, and the text that is refused.</summary>
public sealed class HoconParserTests
{
    [Theory]
    [InlineData("a = 1\nb = 2\n", "b", 2)]
    [InlineData("a {\n  b {\n    c = 1\n  }\n}", "a/b/c", 3)]
    [InlineData("\n\na.b.c = x", "a/b/c", 3)]
    [InlineData("a.b.c = x", "a/b", 1)]
    [InlineData("# a = 1\n// a = 2\na = 3 # a = 4\n", "a", 3)]
    [InlineData("\"x.y\".z : 1", "x.y/z", 1)]
    [InlineData("a { b = 1, c = 2,\nd = 3 }", "a/d", 2)]
    [InlineData("a = 1\na = 2\n", "a", 2)]
    [InlineData("a { b = 1 }\na { c = 1 }\n", "a/b", 1)]
    [InlineData("a { b = 1 }\na { c = 1 }\n", "a", 2)]
    [InlineData("{\na = 1\n}\n", "a", 2)]
    [InlineData("a = [\n 1, # one\n 2 ]\nb = 1", "b", 4)]
    [InlineData("a = \"# no // comment } \\\" \"\nb = 1\n", "b", 2)]
    [InlineData("a = out/p0.pcap // comment\nb=1", "b", 2)]
    [InlineData("a\n{\n b =\n\n 1 }\n", "a/b", 5)]
    [InlineData("a\n: 1\n", "a", 2)]
    [InlineData("a = [1\n2,\n] # end\nb = 1", "b", 4)]
    [InlineData("a = \"\"\"\n\n\"\"\"\nb = 1", "b", 4)]
    [InlineData("a = (x)|<y>;'z'\u00a0\nb = 1", "b", 2)]
    public void A_key_is_found_on_its_line(string text, string path, int line) =>
        path.Split('/').Aggregate(ConfigurationSource.Parse("a.conf", text, _ => null).Root, (block, key) => block.Items![key]).Place.Line
            .ShouldBe(line);

    [Theory]
    [InlineData("a = 1 }\n", 1, "',' or a new line expected, not '}'")]
    [InlineData("a = 1\n}\n", 2, "a '}' without its '{'")]
    [InlineData("a {\n b = 1\n", 3, "a '}' is missing at the end")]
    [InlineData("{ a = 1 }\nb = 2", 2, "nothing may follow the closing '}'")]
    [InlineData("a =\nb = 1", 1, "a value is missing")]
    [InlineData("a = # nothing\n", 1, "a value is missing")]
    [InlineData("a", 1, "'=' or '{' expected after the key a")]
    [InlineData("a b = 1", 1, "'=' or '{' expected after the key a")]
    [InlineData("a.. b = 1", 1, "a key expected, not '.'")]
    [InlineData("a. = 1", 1, "a key expected, not ' '")]
    [InlineData("= 1", 1, "a key expected, not '='")]
    [InlineData("a + 1", 1, "'=' or '{' expected after the key a")]
    [InlineData("a += [1]", 1, "'[' must stand in quotes")]
    [InlineData("a = x=y", 1, "'=' must stand in quotes, or ',' or a new line is missing before it")]
    [InlineData("a = aa:bb", 1, "':' must stand in quotes, or ',' or a new line is missing before it")]
    [InlineData("a { b = 1 c = 2 }", 1, "'=' must stand in quotes, or ',' or a new line is missing before it")]
    [InlineData("a = \"x\" {", 1, "'{' must stand in quotes, or ',' or a new line is missing before it")]
    [InlineData("a = {b=1} c", 1, "',' or a new line expected, not 'c'")]
    [InlineData("a = 1,, b = 2", 1, "nothing between two commas")]
    [InlineData("a = \"open\nb = 1", 1, "a '\"' is missing at the end of the value")]
    [InlineData("a = \"\\x\"", 1, "an escape that does not exist")]
    [InlineData("a = \"\\u12g4\"", 1, "\\u takes four hexadecimal digits")]
    [InlineData("\na = \"\"\"text\n\"\"", 2, "the \"\"\" at the end of the text that begins here is missing")]
    [InlineData("a = \"\"\"text\"\"\"\"", 1, "a '\"' too many behind \"\"\"")]
    [InlineData("a =\n# no value\n\"b\".c { d = 1 }", 1, "a value is missing")]
    [InlineData("a =\nb += 1", 1, "a value is missing")]
    [InlineData("a = \ninclude \"b.conf\"", 1, "a value is missing")]
    [InlineData("a {\n b =\n}", 2, "a value is missing")]
    [InlineData("a\nb = 1", 1, "'=' or '{' expected after the key a")]
    [InlineData("\"\" = 1", 1, "an empty key")]
    [InlineData("\"a = 1", 1, "a '\"' is missing at the end of the key")]
    [InlineData("\"a\\\"b\" = 1", 1, "a quoted key takes no escapes and no control characters")]
    [InlineData("a = [1,\n,2]", 2, "nothing between two commas")]
    [InlineData("a = [,1]", 1, "a value is missing before ','")]
    [InlineData("a = [[1] 2]", 1, "',' or ']' expected in a list, not '2'")]
    [InlineData("a = [1", 1, "',' or ']' expected in a list, not the end of the file")]
    [InlineData("x = 1\ninclude other.conf", 2, "include takes a file: include \"FILE\", include required(\"FILE\")")]
    [InlineData("include url(\"http://host\")", 1, "include takes a file: include \"FILE\", include required(\"FILE\")")]
    [InlineData("include file(\"a\"", 1, "')' expected behind the included file, not the end of the file")]
    [InlineData("include \"\"", 1, "the included file has an impossible name")]
    [InlineData("a = ${b", 1, "'}' expected at the end of ${…}, not the end of the file")]
    [InlineData("a = ${}", 1, "a key expected, not '}'")]
    [InlineData("a = ${?}", 1, "a key expected, not '}'")]
    [InlineData("a = $b", 1, "'$' must stand in quotes")]
    [InlineData("a = x$b", 1, "'$' must stand in quotes, or ',' or a new line is missing before it")]
    [InlineData("a = x ${b} {", 1, "'{' must stand in quotes, or ',' or a new line is missing before it")]
    public void What_is_not_understood_is_refused_with_its_line(string text, int line, string message)
    {
        ConfigurationProblem problem = ConfigurationSource.Parse("a.conf", text, _ => null).Problems.ShouldHaveSingleItem();
        problem.Message.ShouldBe(message);
        problem.Line.ShouldBe(line);
    }

    [Fact]
    public void A_text_over_lines_is_taken_as_it_stands() =>
        ConfigurationSource.Parse("a.conf", "a = \"\"\" x \\n\n \"y\" # {\"\"\"\n", _ => null).Root.Items!["a"]
            .Text.ShouldBe(" x \\n\n \"y\" # {");

    [Theory]
    [InlineData("a {", "blocks")]
    [InlineData("a {\n", "blocks")]
    [InlineData("a = [", "lists")]
    [InlineData("[", "lists")]
    public void Deep_nesting_is_refused(string opened, string what)
    {
        string text = (opened == "[" ? "a = " : "") + string.Concat(Enumerable.Repeat(opened, 100_000));
        ConfigurationProblem problem = ConfigurationSource.Parse("a.conf", text, _ => null).Problems.ShouldHaveSingleItem();
        if (opened != "a = [")
            problem.Message.ShouldBe($"{what} are nested deeper than {HoconParser.MaxDepth}");
    }
}
