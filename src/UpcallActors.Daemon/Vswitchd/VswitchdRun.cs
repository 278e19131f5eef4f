using Akka.Actor;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Live;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Daemon.Terminal;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Switch;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Vswitchd;

/// <summary>The process of <c>ovs-vswitchd</c> that is the daemon.</summary>
/// <param name="options">The command line.</param>
/// <param name="errors">Standard error.</param>
internal sealed class VswitchdRun(VswitchdOptions options, TextWriter errors)
{
    /// <summary>
    /// Unlike <c>upcall-actors</c> it serves nothing that the program it stands for does not: several may run on one machine.
    /// </summary>
    private const string Defaults = """
        upcall-actors.status {
          listen = off
          listen = ${?UPCALL_STATUS_LISTEN}
        }
        """;

    private readonly LogLevels _levels = VswitchdLog.LevelsOf(options);

    /// <summary>Runs until it is told to end. Returns the exit code.</summary>
    /// <param name="role">Who is told that it is ready; null for nobody.</param>
    public async Task<int> RunAsync(StartupRole? role)
    {
        Vlog log;
        VlogFile? file;
        try
        {
            (log, file) = VswitchdLog.Open(options, _levels, errors);
        }
        catch (Exception refused) when (refused is IOException or ArgumentException)
        {
            await errors.WriteLineAsync(refused is IOException
                ? $"{VswitchdText.Program}: failed to open {options.LogFile} for logging: {refused.Message}"
                : $"{VswitchdText.Program}: {refused.Message}");
            return ExitCode.Failure;
        }

        using (log)
        {
            try
            {
                using PidFile? pidFile = MakePidFile();
                return await RunAsync(log, file, role);
            }
            catch (RunDirectoryException refused)
            {
                return Fatal(log, "daemon_unix", $"{refused.Message}, aborting");
            }
        }
    }

    private async Task<int> RunAsync(Vlog log, VlogFile? file, StartupRole? role)
    {
        OwnProcess.SetName(VswitchdText.Program);
        if (options.LockMemory && OwnProcess.LockMemory() is { } refused)
            log.Write("vswitchd", null, LogLevel.Error, $"mlockall failed: {refused}");
        (RunningConfiguration? read, IReadOnlyList<ConfigurationProblem> problems) =
            RunningConfiguration.Read(options.Files, defaults: Defaults + options.Database?.AsHocon() + DummyDefaults());
        using RunningConfiguration? configuration = read;
        if (configuration is null)
            return Fatal(log, "vswitchd", string.Join('\n', problems));
        if (Unfit(configuration.Options) is { } unfit)
            return Fatal(log, "vswitchd", unfit.ToString());
        foreach (string line in VswitchdText.Version.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            log.Write("bridge", null, LogLevel.Information, line);
        return await RunCommand.RunOnHostAsync(_levels, configuration.Options.Telemetry, RunLiveAsync, log);

        async Task<int> RunLiveAsync(ActorSystem system, ILoggerFactory loggers, CancellationToken stop)
        {
            try
            {
                await RunUntilEndAsync(
                    () => new LiveRun(system, loggers, _levels) { Identity = Identity(), Ready = () => BecomeReady(file, role) }
                        .RunAsync(configuration, stop));
                return ExitCode.Success;
            }
            catch (Exception known) when (known is RunDirectoryException or DatapathException)
            {
                return Fatal(log, "vswitchd", known.Message);
            }
        }
    }

    /// <summary>The datapath that <c>--enable-dummy</c> asks for, by the name that it has there.</summary>
    private string DummyDefaults() => options.Dummy is not { } which ? ""
        : $"\nupcall-actors.datapath {{ type = dummy, name = ovs-dummy, dummy-override = {(which.Length > 0 ? "true" : "false")} }}\n";

    /// <summary>While another process has the database's lock there is no switch; when it lets go there is one again.</summary>
    private static async Task RunUntilEndAsync(Func<Task> run)
    {
        while (true)
        {
            try
            {
                await run();
                return;
            }
            catch (DatabaseLockLostException)
            {
                // It waits for the lock now.
            }
        }
    }

    /// <summary>What of the files is not for this program.</summary>
    private ConfigurationProblem? Unfit(DaemonOptions read)
    {
        string top = options.Files is [.., var last] ? last : ConfigurationSource.Reference;
        return read.IsReplay ? new ConfigurationProblem(top, 0, "ports of type capture are for the program upcall-actors")
            : read.RunDirectory is not null ? new ConfigurationProblem(top, 0, "run-dir is OVS_RUNDIR for the program ovs-vswitchd")
            : read.Telemetry.JsonLogs ? new ConfigurationProblem(top, 0, "lines of JSON are for the program upcall-actors; see -vPATTERN")
            : null;
    }

    private DaemonIdentity Identity() => new(
        VswitchdText.Version,
        _ => RunDirectory.Use(DaemonPrograms.Vswitchd, OvsDirectories.Run, options.Unixctl))
    {
        EndsAtHangup = true,
        TellsEachFeature = true,
        Observe = logger => new VswitchdObserver(logger),
        HasControlSocket = options.Unixctl != "none",
    };

    /// <summary>Where the real one has its file before it is ready, so has this one.</summary>
    private PidFile? MakePidFile()
    {
        if (options.PidFile is not { } path)
            return null;
        try
        {
            var made = PidFile.Lock(path, options.OverwritePidFile);
            made.Publish();
            return made;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new RunDirectoryException($"{path}: create failed ({failure.Message})", failure);
        }
    }

    /// <summary>As <c>daemonize_complete</c>: whoever has started it goes on, and has nothing of it any more.</summary>
    private void BecomeReady(VlogFile? file, StartupRole? role)
    {
        role?.Tell();
        if (!options.Detach)
            return;
        if (!options.NoChdir)
            Directory.SetCurrentDirectory("/");
        OpenFile.CloseStandard(file?.Handle);
    }

    /// <summary>On standard error in any case, and there only once (<c>vlog_fatal_valist</c>).</summary>
    private int Fatal(Vlog log, string module, string message)
    {
        _levels.Set(LogDestination.Console, null, LogLevel.None);
        log.Write(module, null, LogLevel.Critical, message);
        foreach (string line in message.Split('\n'))
            errors.WriteLine($"{VswitchdText.Program}: {line}");
        return ExitCode.Failure;
    }
}
