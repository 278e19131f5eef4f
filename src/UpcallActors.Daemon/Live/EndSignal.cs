using System.Runtime.InteropServices;

namespace UpcallActors.Daemon.Live;

/// <summary>Ends the daemon at SIGHUP in good order. Disposing gives the signal back its usual meaning.</summary>
internal sealed class EndSignal : IDisposable
{
    private readonly PosixSignalRegistration _registration;

    private EndSignal(Action end) => _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        signal.Cancel = true;
        end();
    });

    /// <summary>Begins to listen.</summary>
    public static EndSignal Listen(Action end) => new(end);

    /// <inheritdoc/>
    public void Dispose() => _registration.Dispose();
}
