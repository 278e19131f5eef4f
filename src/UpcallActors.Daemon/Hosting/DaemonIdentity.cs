using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Switch;
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

    /// <summary>Whether the log has each feature of the datapath by itself; otherwise only at debug.</summary>
    public bool TellsEachFeature { get; init; }

    /// <summary>Who is told what happens to ports, by the log.</summary>
    public Func<ILogger, ISwitchObserver> Observe { get; init; } = logger => new LoggingObserver(logger);

    /// <summary>Whether it has a control socket.</summary>
    public bool HasControlSocket { get; init; } = true;
}
