using System.CommandLine;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Demo;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Daemon.Replay;
using UpcallActors.Odp;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Terminal;

/// <summary>The command <c>demo</c>: a switch to play with, for any user on any machine.</summary>
internal static class DemoCommand
{
    /// <summary>The demo's own configuration, which lies with the recordings.</summary>
    public static string ConfigurationFile => Path.Combine(Recording.Folder, "demo.conf");

    /// <summary>The command. What <c>--config</c> names is laid over the demo's own configuration.</summary>
    public static Command Build(Option<string[]> files, Func<IDatapath, IDatapath>? attach)
    {
        var demo = new Command(
            "demo",
            "Run a switch to play with: recorded hosts on the embedded datapath. Needs no privilege, and touches nothing of this machine.");
        demo.SetAction((result, _) => RunAsync(
            result.GetValue(files) ?? [], result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, attach));
        return demo;
    }

    private static async Task<int> RunAsync(string[] files, TextWriter output, TextWriter errors, Func<IDatapath, IDatapath>? attach)
    {
        (RunningConfiguration? configuration, IReadOnlyList<ConfigurationProblem> problems) =
            RunningConfiguration.Read([ConfigurationFile, .. files]);
        using RunningConfiguration? running = configuration;
        if (running != null)
        {
            var levels = new LogLevels(running.Options.Telemetry.LogLevel, DaemonHost.ActorSystemName) { File = LogFile.OfStandardError() };
            return await RunCommand.RunOnHostAsync(levels, running.Options.Telemetry, RunOnAsync);

            async Task<int> RunOnAsync(ActorSystem system, ILoggerFactory loggers, CancellationToken stop)
            {
                await new DemoRun(system, loggers, levels, output, attach).RunAsync(running, stop);
                return ExitCode.Success;
            }
        }

        foreach (ConfigurationProblem problem in problems)
            await errors.WriteLineAsync(problem.ToString());
        return ExitCode.Usage;
    }
}
