using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Vswitchd;

/// <summary>The log of <c>ovs-vswitchd</c>, as its command line asks for it.</summary>
internal static class VswitchdLog
{
    private const string MethodVariable = "OVS_SYSLOG_METHOD";

    /// <summary>What goes where.</summary>
    public static LogLevels LevelsOf(VswitchdOptions options)
    {
        var levels = new LogLevels(LogLevel.Information, DaemonHost.ActorSystemName, hasAll: true)
        {
            Patterns = new LogPatterns(VswitchdText.Program),
        };
        levels.Patterns.Set("console", LogPatterns.OvsConsole);
        foreach (string? specification in options.Verbosity)
        {
            if (specification is null)
                levels.Set(LogLevel.Debug);
            else
                LogSpecification.Apply(levels, specification);
        }

        return levels;
    }

    /// <summary>
    /// Opens it, and says of a file that it is open. Throws <see cref="IOException"/> when it cannot be, and
    /// <see cref="ArgumentException"/> if the environment names a way to syslog that there is not.
    /// </summary>
    public static (Vlog Log, VlogFile? File) Open(VswitchdOptions options, LogLevels levels, TextWriter errors)
    {
        string method = options.SyslogMethod
            ?? (Environment.GetEnvironmentVariable(MethodVariable) is { Length: > 0 } value ? value : "libc");
        (bool isKnown, SyslogSender? syslog) = SyslogSender.OfMethod(method, VswitchdText.Program);
        if (!isKnown)
            throw new ArgumentException($"unsupported syslog method '{method}'", nameof(options));
        levels.Patterns.SyslogPrefix = syslog?.Prefix ?? "";
        VlogFile? file = options.LogFile is { } path ? new VlogFile(path) : null;
        file?.Open();
        SyslogSender? target = options.SyslogTarget is { } other ? SyslogSender.OfTarget(other) : null;
        var log = new Vlog(VswitchdText.Program, levels, errors, file, syslog, target)
        {
            LeastOfConsole = options.Detach ? LogLevel.Warning : LogLevel.Trace,
        };
        if (file is not null)
            log.Write("vlog", null, LogLevel.Information, $"opened log file {file.Path}");
        if (target is not null)
            log.Write("vlog", null, LogLevel.Warning, "--syslog-target flag is deprecated, use --syslog-method instead");
        return (log, file);
    }
}
