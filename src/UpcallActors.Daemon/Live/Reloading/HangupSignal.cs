using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Daemon.Live.Reloading;

/// <summary>Reads the configuration again at SIGHUP, as daemons do. Disposing gives the signal back its usual meaning.</summary>
internal sealed class HangupSignal : IDisposable
{
    private readonly PosixSignalRegistration _registration;

    private HangupSignal(RunningConfiguration configuration,
        ILogger logger) => _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        // The usual meaning is the end.
        signal.Cancel = true;
        _ = Task.Run(() => ReloadAsync(configuration, logger));
    });

    /// <summary>Begins to listen.</summary>
    public static HangupSignal Listen(RunningConfiguration configuration, ILogger logger) => new(configuration, logger);

    private static async Task ReloadAsync(RunningConfiguration configuration, ILogger logger)
    {
        try
        {
            await configuration.ReloadAsync(logger);
        }
#pragma warning disable CA1031 // Nobody waits for this task: what it fails with must be said here.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.ReloadFailed(failure, "anything");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _registration.Dispose();
}
