using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Daemon.Reloading;

/// <summary>Reads the configuration again at SIGHUP, as daemons do. Disposing gives the signal back its usual meaning.</summary>
internal sealed class HangupSignal : IDisposable
{
    private readonly PosixSignalRegistration _registration;

    private HangupSignal(RunningConfiguration configuration, ILogger logger) => _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        // The usual meaning is the end.
        signal.Cancel = true;
        _ = Task.Run(() => configuration.ReloadAsync(logger));
    });

    /// <summary>Begins to listen.</summary>
    public static HangupSignal Listen(RunningConfiguration configuration, ILogger logger) => new(configuration, logger);

    /// <inheritdoc/>
    public void Dispose() => _registration.Dispose();
}
