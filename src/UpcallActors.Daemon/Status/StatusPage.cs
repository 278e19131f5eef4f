using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Telemetry;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Status;

/// <summary>
/// The status page of a run. It comes up beside the run, which does not wait for it; a run goes on without when its address is taken, because packets matter more. Disposing closes it.
/// </summary>
internal sealed class StatusPage : IAsyncDisposable
{
    private readonly MetricsEndpoint _metrics;
    private readonly Task<StatusServer?> _server;

    private StatusPage(DaemonOptions options, IStatusSource source, string datapathType, ILoggerFactory loggers, ILogger logger)
    {
        _metrics = new MetricsEndpoint(options.Telemetry, new TelemetrySubject(options.Datapath.Name, datapathType), loggers, logger);
        _server = options.Status.Listen is { } endpoint ? Task.Run(() => StartAsync(endpoint, source, _metrics, logger)) : Task.FromResult<StatusServer?>(null);
    }

    /// <summary>Begins to serve it, where the options say; at once and without waiting.</summary>
    public static StatusPage Open(DaemonOptions options, IStatusSource source, string datapathType, ILoggerFactory loggers, ILogger logger) =>
        new(options, source, datapathType, loggers, logger);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (await _server is { } server)
            await server.DisposeAsync();
        await _metrics.DisposeAsync();
    }

    private static async Task<StatusServer?> StartAsync(IPEndPoint endpoint, IStatusSource source, MetricsEndpoint metrics, ILogger logger)
    {
        try
        {
            StatusServer server = await StatusServer.StartAsync(endpoint, source, metrics.AnswerAsync, NullLoggerFactory.Instance);
            logger.PageServed(server.Endpoint);
            return server;
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            logger.PageRefused(endpoint, refused.Message);
            return null;
        }
    }
}
