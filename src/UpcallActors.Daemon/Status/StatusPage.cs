using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Telemetry;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Status;

/// <summary>
/// The status page of a run. It starts beside the run, which does not wait for it. While its address is in use, the run continues without
/// it, because packets matter more. Disposing closes it.
/// </summary>
internal sealed class StatusPage : IAsyncDisposable
{
    private static readonly TimeSpan _betweenAttempts = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _closing = new();
    private readonly MetricsEndpoint _metrics;
    private readonly HealthChecks _checks;
    private readonly Task<StatusServer?> _server;

    private StatusPage(DaemonOptions options, SwitchStatus source, ILoggerFactory loggers, ILogger logger)
    {
        _checks = new HealthChecks(source.Health);
        _metrics = new MetricsEndpoint(options.Telemetry, source.Subject, loggers, logger);
        _server = options.Status.Listen is { } endpoint
            ? Task.Run(() => StartAsync(endpoint, source, loggers, logger))
            : Task.FromResult<StatusServer?>(null);
    }

    /// <summary>Begins to serve it, where the options say; at once and without waiting.</summary>
    public static StatusPage Open(
        DaemonOptions options, SwitchStatus source, ILoggerFactory loggers, ILogger logger) =>
        new(options, source, loggers, logger);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        if (await _server is { } server)
            await server.DisposeAsync();
        await _metrics.DisposeAsync();
        _checks.Dispose();
        _closing.Dispose();
    }

    /// <summary>Tries until the address is free.</summary>
    private async Task<StatusServer?> StartAsync(IPEndPoint endpoint, IStatusSource source, ILoggerFactory loggers, ILogger logger)
    {
        bool isSaid = false;
        // Any client may connect, and so cause log lines.
        using var limited = new LimitedLoggers(loggers, TimeProvider.System);
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                StatusServer server = await StatusServer.StartAsync(
                    endpoint, source, _checks.Service, _metrics.AnswerAsync, limited);
                logger.PageServed(server.Endpoint);
                return server;
            }
            catch (Exception refused) when (refused is IOException or SocketException)
            {
                if (!isSaid)
                    logger.PageRefused(endpoint, refused.Message);
                isSaid = true;
            }
#pragma warning disable CA1031 // Whatever a page cannot do, it is no reason to end a switch.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                logger.PageRefused(endpoint, failure.Message);
                return null;
            }

            await Task.Delay(_betweenAttempts, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }
}
