using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Vswitchd;

/// <summary>What a command line says: options, or that the program ends at once with a text.</summary>
/// <param name="Options">The options; null when it ends.</param>
/// <param name="Output">What it prints then.</param>
/// <param name="Problem">What is wrong then; null when it was asked for that text.</param>
internal readonly record struct VswitchdInvocation(VswitchdOptions? Options, string Output = "", string? Problem = null);

/// <summary>
/// Reads the command line of <c>ovs-vswitchd</c> (<c>parse_options</c> in vswitchd/ovs-vswitchd.c), with the same errors. Options are
/// looked at in their order: <c>--version</c> before a wrong one prints the version.
/// </summary>
internal static class VswitchdCommandLine
{
    private static readonly GetOpt _options = new(
    [
        // In the order of ovs-vswitchd.c, in which the C library names those that a beginning fits.
        new("help", Letter: 'h'), new("version", Letter: 'V'), new("mlockall"), new("unixctl", true), new("detach"),
        new("no-self-confinement"), new("no-chdir"), new("pidfile", null), new("overwrite-pidfile"), new("monitor"), new("user", true),
        new("verbose", null, 'v'), new("log-file", null), new("syslog-method", true), new("syslog-target", true),
        new("private-key", true, 'p'), new("certificate", true, 'c'), new("ca-cert", true, 'C'), new("ssl-protocols", true),
        new("ssl-ciphers", true), new("peer-ca-cert", true), new("bootstrap-ca-cert", true), new("enable-dummy", null),
        new("disable-system"), new("disable-system-route"), new("dpdk", null), new("dummy-numa", true),
        // Ours; no beginning that fits one of theirs fits it, too.
        new("config", true),
    ]);

    /// <summary>Reads it.</summary>
    /// <param name="called">What the program was called by, which is how the C library begins its complaints.</param>
    /// <param name="arguments">The rest.</param>
    public static VswitchdInvocation Read(string called, IReadOnlyList<string> arguments)
    {
        var options = new VswitchdOptions();
        var database = new OvsdbOptions("");
        var words = new List<string>();
        foreach (CommandLinePart part in _options.Read(arguments))
        {
            if (part.Problem is { } wrong)
                return new VswitchdInvocation(null, Problem: $"{called}: {wrong}");
            switch (part.Name)
            {
                case null:
                    words.Add(part.Value!);
                    break;
                case "help":
                    return new VswitchdInvocation(null, VswitchdText.Help);
                case "version":
                    return new VswitchdInvocation(null, VswitchdText.Version);
                default:
                    database = Tls(database, part);
                    (options, string? problem) = Process(options, part);
                    (options, problem) = problem is null ? Log(options, part) : (options, problem);
                    if (problem is not null)
                        return Fatal(problem);
                    break;
            }
        }

        if (options is { DisablesSystem: true, Dummy: null })
            return Fatal("--disable-system and --disable-system-route are for tests, with --enable-dummy");
        if (words.Count > 1)
            return Fatal("at most one non-option argument accepted; use --help for usage");
        string? remote = words.Count > 0 ? words[0] : options.Files.Count > 0 ? null : VswitchdText.DefaultDatabase;
        return new VswitchdInvocation(options with { Database = remote is null ? null : database with { Remote = remote } });
    }

    private static VswitchdInvocation Fatal(string problem) => new(null, Problem: $"{VswitchdText.Program}: {problem}");

    private static OvsdbOptions Tls(OvsdbOptions database, CommandLinePart part) => part.Name switch
    {
        "private-key" => database with { PrivateKey = InDirectory(part.Value!) },
        "certificate" => database with { Certificate = InDirectory(part.Value!) },
        "ca-cert" => database with { CaCertificate = InDirectory(part.Value!) },
        _ => database,
    };

    private static (VswitchdOptions Options, string? Problem) Process(VswitchdOptions options, CommandLinePart part) => part.Name switch
    {
        "detach" => (options with { Detach = true }, null),
        "monitor" => (options with { Monitor = true }, null),
        "no-chdir" => (options with { NoChdir = true }, null),
        // Nothing is confined to the run directory here, as it is there by stream-unix.c and others.
        "no-self-confinement" => (options, null),
        "pidfile" => (options with { PidFile = InRunDirectory(part.Value ?? $"{VswitchdText.Program}.pid") }, null),
        "overwrite-pidfile" => (options with { OverwritePidFile = true }, null),
        "mlockall" => (options with { LockMemory = true }, null),
        "unixctl" => (options with { Unixctl = part.Value == "none" ? part.Value : InRunDirectory(part.Value!) }, null),
        "config" => (options with { Files = [.. options.Files, InDirectory(part.Value!)] }, null),
        "user" => (options, "--user is not supported: start the process as the other user, with CAP_NET_ADMIN"),
        "bootstrap-ca-cert" or "peer-ca-cert" or "ssl-protocols" or "ssl-ciphers" =>
            (options, $"--{part.Name} is not supported: name the authorities by --ca-cert"),
        "dpdk" => (options, "Using --dpdk to configure DPDK is not supported."),
        "enable-dummy" => part.Value is null or "override" or "system"
            ? (options with { Dummy = part.Value ?? "" }, null)
            : (options, $"--enable-dummy={part.Value} is not known: it is override, system, or nothing"),
        // There are no routes of our own that the system's would be read into.
        "disable-system" or "disable-system-route" => (options with { DisablesSystem = true }, null),
        "dummy-numa" => (options, "--dummy-numa is for a datapath that is bound to processors, and not supported"),
        _ => (options, null),
    };

    private static (VswitchdOptions Options, string? Problem) Log(VswitchdOptions options, CommandLinePart part)
    {
        switch (part.Name)
        {
            case "verbose":
                // What is wrong is found without anything to set.
                string? problem = part.Value is null ? null
                    : LogSpecification.Apply(new LogLevels(LogLevel.Information, VswitchdText.Program, hasAll: true), part.Value);
                return problem is null
                    ? (options with { Verbosity = [.. options.Verbosity, part.Value] }, null)
                    : (options, $"processing \"{part.Value}\": {problem}");
            case "log-file":
                string file = part.Value ?? $"{OvsDirectories.Log}/{VswitchdText.Program}.log";
                return (options with { LogFile = InDirectory(file) }, null);
            case "syslog-method":
                return SyslogSender.OfMethod(part.Value!, VswitchdText.Program).IsKnown
                    // The first one counts, as in vlog_set_syslog_method.
                    ? (options with { SyslogMethod = options.SyslogMethod ?? part.Value }, null)
                    : (options, $"unsupported syslog method '{part.Value}'");
            case "syslog-target":
                return SyslogSender.OfTarget(part.Value!) is not null
                    ? (options with { SyslogTarget = part.Value }, null)
                    : (options, $"{part.Value}: --syslog-target takes IP:PORT");
            default:
                return (options, null);
        }
    }

    /// <summary>The daemon may have another directory later; a name that is empty is refused when it is opened.</summary>
    private static string InDirectory(string name) => Path.Combine(Environment.CurrentDirectory, name);

    /// <summary>As <c>abs_file_name</c> has it.</summary>
    private static string InRunDirectory(string name) => Path.Combine(OvsDirectories.Run, name);
}
