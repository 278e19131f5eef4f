using Microsoft.Extensions.Logging;
using UpcallActors.Linux;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Hosting;

/// <summary>
/// Logs failures of background threads and timers (<see cref="UnattendedWork"/>), five lines at once and then one now and then. Disposing
/// ends it.
/// </summary>
internal sealed class UnattendedLog : IDisposable
{
    private readonly ILogger _logger;
    private readonly LogAllowance _allowance = new(TimeProvider.System);

    private UnattendedLog(ILogger logger)
    {
        _logger = logger;
        UnattendedWork.Failed += OnFailed;
    }

    /// <summary>Begins to listen.</summary>
    public static UnattendedLog Listen(ILogger logger) => new(logger);

    /// <inheritdoc/>
    public void Dispose() => UnattendedWork.Failed -= OnFailed;

    private void OnFailed(object? sender, UnattendedFailureEventArgs failed)
    {
        if (_allowance.Take())
            _logger.UnattendedFailed(failed.Failure, failed.Work);
    }
}
