using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace UpcallActors.Web;

/// <summary>
/// Serves the status page, health and metrics over HTTP/1.1. Kestrel without a host around it: a host reads files and variables that are
/// not ours, listens to signals, and takes longer to start than all the rest. Disposing closes it and its running requests.
/// </summary>
internal sealed class StatusServer : IAsyncDisposable
{
    /// <summary>Connections at a time, all of them together.</summary>
    public const int MostConnections = ConnectionGate.MostConnections;

    private const int MostHeaders = 64;
    private const int MostHeaderBytes = 16 << 10;
    private const int MostRequestLineBytes = 8 << 10;
    private static readonly TimeSpan _headersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _idleTimeout = TimeSpan.FromSeconds(30);

    private readonly KestrelServer _server;
    private readonly SocketTransportFactory _transport;
    private readonly CancellationTokenSource _ending;

    private StatusServer(KestrelServer server, SocketTransportFactory transport, CancellationTokenSource ending, IPEndPoint endpoint)
    {
        _server = server;
        _transport = transport;
        _ending = ending;
        Endpoint = endpoint;
    }

    /// <summary>Where it listens, with the port that it was given.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>
    /// Starts to listen. Throws <see cref="IOException"/> when the address is in use, and
    /// <see cref="System.Net.Sockets.SocketException"/> when it is not this machine's.
    /// </summary>
    /// <param name="endpoint">Where; port 0 for any that is free.</param>
    /// <param name="source">What is shown.</param>
    /// <param name="checks">What <c>/health/ready</c> runs: the checks with the tag <c>ready</c>.</param>
    /// <param name="metrics">Answers <c>/metrics</c>; null for none.</param>
    /// <param name="loggers">Where Kestrel says what goes wrong.</param>
    public static async Task<StatusServer> StartAsync(
        IPEndPoint endpoint, IStatusSource source, HealthCheckService checks, RequestDelegate? metrics, ILoggerFactory loggers)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = 0;
        options.Limits.MaxRequestHeaderCount = MostHeaders;
        options.Limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
        options.Limits.MaxRequestLineSize = MostRequestLineBytes;
        options.Limits.RequestHeadersTimeout = _headersTimeout;
        options.Limits.KeepAliveTimeout = _idleTimeout;
        var gate = new ConnectionGate();
        ListenOptions? listen = null;
        options.Listen(endpoint, configured =>
        {
            configured.Protocols = HttpProtocols.Http1;
            configured.Use(next => async connection =>
            {
                using ConnectionGate.Entry place = gate.Enter(connection);
                connection.Features.Set(place);
                await next(connection);
            });
            listen = configured;
        });
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        var server = new KestrelServer(Options.Create(options), transport, loggers);
        var ending = new CancellationTokenSource();
        try
        {
            bool isLoopback = IPAddress.IsLoopback(endpoint.Address);
            var requests = new StatusRequests(source, new HealthEndpoints(checks), metrics, isLoopback, ending.Token);
            await server.StartAsync(new Application(requests), CancellationToken.None);
        }
        catch
        {
            server.Dispose();
            ending.Dispose();
            throw;
        }

        return new StatusServer(server, transport, ending, (IPEndPoint)listen!.EndPoint);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Streams of events do not end by themselves.
        await _ending.CancelAsync();
        // Not for long: half a request would hold up the end of the daemon, and with it the next one's start.
        using (var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200)))
            await _server.StopAsync(patience.Token);
        _server.Dispose();
        _ending.Dispose();
        GC.KeepAlive(_transport);
    }

    private sealed class Application(StatusRequests requests) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public async Task ProcessRequestAsync(HttpContext context)
        {
            // A connection's features are those of its requests, too.
            ConnectionGate.Entry place = context.Features.GetRequiredFeature<ConnectionGate.Entry>();
            if (!place.TryServe(isHealth: HealthEndpoints.Has(context.Request.Path)))
            {
                await StatusRequests.RefuseAsync(context);
                return;
            }

            try
            {
                await requests.AnswerAsync(context);
            }
            finally
            {
                place.EndServing();
            }
        }

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
