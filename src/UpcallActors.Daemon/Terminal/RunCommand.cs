using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Spectre.Console;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Telemetry;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Live;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Daemon.Replay;
using UpcallActors.Daemon.Replay.Reports;
using UpcallActors.Daemon.Status;
using UpcallActors.Daemon.Telemetry;
using UpcallActors.Embedded;
using UpcallActors.Odp;
using UpcallActors.Pipeline;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Terminal;

/// <summary>The command <c>run</c>.</summary>
/// <param name="json">Whether the summary is JSON.</param>
/// <param name="output">Where the summary goes.</param>
/// <param name="errors">Where problems go.</param>
/// <param name="attach">What the pipeline is to see as the datapath; tests put something in between.</param>
internal sealed class RunCommand(bool json, TextWriter output, TextWriter errors, Func<IDatapath, IDatapath>? attach = null)
{
    /// <summary>Runs the configuration in the files, or the shipped recordings if there are none. Returns the exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> files)
    {
        if (files.Count == 0)
            return await RunRecordingsAsync();
        (RunningConfiguration? configuration, IReadOnlyList<ConfigurationProblem> problems) = RunningConfiguration.Read(files);
        using RunningConfiguration? running = configuration;
        if (running != null)
        {
            var levels = new LogLevels(running.Options.Telemetry.LogLevel, DaemonHost.ActorSystemName) { File = LogFile.OfStandardError() };
            return await RunOnHostAsync(
                levels,
                running.Options.Telemetry,
                (system, loggers, stop) => running.Options.IsReplay ? RunCapturesAsync(running.Options, system, loggers, stop)
                    : RunLiveAsync(running, system, loggers, levels, stop));
        }

        return await RefuseAsync(problems);
    }

    /// <summary>This is run without a configuration file; with a collector each batch may be traced.</summary>
    private async Task<int> RunRecordingsAsync()
    {
        (TelemetryOptions? telemetry, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.ReadTelemetry();
        if (telemetry == null)
            return await RefuseAsync(problems);
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER")))
        {
            telemetry = telemetry with
            {
                Sampling = telemetry.Sampling with { Batches = 1, Upcalls = 1, UpcallsPerSecond = TraceSampling.MostPerSecond },
            };
        }

        // Where telemetry goes is worth a line; a run that sends none says what it put out, and nothing else.
        return await RunOnHostAsync(
            new LogLevels(telemetry.Exports ? telemetry.LogLevel : LogLevel.Warning, DaemonHost.ActorSystemName),
            telemetry,
            (system, loggers, stop) => ReplayRecordingsAsync(telemetry, system, loggers, stop));
    }

    private async Task<int> RefuseAsync(IReadOnlyList<ConfigurationProblem> problems)
    {
        foreach (ConfigurationProblem problem in problems)
            await errors.WriteLineAsync(problem.ToString());
        return ExitCode.Usage;
    }

    /// <summary>Does work on a host with an actor system, and says what it fails with. Returns the exit code.</summary>
    internal static async Task<int> RunOnHostAsync(
        LogLevels levels,
        TelemetryOptions telemetry,
        Func<ActorSystem, ILoggerFactory, CancellationToken, Task<int>> work,
        Vlog? vlog = null)
    {
        using IHost host = DaemonHost.Build(levels, telemetry.JsonLogs, vlog);
        ILoggerFactory loggers = host.Services.GetRequiredService<ILoggerFactory>();
        ILogger logger = loggers.CreateLogger(DaemonHost.ActorSystemName);
        using var unattended = UnattendedLog.Listen(logger);
        await host.StartAsync();
        foreach (ConfigurationProblem note in telemetry.Notes)
            logger.Noted(note);
        try
        {
            CancellationToken stop = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            using CancellationTokenRegistration registration = stop.Register(logger.Stopping);
            return await work(host.Services.GetRequiredService<ActorSystem>(), loggers, stop);
        }
#pragma warning disable CA1031 // The last resort: whatever ended the run is said, and the exit code tells.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (Descriptors.Describe(failure) is { } lack)
                logger.CannotRun(lack);
            else if (failure is DatapathException or RunDirectoryException or InsufficientMemoryException)
                logger.CannotRun(failure.Message);
            else
                logger.Failed(failure);
            return ExitCode.Failure;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private async Task<int> ReplayRecordingsAsync(
        TelemetryOptions options, ActorSystem system, ILoggerFactory loggers, CancellationToken stop)
    {
        IReadOnlyList<Recording> recordings = Recording.Find(Recording.Folder);
        IReplayReport report = json ? new JsonReplayReport(output)
            : IsTerminal && AnsiConsole.Profile.Capabilities.Ansi ? new TerminalReplayReport(AnsiConsole.Console)
            : new PlainReplayReport(output);
        ILogger logger = loggers.CreateLogger(DaemonHost.ActorSystemName);
        var subject = new TelemetrySubject("recordings", EmbeddedDatapath.TypeName);
        var replay = new RecordingReplay(
            system,
            attach,
            options,
            loggers,
            () => DaemonTelemetry.Start(options, subject, isScraped: false, saysProblems: true, loggers, logger));
        IReadOnlyList<ReplayRow> rows = await report.ShowAsync(recordings, replay.RunAsync(recordings, stop));
        return rows.All(row => row.Identical) ? ExitCode.Success : ExitCode.Failure;
    }

    private async Task<int> RunCapturesAsync(DaemonOptions options, ActorSystem system, ILoggerFactory loggers, CancellationToken stop)
    {
        ILogger logger = loggers.CreateLogger(DaemonHost.ActorSystemName);
        Descriptors.Prepare(options, logger);
        using var outputs = new CaptureOutputFiles();
        IReadOnlyList<ConfigurationProblem> problems = outputs.Open(options);
        if (problems.Count > 0)
            return await RefuseAsync(problems);

        logger.TellSkippedFlows(options);
        logger.TellCaptures(options);
        // A replay is short, so telemetry starts before its first upcall.
        var subject = new TelemetrySubject(options.Datapath.Name, EmbeddedDatapath.TypeName);
        await using DaemonTelemetry? telemetry = DaemonTelemetry.Start(
            options.Telemetry, subject, isScraped: false, saysProblems: true, loggers, logger);
        int ports = options.Bridges.Sum(bridge => bridge.Configuration.Ports.Count);
        logger.Started(subject.DatapathName, subject.DatapathType, options.Bridges.Count, ports, options.Handlers);
        // One that runs once, as fast as it can, ends before a page could be opened.
        Func<SwitchStatus, IAsyncDisposable>? show = options.Replay.Recorded || options.Replay.Loop
            ? status => StatusPage.Open(options, status, loggers, logger)
            : null;
        var run = new CaptureRun(system, attach, telemetry, show, loggers);
        RunSummary summary = await run.RunAsync(options, (_, port) => outputs[port], stop);
        logger.Drained(summary.Upcalls.Misses + summary.Upcalls.Actions);
        LogLosses(logger, options, summary);
        if (json)
            RunReport.WriteJson(summary, output);
        else if (IsTerminal)
            RunReport.WriteTerminal(summary, AnsiConsole.Console);
        else
            RunReport.WritePlain(summary, output);
        return outputs.LogFailures(logger) ? ExitCode.Failure : ExitCode.Success;
    }

    private async Task<int> RunLiveAsync(RunningConfiguration configuration, ActorSystem system, ILoggerFactory loggers, LogLevels levels,
        CancellationToken stop)
    {
        await new LiveRun(system, loggers, levels, attach).RunAsync(configuration, stop);
        return ExitCode.Success;
    }

    private static void LogLosses(ILogger logger, DaemonOptions options, RunSummary summary)
    {
        if (summary.Upcalls.Lost > 0)
            logger.Lost(summary.Upcalls.Lost, RunReport.Losses(summary));
        if (summary.Upcalls.Errors > 0)
            logger.Refused(summary.Upcalls.Errors);
        var mtus = options.Bridges.SelectMany(bridge => bridge.Captures).ToDictionary(port => port.Name, port => port.Mtu);
        foreach (PortSummary port in summary.Ports.Where(port => port.TooLong > 0))
            logger.TooLong(port.TooLong, port.Port, mtus[port.Port]);
    }

    private bool IsTerminal => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
}
