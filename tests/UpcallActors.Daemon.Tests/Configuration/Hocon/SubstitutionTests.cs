using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Tests.Configuration.Hocon;

/// <summary>What stands for something else, as HOCON's specification has it, and how it is refused.</summary>
public sealed class SubstitutionTests
{
    private static readonly Dictionary<string, string> _environment =
        new(StringComparer.Ordinal) { ["SET"] = "from outside", ["EMPTY"] = "" };

    [Theory]
    [InlineData("a = ${b}, b = 5", "a = 5")]
    [InlineData("a = ${b}, b = 5, b = 6", "a = 6")]
    [InlineData("a = ${SET}", "a = from outside")]
    [InlineData("SET = inside, a = ${SET}", "a = inside")]
    [InlineData("a = ${?SET}", "a = from outside")]
    [InlineData("a = 1, a = ${?UNSET}", "a = 1")]
    [InlineData("a = ${?UNSET}", "")]
    [InlineData("a = x${?UNSET}", "a = x")]
    [InlineData("a = ${?UNSET} ${?UNSET}", "")]
    [InlineData("a = ${EMPTY}", "a = ")]
    [InlineData("a = 1, a = ${?EMPTY}", "a = 1")]
    [InlineData("b = 5, a = x ${b}\"y \" z", "a = x 5y  z")]
    [InlineData("b { c { d = 5 } }, a = ${b.c.d}", "a = 5")]
    [InlineData("b { \"c.d\" = 5 }, a = ${b.\"c.d\"}", "a = 5")]
    [InlineData("a = 1, a = ${a}2", "a = 12")]
    [InlineData("a { b = 1 }, a.b = ${a.b}2", "a.b = 12")]
    [InlineData("a { b = 1, c = ${a.b} }, a.b = 2", "a.b = 2\na.c = 2")]
    [InlineData("SET = ${SET}/bin", "SET = from outside/bin")]
    [InlineData("a = [1], a = ${a} [2], a = [0] ${a}", "a = [0, 1, 2]")]
    [InlineData("a = [1], a += 2, a += ${b}, b = 3", "a = [1, 2, 3]")]
    [InlineData("a += 1", "a = [1]")]
    [InlineData("b = 5\na = [0]\na += 1\na += ${b}", "a = [0, 1, 5]")]
    [InlineData("b = [0], a = ${b} [1], a += 2, a += 3", "a = [0, 1, 2, 3]")]
    [InlineData("x.a += 1\nx { a += 2 }", "x.a = [1, 2]")]
    [InlineData("b = 5, a = [1, ${b}, ${?UNSET}, x${b}]", "a = [1, 5, x5]")]
    [InlineData("b = [1], a = ${b} ${b}", "a = [1, 1]")]
    [InlineData("b { c = 1, d = 2 }, a = ${b} { d = 3 }", "a.c = 1\na.d = 3")]
    [InlineData("b { c = 1, d = 2 }, a = ${b}, a.d = 3", "a.c = 1\na.d = 3")]
    [InlineData("b { c = 1 }, b.c = ${b.c}2, a = ${b} { d = 3 }", "a.c = 12\na.d = 3")]
    [InlineData("b { c { d = [1] } }, b.c.d = ${b.c.d} [2], a = ${b} { c.e = 3 }", "a.c.d = [1, 2]\na.c.e = 3")]
    [InlineData("a = { b = 1 } { c = 2 }", "a.b = 1\na.c = 2")]
    [InlineData("a { b = 1 }, a = 5, a { c = 2 }", "a.c = 2")]
    [InlineData("a { b = 1 }, a = ${a} { c = ${a.b} }", "a.b = 1\na.c = 1")]
    public void A_substitution_stands_for_what_holds_in_the_end(string text, string expected)
    {
        (IReadOnlyList<string> values, IReadOnlyList<ConfigurationProblem> problems) = Read(text);
        problems.ShouldBeEmpty();
        string first = expected.Split(['.', ' '])[0];
        values.Where(value => value.Split(['.', ' '])[0] == first || expected.Length == 0)
            .ShouldBe(expected.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("a = 1\nb = ${UNSET}", "a.conf:2: ${UNSET} is set neither in the configuration nor in the environment")]
    [InlineData("a = ${a}", "a.conf:1: ${a} is set neither in the configuration nor in the environment")]
    [InlineData("\na = ${b}\nb = ${c}\nc = ${a}", "a.conf:4: substitutions lead in a circle: a → b → c → a")]
    [InlineData("a = 1\na = ${b}\nb = ${a}", "a.conf:3: substitutions lead in a circle: a → b → a")]
    [InlineData("a { b = ${a} }", "a.conf:1: blocks are nested deeper than 16; does a block contain itself by a substitution?")]
    [InlineData("a { b = ${a}, c = ${a} }", "a.conf:1: blocks are nested deeper than 16; does a block contain itself by a substitution?")]
    [InlineData("b = [1]\na = x${b}", "a.conf:2: texts, lists and blocks go together only with their like")]
    [InlineData("b { }\na = ${b} [1]", "a.conf:2: texts, lists and blocks go together only with their like")]
    [InlineData("a = [1]\na += ${a}", "a.conf:2: lists are nested deeper than 16; does a list contain itself by a substitution?")]
    [InlineData("a = 1\na += 2", "a.conf:2: texts, lists and blocks go together only with their like")]
    public void What_cannot_be_put_in_is_named_with_its_line(string text, string problem) =>
        Read(text).Problems.Select(found => found.ToString()).ShouldBe([problem]);

    [Fact]
    public void What_grows_without_bound_is_refused()
    {
        string doubling = "a0 = xxxxxxxx\n" + string.Concat(Enumerable.Range(1, 40).Select(n => $"a{n} = ${{a{n - 1}}}${{a{n - 1}}}\n"));
        Read(doubling).Problems.ShouldHaveSingleItem().Message.ShouldBe("substitutions make a text of more than 65536 characters");
        string lists = "a0 = [1, 2]\n" + string.Concat(Enumerable.Range(1, 40).Select(n => $"a{n} = ${{a{n - 1}}} ${{a{n - 1}}}\n"));
        Read(lists).Problems.ShouldHaveSingleItem().Message.ShouldBe("substitutions make a list of more than 10000 elements");
        string chain = "a0 = 1\n" + string.Concat(Enumerable.Range(1, 100_000).Reverse().Select(n => $"a{n} = ${{a{n - 1}}}\n"));
        Read(chain).Problems.ShouldHaveSingleItem().Message.ShouldBe("substitutions lead to each other more than 64 times");
        string blocks = "a0 { x = 1 }\n" + string.Concat(Enumerable.Range(1, 14)
            .Select(n => $"a{n} {{ l = ${{a{n - 1}}}, m = ${{a{n - 1}}}, n = ${{a{n - 1}}}, o = ${{a{n - 1}}} }}\n"));
        Read(blocks).Problems.ShouldHaveSingleItem().Message.ShouldBe("substitutions make more than a configuration has");
    }

    [Fact]
    public void A_value_knows_the_variable_and_the_place_it_comes_from()
    {
        ConfigurationValue root = ConfigurationSource.Parse("a.conf", "a = ${SET}\nb = ${a}\nc = ${b}x\nd = [1]\n\nd += 2", Variable).Root;
        root.Items!["a"].Variable.ShouldBe("SET");
        root.Items["b"].Variable.ShouldBe("SET");
        root.Items["b"].Place.Line.ShouldBe(2);
        root.Items["c"].Variable.ShouldBeNull();
        root.Items["d"].Place.Line.ShouldBe(6);
    }

    private static string? Variable(string name) => _environment.GetValueOrDefault(name);

    private static (IReadOnlyList<string> Values, IReadOnlyList<ConfigurationProblem> Problems) Read(string text)
    {
        var source = ConfigurationSource.Parse("a.conf", text, Variable);
        return ([.. Lines("", source.Root)], source.Problems);
    }

    private static IEnumerable<string> Lines(string path, ConfigurationValue value) =>
        value.Items != null ? value.Items.SelectMany(item => Lines(path.Length == 0 ? item.Key : $"{path}.{item.Key}", item.Value))
        : value.Elements != null ? [$"{path} = [{string.Join(", ", value.Elements.Select(element => element.Text))}]"]
        : [$"{path} = {value.Text}"];
}
