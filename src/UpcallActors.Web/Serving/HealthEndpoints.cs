using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace UpcallActors.Web;

/// <summary>
/// Health over HTTP, by ASP.NET Core's own middleware: <see cref="Live"/> answers as long as anything does, <see cref="Ready"/> runs the
/// checks with the tag <c>ready</c>. These ask the lanes and the kernel: one request at a time, however many ask. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // A SemaphoreSlim whose wait handle nobody asks for holds nothing.
internal sealed class HealthEndpoints(HealthCheckService checks)
#pragma warning restore CA1001
{
    /// <summary>Whether the process answers.</summary>
    public const string Live = "/health/live";

    /// <summary>Whether upcalls are answered.</summary>
    public const string Ready = "/health/ready";

    private const string ReadyTag = "ready";

    private readonly SemaphoreSlim _turn = new(1);
    private readonly HealthCheckMiddleware _live = Middleware(checks, _ => false, (context, _) => SayAsync(context, "live\n"));
    private readonly HealthCheckMiddleware _ready = Middleware(
        checks, check => check.Tags.Contains(ReadyTag), (context, report) => SayAsync(context, TextOf(report)));

    /// <summary>Whether a path is one of these.</summary>
    public static bool Has(PathString path) => path == Live || path == Ready;

    /// <summary>Answers a request for <see cref="Live"/>.</summary>
    public Task AnswerLiveAsync(HttpContext context) => _live.InvokeAsync(context);

    /// <summary>Answers a request for <see cref="Ready"/>.</summary>
    public async Task AnswerReadyAsync(HttpContext context)
    {
        await _turn.WaitAsync(context.RequestAborted);
        try
        {
            await _ready.InvokeAsync(context);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static HealthCheckMiddleware Middleware(
        HealthCheckService checks, Func<HealthCheckRegistration, bool> chosen, Func<HttpContext, HealthReport, Task> write) =>
        new(_ => Task.CompletedTask, Options.Create(new HealthCheckOptions { Predicate = chosen, ResponseWriter = write }), checks);

    private static string TextOf(HealthReport report)
    {
        IEnumerable<HealthReportEntry> ill = report.Entries.Values.Where(entry => entry.Status != HealthStatus.Healthy);
        string said = string.Join("; ", ill.Select(entry => entry.Description ?? entry.Exception?.Message ?? "a check failed"));
        return report.Status switch
        {
            HealthStatus.Healthy => "ready\n",
            HealthStatus.Degraded => $"ready, but {said}\n",
            _ => $"not ready: {said}\n",
        };
    }

    private static async Task SayAsync(HttpContext context, string text)
    {
        byte[] body = System.Text.Encoding.UTF8.GetBytes(text);
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
