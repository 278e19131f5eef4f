using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace UpcallActors.Daemon.Tests.Telemetry.Otlp;

/// <summary>An OTLP collector that keeps what it is sent, over gRPC and over HTTP.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<ResourceSpans> _spans = new();
    private readonly ConcurrentQueue<ResourceMetrics> _metrics = new();
    private readonly ConcurrentQueue<ResourceLogs> _logs = new();
    private readonly ConcurrentQueue<string> _headers = new();
    private readonly ConcurrentQueue<string> _authorizations = new();

    private Collector(bool grpc)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0,
            listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        _server = builder.Build();
        _server.MapGrpcService<Traces>();
        _server.MapGrpcService<Metrics>();
        _server.MapGrpcService<Logs>();
        _server.MapPost("/base/v1/traces", request => TakeAsync(request, ExportTraceServiceRequest.Parser, Take));
        _server.MapPost("/base/v1/metrics", request => TakeAsync(request, ExportMetricsServiceRequest.Parser, Take));
        _server.MapPost("/base/v1/logs", request => TakeAsync(request, ExportLogsServiceRequest.Parser, Take));
    }

    public string Endpoint { get; private set; } = "";

    public Resource Resource => _spans.First().Resource;

    public IReadOnlyList<string> Headers => [.. _headers];

    /// <summary>Over HTTP.</summary>
    public IReadOnlyList<string> Authorizations => [.. _authorizations];

    public IReadOnlyList<Span> Spans => [.. _spans.SelectMany(resource => resource.ScopeSpans)
        .Where(scope => scope.Scope.Name == "UpcallActors").SelectMany(scope => scope.Spans)];

    public IReadOnlyList<LogRecord> LogRecords =>
        [.. _logs.SelectMany(resource => resource.ScopeLogs).SelectMany(scope => scope.LogRecords)];

    /// <summary>A metric as it was sent last.</summary>
    public Metric MetricOf(string name) =>
        _metrics.SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics).Last(metric => metric.Name == name);

    /// <summary>The sum over all series of a counter: each as it was sent last.</summary>
    public long TotalOf(string name) =>
        _metrics.SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics).Where(metric => metric.Name == name)
        .SelectMany(metric => metric.Sum.DataPoints)
        .GroupBy(point => (point.StartTimeUnixNano, string.Join(',', point.Attributes)))
        .Sum(series => series.Last().AsInt);

    public static async Task<Collector> StartAsync(bool grpc)
    {
        var collector = new Collector(grpc);
        await collector._server.StartAsync();
        string address = collector._server.Services.GetRequiredService<IServer>().Features
            .GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        collector.Endpoint = grpc ? address : address + "/base";
        return collector;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task TakeAsync<T>(HttpContext context, MessageParser<T> parser, Action<T, string> take)
        where T : IMessage<T>
    {
        _authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        take(parser.ParseFrom(body.ToArray()), context.Request.Headers["tenant"].ToString());
        context.Response.ContentType = "application/x-protobuf";
    }

    private void Take(ExportTraceServiceRequest request, string tenant)
    {
        _headers.Enqueue(tenant);
        foreach (ResourceSpans spans in request.ResourceSpans)
            _spans.Enqueue(spans);
    }

    private void Take(ExportMetricsServiceRequest request, string tenant)
    {
        _headers.Enqueue(tenant);
        foreach (ResourceMetrics metrics in request.ResourceMetrics)
            _metrics.Enqueue(metrics);
    }

    private void Take(ExportLogsServiceRequest request, string tenant)
    {
        _headers.Enqueue(tenant);
        foreach (ResourceLogs logs in request.ResourceLogs)
            _logs.Enqueue(logs);
    }

    private static string TenantOf(ServerCallContext call) => call.RequestHeaders.GetValue("tenant") ?? "";

#pragma warning disable CA1812 // gRPC makes them, one for each call.
    private sealed class Traces(Collector collector) : TraceService.TraceServiceBase
    {
        public override Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context)
        {
            collector.Take(request, TenantOf(context));
            return Task.FromResult(new ExportTraceServiceResponse());
        }
    }

    private sealed class Metrics(Collector collector) : MetricsService.MetricsServiceBase
    {
        public override Task<ExportMetricsServiceResponse> Export(ExportMetricsServiceRequest request, ServerCallContext context)
        {
            collector.Take(request, TenantOf(context));
            return Task.FromResult(new ExportMetricsServiceResponse());
        }
    }

    private sealed class Logs(Collector collector) : LogsService.LogsServiceBase
    {
        public override Task<ExportLogsServiceResponse> Export(ExportLogsServiceRequest request, ServerCallContext context)
        {
            collector.Take(request, TenantOf(context));
            return Task.FromResult(new ExportLogsServiceResponse());
        }
    }
#pragma warning restore CA1812
}
