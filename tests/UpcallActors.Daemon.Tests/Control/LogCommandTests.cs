using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Unixctl;
using UpcallActors.Unixctl.Tests;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary>The <c>vlog/</c> commands, and that what they set holds.</summary>
public sealed class LogCommandTests
{
    [Fact]
    public async Task Levels_of_the_log_are_listed_and_set_by_category()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Levels.IsEnabled("upcall-actors", LogLevel.Debug).ShouldBeFalse();
        daemon.Levels.IsEnabled("Microsoft.Hosting", LogLevel.Information).ShouldBeFalse();
        string[] lines = Lines(await daemon.PrintAsync("vlog/list"));
        lines[0].ShouldBe("                 console    syslog    file");
        lines[1].ShouldBe("                 -------    ------    ------");
        lines.ShouldContain("Microsoft.Hosting  WARN        OFF        OFF");
        lines.ShouldContain("upcall-actors     INFO        OFF        OFF");
        (await daemon.PrintAsync("vlog/set", "Upcall-Actors:console:dbg")).ShouldBeEmpty();
        daemon.Levels.IsEnabled("upcall-actors", LogLevel.Debug).ShouldBeTrue();
        (await daemon.PrintAsync("vlog/set", "microsoft:err", "ANY:file:dbg")).ShouldBeEmpty();
        lines = Lines(await daemon.PrintAsync("vlog/list"));
        lines.ShouldContain("Microsoft.Hosting   ERR        OFF        OFF");
        lines.ShouldContain("upcall-actors      DBG        OFF        OFF");
        (await daemon.PrintAsync("vlog/set", "off")).ShouldBeEmpty();
        daemon.Levels.IsEnabled("upcall-actors", LogLevel.Critical).ShouldBeFalse();
        (await daemon.PrintAsync("vlog/set")).ShouldBeEmpty();
        daemon.Levels.IsEnabled("Microsoft.Hosting", LogLevel.Debug).ShouldBeTrue();
    }

    [Fact]
    public async Task What_cannot_be_set_is_said_in_Open_vSwitchs_words()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        daemon.Levels.IsEnabled("upcall-actors", LogLevel.Information).ShouldBeTrue();
        (await daemon.FailAsync("vlog/set", "nosuch:dbg")).ShouldBe("no destination, level, or module \"nosuch\"\n");
        (await daemon.FailAsync("vlog/set", "upcall-actors:dbg:info")).ShouldBe("cannot specify multiple levels\n");
        (await daemon.FailAsync("vlog/set", "console:syslog:dbg")).ShouldBe("cannot specify multiple destinations\n");
        (await daemon.FailAsync("vlog/set", "upcall-actors:bridge")).ShouldBe("cannot specify multiple modules\n");
        (await daemon.FailAsync("vlog/set", "PATTERN")).ShouldBe("missing destination\n");
        (await daemon.FailAsync("vlog/set", "PATTERN:paper:%m")).ShouldBe("unknown destination \"paper\"\n");
        (await daemon.FailAsync("vlog/set", "FACILITY")).ShouldBe("invalid facility\n");
        (await daemon.FailAsync("vlog/set", "FACILITY:nosuch")).ShouldBe("invalid facility\n");
        (await daemon.FailAsync("vlog/enable-rate-limit", "bridge", "nosuch")).ShouldBe("unknown module\n");
        (await daemon.FailAsync("vlog/disable-rate-limit", "nosuch")).ShouldBe("unknown module\n");
    }

    [Fact]
    public async Task Modules_have_Open_vSwitchs_names()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        string[] known = ["ofproto_dpif_xlate", "ofproto_dpif_upcall", "dpif", "dpif_netlink", "bridge", "vconn", "unixctl", "VSWITCHD"];
        foreach (string module in known)
            (await daemon.PrintAsync("vlog/set", $"{module}:file:dbg")).ShouldBeEmpty(module);
        string[] lines = Lines(await daemon.PrintAsync("vlog/list"));
        lines.Skip(2).Select(line => line.Split(' ')[0]).ShouldBeInOrder(SortDirection.Ascending, StringComparer.OrdinalIgnoreCase);
        // Nothing goes to a file, and so a file's level changes nothing.
        lines.ShouldContain("bridge            INFO        OFF        OFF");
        (await daemon.PrintAsync("vlog/set", "bridge:dbg")).ShouldBeEmpty();
        lines = Lines(await daemon.PrintAsync("vlog/list"));
        lines.ShouldContain("bridge             DBG        OFF        OFF");
        lines.ShouldContain("dpif              INFO        OFF        OFF");
        daemon.Levels.IsEnabled("dpif", LogLevel.Information).ShouldBeTrue();
        Lines(await daemon.PrintAsync("vlog/list")).Count(line => line.StartsWith("dpif ", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void A_module_is_heard_by_itself()
    {
        var levels = new LogLevels(LogLevel.Warning, DaemonHost.ActorSystemName);
        using var heard = new Heard();
        using ILoggerFactory loggers = new ModuleLoggers(LoggerFactory.Create(logging => logging
            .SetMinimumLevel(LogLevel.Trace).AddFilter(levels.IsEnabled).AddProvider(heard)), levels);
        ILogger logger = loggers.CreateLogger(DaemonHost.ActorSystemName);
        // 523 is an event of a bridge's port, 560 one of the control socket; 580 is ours alone.
        Log();
        heard.Texts.ShouldBeEmpty();
        levels.Set("Bridge", LogLevel.Information);
        Log();
        heard.Texts.ShouldBe(["523"]);
        levels.Set("unixctl", LogLevel.None);
        logger.Log(LogLevel.Critical, new EventId(560), "worse");
        heard.Texts.ShouldBe(["523"]);
        levels.Set("upcall-actors", LogLevel.Information);
        Log();
        heard.Texts.ShouldBe(["523", "523", "580"]);
        // What logs under a module's name is that module.
        ILogger dpif = loggers.CreateLogger("dpif");
        dpif.IsEnabled(LogLevel.Information).ShouldBeFalse();
        levels.Set("dpif", LogLevel.Debug);
        dpif.IsEnabled(LogLevel.Debug).ShouldBeTrue();
        // What is not the daemon's own has no modules.
        loggers.CreateLogger("Akka").LogWarning(new EventId(560), "other");
        heard.Texts[^1].ShouldBe("other");

        void Log()
        {
            foreach (int id in (int[])[523, 560, 580])
                logger.Log(LogLevel.Information, new EventId(id), id, null, (number, _) => number.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void The_host_s_loggers_go_by_modules()
    {
        var levels = new LogLevels(LogLevel.Information, DaemonHost.ActorSystemName);
        using IHost host = DaemonHost.Build(levels, json: false);
        host.Services.GetRequiredService<ILoggerFactory>().ShouldBeOfType<ModuleLoggers>();
    }

    [Fact]
    public async Task Rate_limits_are_taken_away_and_given_back_by_module()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("vlog/disable-rate-limit", "unixctl")).ShouldBeEmpty();
        daemon.Levels.IsRateLimited("unixctl").ShouldBeFalse();
        Lines(await daemon.PrintAsync("vlog/list"))
            .ShouldContain("unixctl           INFO        OFF        OFF    (rate limiting disabled)");
        (await daemon.PrintAsync("vlog/disable-rate-limit")).ShouldBeEmpty();
        daemon.Levels.IsRateLimited("dpif").ShouldBeFalse();
        (await daemon.PrintAsync("vlog/enable-rate-limit", "dpif")).ShouldBeEmpty();
        daemon.Levels.IsRateLimited("dpif").ShouldBeTrue();
        daemon.Levels.IsRateLimited("unixctl").ShouldBeFalse();
        (await daemon.PrintAsync("vlog/enable-rate-limit")).ShouldBeEmpty();
        daemon.Levels.IsRateLimited("unixctl").ShouldBeTrue();
    }

    [Fact]
    public async Task Without_rate_limits_every_client_that_is_turned_away_is_logged()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        await TurnAwayAsync(daemon, 20);
        TurnedAway(daemon).ShouldBe(5);
        await daemon.PrintAsync("vlog/disable-rate-limit", "unixctl");
        await TurnAwayAsync(daemon, 20);
        TurnedAway(daemon).ShouldBe(25);
    }

    [Fact]
    public async Task The_log_s_file_and_patterns_can_be_asked_for()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        // The tests' standard error is none of the daemon's.
        (await daemon.FailAsync("vlog/reopen")).ShouldBe("Logging to file not configured\n");
        (await daemon.PrintAsync("vlog/close")).ShouldBeEmpty();
        string[] lines = Lines(await daemon.PrintAsync("vlog/list-pattern"));
        lines[0].ShouldBe("         prefix                            format");
        lines[1].ShouldBe("         ------                            ------");
        lines.Skip(2).Select(line => line.Split(' ')[0]).ShouldBe(["SYSLOG", "CONSOLE", "FILE"]);
    }

    [Fact]
    public async Task A_pattern_is_set_by_destination_and_listed()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        (await daemon.PrintAsync("vlog/set", "PATTERN:console:%D{%H:%M}|%05N|%-6p|%m: end", "PATTERN file  %m")).ShouldBeEmpty();
        string[] lines = Lines(await daemon.PrintAsync("vlog/list-pattern"));
        lines[2].ShouldBe("SYSLOG   <%B> %D{%h %e %T} %E %A:          ovs|%05N|%c%T|%p|%m");
        lines[3].ShouldBe("CONSOLE  none                              %D{%H:%M}|%05N|%-6p|%m: end");
        lines[4].ShouldBe("FILE     none                               %m");
        (await daemon.PrintAsync("vlog/set", "pattern:any:%m")).ShouldBeEmpty();
        Lines(await daemon.PrintAsync("vlog/list-pattern")).Skip(2).ShouldAllBe(line => line.EndsWith(" %m", StringComparison.Ordinal));
        (await daemon.PrintAsync("vlog/set", "PATTERN:console:" + LogPatterns.ConsoleDefault)).ShouldBeEmpty();
        daemon.Levels.Patterns.Console.ShouldBeNull();
    }

    private static async Task TurnAwayAsync(ControlledSwitch daemon, int clients)
    {
        for (int i = 0; i < clients; i++)
        {
            using ControlClient client = await daemon.Host.ConnectAsync();
            await client.SendAsync("nonsense");
            // The connection ends when it was logged.
            (await client.ReceiveAsync()).ShouldBeNull();
        }
    }

    private static int TurnedAway(ControlledSwitch daemon) =>
        daemon.Host.Log.Lines.Count(line => line.Contains("was disconnected", StringComparison.Ordinal));

    /// <summary>Keeps the texts that are logged, of all categories.</summary>
    private sealed class Heard : ILoggerProvider, ILogger
    {
        public List<string> Texts { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
