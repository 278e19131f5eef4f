using System.CommandLine;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Terminal.Clients;

/// <summary>The options that all commands to a running daemon have.</summary>
internal sealed class ClientOptions(Option<string[]> files, Option<bool> json)
{
    /// <summary>Which daemon.</summary>
    public Option<string?> Target { get; } = new("--target", "-t")
    {
        Description = "The daemon: its control socket, its process id, or its run directory. Without it, the one whose pidfile is in the "
            + "run directory of --config, in that of OVS_RUNDIR, in /run/upcall-actors, or in this user's own.",
        HelpName = "SOCKET|PID|DIR",
    };

    /// <summary>Whether answers are JSON.</summary>
    public Option<bool> Json => json;

    /// <summary>
    /// The daemon that a command line means. Throws <see cref="DaemonClientException"/> when a file of its configuration cannot be read.
    /// </summary>
    public string? TargetOf(ParseResult arguments) => arguments.GetValue(Target) ?? RunDirectoryOf(arguments.GetValue(files) ?? []);

    /// <summary>The run directory that the daemon has by its configuration; null where that says nothing.</summary>
    private static string? RunDirectoryOf(string[] named)
    {
        var source = ConfigurationSource.Read(named);
        string? directory = ConfigurationBlock.Root(source).Block("upcall-actors").FilePath("run-dir");
        return source.Problems.Count == 0 ? directory : throw new DaemonClientException(string.Join('\n', source.Problems));
    }
}
