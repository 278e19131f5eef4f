using System.Globalization;
using Microsoft.Extensions.Logging;
using UpcallActors.Linux;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Vswitchd;

/// <summary>
/// The process of <c>--monitor</c>: starts the daemon, and starts it again when a signal of a crash has ended it, but not twice within ten
/// seconds (<c>monitor_daemon</c> in daemon-unix.c).
/// </summary>
/// <param name="options">The command line.</param>
/// <param name="errors">Standard error.</param>
internal sealed class VswitchdMonitor(VswitchdOptions options, TextWriter errors)
{
    private const string Module = "daemon_unix";

    /// <summary>SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGILL, SIGPIPE, SIGSEGV, SIGXCPU and SIGXFSZ.</summary>
    private static readonly int[] _crashes = [6, 14, 7, 8, 4, 13, 11, 24, 25];

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    /// <summary>Looks after the daemon until it ends otherwise than by a crash. Returns the exit code.</summary>
    /// <param name="role">Who is told that the daemon is ready; null for nobody.</param>
    public async Task<int> RunAsync(StartupRole? role)
    {
        (ChildProcess daemon, ProcessEnd? early) = StartupRole.Start(isMonitor: false, isSession: false);
        if (early is { } end)
            return end.ExitCode is > 0 and int code ? code : Fail(end);
        role?.Tell();
        if (options.Detach)
            OpenFile.CloseStandard(null);
        DateTime restarted = DateTime.MinValue;
        for (int crashes = 1; ; crashes++)
        {
            end = early ?? daemon.Wait();
            if (!_crashes.Contains(end.Signal))
            {
                Log(LogLevel.Information, $"pid {Number(daemon.Id)} died, {end}, exiting");
                return end.ExitCode is > 0 and int failed && early is not null ? failed : 0;
            }

            string status = $"{Number(crashes)} crashes: pid {Number(daemon.Id)} died, {end}";
            if (end.DumpedCore)
                OwnProcess.DisableCoreDumps();
            TimeSpan wait = restarted + _interval - DateTime.UtcNow;
            if (wait > TimeSpan.Zero)
            {
                Log(LogLevel.Warning, $"{status}, waiting until 10 seconds since last restart");
                await Task.Delay(wait);
            }

            restarted = DateTime.UtcNow;
            Log(LogLevel.Error, $"{status}, restarting");
            (daemon, early) = StartupRole.Start(isMonitor: false, isSession: false);
        }
    }

    private int Fail(ProcessEnd end)
    {
        Log(LogLevel.Error, $"fork child died before signaling startup ({end})");
        errors.WriteLine($"{VswitchdText.Program}: could not initiate process monitoring");
        return 1;
    }

    /// <summary>On a thread of the name that lines of this process have in Open vSwitch (<c>set_subprogram_name</c>).</summary>
    private void Log(LogLevel level, string message)
    {
        var thread = new Thread(() => Write(level, message)) { Name = "monitor" };
        thread.Start();
        thread.Join();
    }

    /// <summary>The file is not kept open: it may be moved away, and nobody could tell this process.</summary>
    private void Write(LogLevel level, string message)
    {
        LogLevels levels = VswitchdLog.LevelsOf(options);
        try
        {
            (Vlog log, _) = VswitchdLog.Open(options, levels, errors);
            using (log)
                log.Write(Module, null, level, message);
        }
        catch (Exception refused) when (refused is IOException or ArgumentException)
        {
            // There is nowhere to say it.
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
