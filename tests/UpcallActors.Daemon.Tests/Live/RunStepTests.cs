using Akka.Actor;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Daemon.Demo;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Live;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Daemon.Terminal;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Tests.Live;

/// <summary>In which order the parts of a daemon start and stop: as the data says, and the documentation.</summary>
public sealed class RunStepTests
{
    private static readonly ActorSystem _unused = null!;
    private static readonly LogLevels _levels = new(LogLevel.Information, DaemonHost.ActorSystemName);
    private static readonly Task _never = new TaskCompletionSource().Task;

    private static readonly string[] _liveStops =
    [
        "drain", "watch", "status page", "telemetry", "status", "announcement", "first configuration", "pipeline", "database contents",
        "switch", "cleanup", "control socket", "datapath", "database", "run directory", "reload signal",
    ];

    private static readonly string[] _demoStops =
    [
        "drain", "watch", "status page", "telemetry", "status", "announcement", "pipeline", "control socket", "slow packets",
        "datapath", "run directory", "reload signal",
    ];

    public static TheoryData<string> LiveSteps => [.. LiveOrder().Steps.Select(step => step.Name)];

    public static TheoryData<string> DemoSteps => [.. DemoOrder().Steps.Select(step => step.Name)];

    [Fact]
    public void A_live_run_starts_with_its_directory_and_is_announced_before_what_no_packet_needs() =>
        LiveOrder().Steps.Select(step => step.Name).ShouldBe(
        [
            "reload signal", "run directory", "database", "datapath", "cleanup", "switch", "database contents", "pipeline",
            "control socket", "first configuration", "announcement", "status", "telemetry", "status page", "watch", "drain",
        ]);

    [Fact]
    public void A_live_run_drains_first_and_its_control_socket_outlives_all_that_its_commands_see() =>
        LiveOrder().Stops.ShouldBe(_liveStops);

    [Fact]
    public void A_demo_starts_and_stops_as_a_live_run_does()
    {
        DemoOrder().Steps.Select(step => step.Name).ShouldBe(
        [
            "reload signal", "run directory", "datapath", "slow packets", "pipeline", "control socket", "announcement", "status",
            "telemetry", "status page", "watch", "drain",
        ]);
        DemoOrder().Stops.ShouldBe(_demoStops);
    }

    [Theory]
    [MemberData(nameof(LiveSteps))]
    public Task A_step_of_a_live_run_that_fails_stops_those_before_it_and_its_failure_is_thrown(string failing) =>
        FailAsync(LiveOrder(), _liveStops, failing);

    [Theory]
    [MemberData(nameof(DemoSteps))]
    public Task A_step_of_the_demo_that_fails_stops_those_before_it_and_its_failure_is_thrown(string failing) =>
        FailAsync(DemoOrder(), _demoStops, failing);

    [Theory]
    [MemberData(nameof(LiveSteps))]
    public async Task A_live_run_that_is_told_to_stop_during_a_step_stops_that_one_and_those_before_it(string during)
    {
        var stop = new TaskCompletionSource();
        var happened = new List<string>();
        RunOrder order = Recorded(LiveOrder(), happened, name =>
        {
            if (name == during)
                stop.SetResult();
        });
        await order.RunAsync(stop.Task, NullLogger.Instance);
        string[] with = during switch
        {
            "datapath" => ["datapath", "cleanup"],
            "watch" => ["watch", "drain"],
            _ => [during],
        };
        happened.ShouldBe(Expected(_liveStops, Before(LiveOrder(), during).Concat(with)));
    }

    [Fact]
    public void The_documentation_has_the_steps_of_a_live_run_in_their_order()
    {
        string page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "documents", "architecture.md"));
        int from = page.IndexOf("\n### Start and stop\n", StringComparison.Ordinal);
        from.ShouldBeGreaterThan(0);
        page[from..].Split('\n').SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|')[1].Trim())
            .ShouldBe(LiveOrder().Steps.Select(step => step.Name));
    }

    private static async Task FailAsync(RunOrder real, string[] stops, string failing)
    {
        var happened = new List<string>();
        RunOrder order = Recorded(real, happened, name =>
        {
            if (name == failing)
                throw new InvalidDataException(name);
        });
        (await Should.ThrowAsync<InvalidDataException>(() => order.RunAsync(_never, NullLogger.Instance))).Message.ShouldBe(failing);
        happened.ShouldBe(Expected(stops, Before(real, failing)));
    }

    /// <summary>The starts of some steps, and their stops in the order in which all would stop.</summary>
    private static IEnumerable<string> Expected(string[] stops, IEnumerable<string> started)
    {
        string[] starts = [.. started];
        return [.. starts.Select(name => "+" + name), .. stops.Where(starts.Contains).Select(name => "-" + name)];
    }

    private static IEnumerable<string> Before(RunOrder order, string step) =>
        order.Steps.Select(earlier => earlier.Name).TakeWhile(name => name != step);

    /// <summary>The same order of steps that only say what happens to them.</summary>
    private static RunOrder Recorded(RunOrder real, List<string> happened, Action<string> onStart) => new(
        real.Steps.Select(step => new RunStep(
            step.Name,
            () =>
            {
                onStart(step.Name);
                happened.Add("+" + step.Name);
                return Task.CompletedTask;
            },
            () =>
            {
                happened.Add("-" + step.Name);
                return Task.CompletedTask;
            })
        {
            StopsAfter = step.StopsAfter,
            ComesWithPrevious = step.ComesWithPrevious,
        }),
        () => Task.FromException(new InvalidOperationException("the work was begun")));

    private static RunOrder LiveOrder() =>
        new LiveRun(_unused, NullLoggerFactory.Instance, _levels).OrderOf(Configuration(), new TaskCompletionSource<bool>());

    private static RunOrder DemoOrder() => new DemoRun(_unused, NullLoggerFactory.Instance, _levels, TextWriter.Null)
        .OrderOf(Configuration(), new TaskCompletionSource());

    private static RunningConfiguration Configuration() => RunningConfiguration.Read([DemoCommand.ConfigurationFile]).Configuration!;
}
