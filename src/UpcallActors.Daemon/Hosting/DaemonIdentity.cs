using UpcallActors.Daemon.Configuration;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Hosting;

/// <summary>Who a daemon is to its clients, and where they find it.</summary>
/// <param name="Version">What the program is and of which version.</param>
/// <param name="Claim">
/// Takes the run directory. Throws <see cref="RunDirectoryException"/> when a daemon has it, or it cannot be used.
/// </param>
internal sealed record DaemonIdentity(string Version, Func<DaemonOptions, RunDirectory> Claim)
{
    /// <summary>The daemon by its own name.</summary>
    public static DaemonIdentity Own { get; } = new(
        $"{DaemonPrograms.UpcallActors.Name} {typeof(DaemonIdentity).Assembly.GetName().Version!.ToString(3)}",
        options => RunDirectory.Claim(DaemonPrograms.UpcallActors, options.RunDirectory));

    /// <summary>Whether SIGHUP ends it, and otherwise lets it read its configuration again.</summary>
    public bool EndsAtHangup { get; init; }

    /// <summary>Whether it has a control socket.</summary>
    public bool HasControlSocket { get; init; } = true;
}
