using System.Text.Json;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Terminal;
using UpcallActors.Daemon.Tests.Configuration;

namespace UpcallActors.Daemon.Tests.Terminal;

/// <summary>The command <c>config</c>.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_options_it_prints_the_built_in_configuration_which_is_one()
    {
        (int code, string output, string errors) = await RunAsync("config");
        code.ShouldBe(0, errors);
        output.ShouldBe(ConfigurationSource.ReadReference());
        _folder.Read(output, DaemonOptionsTests.Good).Options.ShouldNotBeNull();
    }

    [Fact]
    public void Every_built_in_key_has_a_comment_above_it_or_above_its_neighbour()
    {
        string previous = "";
        foreach (string line in ConfigurationSource.ReadReference().Split('\n').Select(line => line.Trim()))
        {
            string key = line.Split(' ')[0];
            bool isKey = line.Contains(" = ", StringComparison.Ordinal) && !line.StartsWith('#');
            if (isKey)
                (previous.StartsWith('#') || previous.StartsWith($"{key} =", StringComparison.Ordinal)).ShouldBeTrue(line);
            previous = line;
        }
    }

    [Fact]
    public void Every_key_of_bridges_and_ports_that_the_documentation_has_is_in_the_comment()
    {
        string reference = ConfigurationSource.ReadReference();
        foreach (string key in (string[])[
            "fail-mode", "flows", "flow-limit", "overflow-policy", "groups", "type", "number", "share", "vlan-mode", "tag", "trunks",
            "cvlans", "qinq-ethtype", "priority-tags", "protected", "interface", "remote-ip", "local-ip", "key",
            "in-key", "out-key", "dst-port", "tos", "ttl", "df", "csum", "input", "host-mac", "output", "mtu"])
        {
            reference.ShouldMatch($@"\n +# +{key} = ");
        }
    }

    [Fact]
    public async Task Effective_values_name_who_set_them()
    {
        _folder.Write("part.conf", "\npipeline.batch-size = 16\n");
        string file = _folder.Write("a.conf",
            DaemonOptionsTests.Good.Replace("handlers = 2", "handlers = 3\ninclude \"part.conf\"", StringComparison.Ordinal));
        (int code, string output, string errors) = await RunAsync("config", "--effective", "--config", file);
        code.ShouldBe(0, errors);
        string[] lines = output.Split('\n');
        lines.ShouldContain("upcall-actors.datapath.name = ovs-system  # built-in");
        lines.ShouldContain($"upcall-actors.handlers = 3  # {file}:2");
        lines.ShouldContain($"upcall-actors.pipeline.batch-size = 16  # {Path.Combine(_folder.Root, "part.conf")}:2");
        lines.ShouldContain($"upcall-actors.bridges.br0.ports.p0.host-mac = \"02:00:00:00:00:0a\"  # {file}:8");
        lines.ShouldContain("upcall-actors.replay.purge-at = []  # built-in");

        // What is printed is a configuration itself, and the same.
        (DaemonOptions? again, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(output);
        problems.ShouldBeEmpty();
        again!.Pipeline.BatchSize.ShouldBe(16);
        again.Handlers.ShouldBe(3);
    }

    [Fact]
    public async Task Effective_values_as_JSON_have_key_value_and_origin()
    {
        (int code, string output, string errors) = await RunAsync("config", "--effective", "--json");
        code.ShouldBe(0, errors);
        using var document = JsonDocument.Parse(output);
        JsonElement name = document.RootElement.GetProperty("values").EnumerateArray()
            .Single(value => value.GetProperty("key").GetString() == "upcall-actors.datapath.name");
        name.GetProperty("value").GetString().ShouldBe("ovs-system");
        name.GetProperty("origin").GetString().ShouldBe("built-in");
    }

    [Fact]
    public void Environment_variables_lie_between_the_built_in_values_and_the_files()
    {
        string file = _folder.Write("a.conf", DaemonOptionsTests.Good);
        string? Variable(string name) =>
            name switch { "UPCALL_HANDLERS" => "7", "UPCALL_BATCH_SIZE" => "9", "UPCALL_RUN_DIR" => "here", _ => null };
        var source = ConfigurationSource.Read([file], Variable);
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.Read(source);
        problems.ShouldBeEmpty();
        options!.Pipeline.BatchSize.ShouldBe(9);
        options.Handlers.ShouldBe(2);
        options.RunDirectory.ShouldBe(Path.GetFullPath("here"));
        EffectiveValue.List(source).Single(value => value.Key == "upcall-actors.pipeline.batch-size").Origin
            .ShouldBe("environment variable UPCALL_BATCH_SIZE");
        _folder.Write("a.conf", DaemonOptionsTests.Good.Replace("handlers = 2", "handlers = 2\nhandlers = ${?UPCALL_HANDLERS}",
            StringComparison.Ordinal));
        DaemonOptionsReader.Read(ConfigurationSource.Read([file], Variable)).Options!.Handlers.ShouldBe(7);
    }

    [Fact]
    public void A_bad_environment_variable_is_named()
    {
        string file = _folder.Write("a.conf", DaemonOptionsTests.Good);
        DaemonOptionsReader.Read(ConfigurationSource.Read([file], name => name == "UPCALL_BATCH_SIZE" ? "many" : null)).Problems
            .ShouldHaveSingleItem().ToString()
            .ShouldBe("environment variable UPCALL_BATCH_SIZE: batch-size must be a whole number, not \"many\"");
    }

    [Fact]
    public async Task Checking_good_files_says_so()
    {
        string file = _folder.Write("a.conf", DaemonOptionsTests.Good);
        string over = _folder.Write("b.conf", "upcall-actors.handlers = 1\n");
        (await RunAsync("config", "--check", file, over)).ShouldBe((0, $"{file}, {over}: no problems\n", ""));
        (int code, string output, _) = await RunAsync("config", "--check", file, "--json");
        code.ShouldBe(0);
        using var document = JsonDocument.Parse(output);
        document.RootElement.GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("--check")]
    [InlineData("--effective --config")]
    public async Task Files_with_mistakes_have_all_of_them_named(string how)
    {
        string file = _folder.Write("a.conf",
            DaemonOptionsTests.Good.Replace("handlers = 2", "handlers = few\nzebra = ${UNSET_ANYWHERE}", StringComparison.Ordinal));
        (int code, string output, string errors) = await RunAsync(["config", .. how.Split(' '), file]);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe([
            $"{file}:2: handlers must be a whole number, not \"few\"",
            $"{file}:3: ${{UNSET_ANYWHERE}} is set neither in the configuration nor in the environment",
        ], ignoreOrder: true);
        (code, output, _) = await RunAsync(["config", .. how.Split(' '), file, "--json"]);
        code.ShouldBe(2);
        using var document = JsonDocument.Parse(output);
        JsonElement[] problems = [.. document.RootElement.GetProperty("problems").EnumerateArray()];
        problems.Length.ShouldBe(2);
        problems[0].GetProperty("file").GetString().ShouldBe(file);
        problems[0].GetProperty("line").GetInt32().ShouldBe(2);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = await CommandLine.RunAsync(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
