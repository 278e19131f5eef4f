using System.CommandLine;

namespace UpcallActors.Daemon.Commands.Clients;

/// <summary>The options that all commands to a running daemon have.</summary>
internal sealed class ClientOptions(Option<bool> json)
{
    /// <summary>Which daemon.</summary>
    public Option<string?> Target { get; } = new("--target", "-t")
    {
        Description = "The daemon: its control socket, its process id, or its run directory. Without it, the one whose pidfile is in /run/upcall-actors, or in this user's own run directory.",
        HelpName = "SOCKET|PID|DIR",
    };

    /// <summary>Whether answers are JSON.</summary>
    public Option<bool> Json => json;
}
