using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Tests.Live.Reloading;

/// <summary>A configuration that is read again while its parts run.</summary>
public sealed class RunningConfigurationTests : IDisposable
{
    private const string Text = """
        upcall-actors {
          handlers = 2
          revalidators.max-idle = 5s
          bridges."br.0" {
            flows = flows.of
            ports.eth0 { number = 1, type = system }
          }
        }
        """;

    private readonly ConfigurationFolder _folder = new();
    private readonly LogLines _log = new();
    private readonly Part _flows = new("bridges");
    private readonly Part _rounds = new("revalidators.max-idle", "revalidators.flow-limit");
    private readonly string _file;
    private string? _variable;

    public RunningConfigurationTests() => _file = _folder.Write("a.conf", Text);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_parts_can_change_they_are_told_and_what_none_can_is_named_each_time()
    {
        using RunningConfiguration running = Start();
        Write("handlers = 2", "handlers = 3");
        Write("max-idle = 5s", "max-idle = 7s", "flow-limit = 1000");
        ReloadReport report = await running.ReloadAsync(_log);
        report.IsGood.ShouldBeTrue();
        report.Applied.ShouldBe(["upcall-actors.revalidators.flow-limit = 1000", "upcall-actors.revalidators.max-idle = 7s"]);
        report.Waiting.ShouldBe(["upcall-actors.handlers = 3 (it is 2)"]);
        _rounds.Told.ShouldHaveSingleItem().Revalidators.MaxIdle.ShouldBe(TimeSpan.FromSeconds(7));
        _flows.Told.ShouldBeEmpty();
        running.Values.Single(value => value.Key == "upcall-actors.handlers").Text.ShouldBe("2");
        running.Values.Single(value => value.Key == "upcall-actors.revalidators.max-idle").Text.ShouldBe("7s");
        _log.All
            .ShouldContain("Warning: The configuration was read again, but a restart is needed for upcall-actors.handlers = 3 (it is 2)");

        (await running.ReloadAsync(_log)).ToString().ShouldBe("needs a restart: upcall-actors.handlers = 3 (it is 2)\n");
        Write("handlers = 3", "handlers = 2");
        (await running.ReloadAsync(_log)).ToString().ShouldBe("nothing has changed\n");
        _rounds.Told.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_file_with_mistakes_changes_nothing_and_has_all_of_them_named()
    {
        using RunningConfiguration running = Start();
        Write("handlers = 2", "handlers = few");
        Write("max-idle = 5s", "max-idle = 7s");
        _folder.Write("flows.of", "priority=1,actions=outptu:1\n");
        ReloadReport report = await running.ReloadAsync(_log);
        report.IsGood.ShouldBeFalse();
        report.Problems.Count.ShouldBe(2);
        report.ToString()
            .ShouldStartWith($"nothing was changed:\n{_file}:2: handlers must be a whole number, not \"few\"\n{_folder.Root}/flows.of:1:");
        _rounds.Told.ShouldBeEmpty();
        _flows.Told.ShouldBeEmpty();
        _log.All.Count(line => line.StartsWith("Error: The configuration was read again and nothing was changed: ",
            StringComparison.Ordinal)).ShouldBe(2);
        running.Values.Single(value => value.Key == "upcall-actors.revalidators.max-idle").Text.ShouldBe("5s");
    }

    [Fact]
    public async Task Flows_are_another_value_when_their_file_has_other_text()
    {
        using RunningConfiguration running = Start();
        _folder.Write("flows.of", "priority=2,actions=drop\n");
        (await running.ReloadAsync(_log)).ToString().ShouldBe("applied: upcall-actors.bridges.\"br.0\".flows = flows.of\n");
        _flows.Told.ShouldHaveSingleItem().Switch.Bridges[0].Flows.Changes.ShouldHaveSingleItem().Priority.ShouldBe((ushort)2);
        (await running.ReloadAsync(_log)).ToString().ShouldBe("nothing has changed\n");
    }

    [Fact]
    public async Task Variables_and_what_stands_for_values_count_by_what_they_make()
    {
        Write("max-idle = 5s", "max-idle = ${define.idle}");
        await File.AppendAllTextAsync(_file, "\ndefine { idle = 5s, other = 1 }\nupcall-actors.revalidators.flow-limit = ${?LIMIT}\n");
        using RunningConfiguration running = Start();
        Write("other = 1", "other = 2");
        (await running.ReloadAsync(_log)).ToString().ShouldBe("nothing has changed\n");
        Write("idle = 5s", "idle = 6s");
        _variable = "5000";
        (await running.ReloadAsync(_log)).Applied
            .ShouldBe(["upcall-actors.revalidators.flow-limit = 5000", "upcall-actors.revalidators.max-idle = 6s"]);
    }

    [Fact]
    public async Task A_part_that_cannot_try_again_what_waits_is_told_of_and_all_of_the_file_is_applied()
    {
        using RunningConfiguration running = Start();
        _rounds.Waits = ["port p1 still waits"];
        _flows.RetryFailure = new InvalidOperationException("no ports");
        Write("max-idle = 5s", "max-idle = 7s");
        Write("number = 1", "number = 2");
        ReloadReport report = await running.ReloadAsync(_log);
        report.IsGood.ShouldBeFalse();
        report.Failed.ShouldBe(["what waits of bridges: no ports"]);
        report.Retried.ShouldBe(["port p1 still waits"]);
        report.Applied.ShouldBe(
            ["upcall-actors.bridges.\"br.0\".ports.eth0.number = 2", "upcall-actors.revalidators.max-idle = 7s"]);
    }

    [Fact]
    public async Task A_part_that_fails_is_told_of_and_the_others_go_on()
    {
        using RunningConfiguration running = Start();
        _rounds.Failure = new InvalidOperationException("no rounds");
        Write("max-idle = 5s", "max-idle = 7s");
        Write("number = 1", "number = 2");
        ReloadReport report = await running.ReloadAsync(_log);
        report.IsGood.ShouldBeFalse();
        report.Failed.ShouldBe(["upcall-actors.revalidators.max-idle: no rounds"]);
        _flows.Told.Count.ShouldBe(1);
        report.Applied.ShouldBe(["upcall-actors.bridges.\"br.0\".ports.eth0.number = 2"]);
        // It is still to be done, and is tried again.
        _rounds.Failure = null;
        (await running.ReloadAsync(_log)).Applied.ShouldBe(["upcall-actors.revalidators.max-idle = 7s"]);
    }

    [Fact]
    public async Task The_log_has_the_level_of_the_configuration()
    {
        (RunningConfiguration? running, _) = RunningConfiguration.Read([_file], _ => null);
        using RunningConfiguration configuration = running!;
        var levels = new LogLevels(configuration.Options.Telemetry.LogLevel, DaemonHost.ActorSystemName);
        levels.IsEnabled("upcall-actors", LogLevel.Information).ShouldBeTrue();
        levels.IsEnabled("upcall-actors", LogLevel.Debug).ShouldBeFalse();
        configuration.Attach(new LogLevelReload(levels));
        await File.AppendAllTextAsync(_file, "\nupcall-actors.telemetry.logs.level = debug\n");
        (await configuration.ReloadAsync(_log)).ToString().ShouldBe("applied: upcall-actors.telemetry.logs.level = debug\n");
        levels.IsEnabled("upcall-actors", LogLevel.Debug).ShouldBeTrue();
    }

    [Fact]
    public async Task A_secret_is_shown_to_nobody_but_a_change_of_it_is_seen()
    {
        const string Key = "upcall-actors.telemetry.otlp.headers";
        await File.AppendAllTextAsync(_file, $"\n{Key} = \"api-key=abc\"\n");
        using RunningConfiguration running = Start();
        running.Values.Single(value => value.Key == Key).Text.ShouldBe("\"(secret)\"");
        Write("api-key=abc", "api-key=def");
        (await running.ReloadAsync(_log)).ToString().ShouldBe($"needs a restart: {Key} = \"(secret)\" (it is \"(secret)\")\n");
    }

    [Fact]
    public async Task Captures_cannot_take_the_place_of_live_ports()
    {
        using RunningConfiguration running = Start();
        _folder.Write("a.conf", DaemonOptionsTests.Good);
        (await running.ReloadAsync(_log)).Problems.ShouldHaveSingleItem().Message
            .ShouldBe("ports of type capture need a restart of a daemon that has others");
    }

    [Fact]
    public async Task It_waits_for_the_parts_to_be_there()
    {
        (RunningConfiguration? running, _) = RunningConfiguration.Read([_file], _ => null);
        using RunningConfiguration configuration = running!;
        Write("max-idle = 5s", "max-idle = 7s");
        Task<ReloadReport> reload = configuration.ReloadAsync(_log);
        reload.IsCompleted.ShouldBeFalse();
        configuration.Attach(_rounds);
        (await reload).Applied.ShouldBe(["upcall-actors.revalidators.max-idle = 7s"]);
    }

    private RunningConfiguration Start()
    {
        (RunningConfiguration? running, IReadOnlyList<ConfigurationProblem> problems) =
            RunningConfiguration.Read([_file], name => name == "LIMIT" ? _variable : null);
        problems.ShouldBeEmpty();
        running!.Attach(_flows, _rounds);
        return running;
    }

    [Fact]
    public async Task What_waits_is_tried_again_at_each_reading_and_said()
    {
        using RunningConfiguration running = Start();
        _flows.Waits = ["port p1 of br0 still waits: there is no such device"];
        ReloadReport report = await running.ReloadAsync(_log);
        report.IsGood.ShouldBeTrue();
        report.ToString().ShouldBe("tried again: port p1 of br0 still waits: there is no such device\n");
        _log.All.ShouldContain($"Information: The configuration was read again, and waiting ports were tried again: {_flows.Waits[0]}");
        _log.All.ShouldNotContain(line => line.Contains("nothing has changed", StringComparison.Ordinal));
    }

    private void Write(string before, string after, string? more = null)
    {
        string text = File.ReadAllText(_file);
        text.ShouldContain(before);
        File.WriteAllText(_file, text.Replace(before, after, StringComparison.Ordinal)
            + (more == null ? "" : $"\nupcall-actors.revalidators.{more}\n"));
    }

    private sealed class Part(params string[] keys) : IReloadable
    {
        public IReadOnlyList<string> Keys => keys;

        public List<DaemonOptions> Told { get; } = [];

        public Exception? Failure { get; set; }

        public IReadOnlyList<string> Waits { get; set; } = [];

        public Exception? RetryFailure { get; set; }

        public Task<IReadOnlyList<string>> RetryAsync() =>
            RetryFailure == null ? Task.FromResult(Waits) : Task.FromException<IReadOnlyList<string>>(RetryFailure);

        public Task ApplyAsync(DaemonOptions options)
        {
            if (Failure != null)
                return Task.FromException(Failure);
            Told.Add(options);
            return Task.CompletedTask;
        }
    }
}
