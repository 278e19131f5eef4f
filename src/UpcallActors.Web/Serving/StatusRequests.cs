using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace UpcallActors.Web;

/// <summary>
/// Answers requests: who may ask is <see cref="RequestGuard"/>'s, what they get
/// is decided here. Everything can be read and nothing changed. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // A SemaphoreSlim whose wait handle nobody asks for holds nothing.
internal sealed class StatusRequests(
    IStatusSource source, HealthEndpoints health, RequestDelegate? metrics, bool isLoopback, CancellationToken ending)
#pragma warning restore CA1001
{
    private const int DefaultFlows = 100;
    private const int MostFlows = 1000;
    private const int MostFilterLength = 1024;

    private readonly PageFiles _files = new();
    private readonly SnapshotCache _snapshots = new(source, TimeProvider.System);

    // A dump takes the datapath's lock in turns, and a trace may go through 4,096 tables: one of each at a time, for all clients together.
    private readonly SemaphoreSlim _flows = new(1);
    private readonly SemaphoreSlim _traces = new(1);

    // All rules are gone through under the lock that flow-mods take.
    private readonly SemaphoreSlim _rules = new(1);
    private StatusEvents? _events;

    private StatusEvents Events => LazyInitializer.EnsureInitialized(ref _events, () => new StatusEvents(_snapshots, ending));

    /// <summary>Answers one.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        RequestGuard.AddHeaders(context.Response.Headers);
        if (RequestGuard.Refuse(context.Request, isLoopback) is { } refusal)
        {
            if (refusal.Status == StatusCodes.Status405MethodNotAllowed)
                context.Response.Headers.Allow = "GET, HEAD";
            await WriteAsync(context, refusal.Status, "text/plain; charset=utf-8", refusal.Reason + "\n");
            return;
        }

        switch (context.Request.Path.Value)
        {
            case HealthEndpoints.Live:
                await health.AnswerLiveAsync(context);
                break;
            case HealthEndpoints.Ready:
                await health.AnswerReadyAsync(context);
                break;
            case "/metrics" when metrics != null:
                await metrics(context);
                break;
            case "/events":
                await Events.ServeAsync(context);
                break;
            case "/api/snapshot":
                await WriteAsync(context, StatusCodes.Status200OK, "application/json", await _snapshots.GetAsync(context.RequestAborted));
                break;
            case "/api/flows":
                await AnswerAloneAsync(context, _flows, StatusJson.Default.FlowListing, () => ListFlows(context));
                break;
            case "/api/rules":
                await AnswerAloneAsync(context, _rules, StatusJson.Default.RuleListing, () => ListRules(context));
                break;
            case "/api/trace":
                await AnswerAloneAsync(context, _traces, StatusJson.Default.TraceAnswer,
                    () => source.Trace(Text(context, "bridge"), Text(context, "flow")));
                break;
            case { } path when _files.TryGet(path, out PageFile? file):
                await AnswerFileAsync(context, file);
                break;
            default:
                await WriteAsync(context, StatusCodes.Status404NotFound, "text/plain; charset=utf-8", "there is nothing here\n");
                break;
        }
    }

    private RuleListing ListRules(HttpContext context)
    {
        string match = Text(context, "match");
        if (match.Length > MostFilterLength)
            throw new StatusRequestException($"a match has at most {MostFilterLength} characters");
        return source.ListRules(Text(context, "bridge"), string.IsNullOrWhiteSpace(match) ? null : match, MostOf(context));
    }

    /// <summary>Tells that too many are being answered, and ends the connection.</summary>
    public static Task RefuseAsync(HttpContext context)
    {
        RequestGuard.AddHeaders(context.Response.Headers);
        context.Response.Headers.Connection = "close";
        context.Response.Headers.RetryAfter = "1";
        return WriteAsync(
            context,
            StatusCodes.Status503ServiceUnavailable,
            "text/plain; charset=utf-8",
            "too many requests are being answered already\n");
    }

    private FlowListing ListFlows(HttpContext context)
    {
        string filter = Text(context, "filter");
        if (filter.Length > MostFilterLength)
            throw new StatusRequestException($"a filter has at most {MostFilterLength} characters");
        return source.ListFlows(string.IsNullOrWhiteSpace(filter) ? null : filter, MostOf(context), context.RequestAborted);
    }

    private static int MostOf(HttpContext context)
    {
        int most = DefaultFlows;
        if (Text(context, "limit") is { Length: > 0 } limit
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > MostFlows))
        {
            throw new StatusRequestException($"limit must be a number from 1 to {MostFlows}");
        }

        return most;
    }

    private static async Task AnswerAloneAsync<T>(HttpContext context, SemaphoreSlim turn, JsonTypeInfo<T> type, Func<T> answer)
    {
        await turn.WaitAsync(context.RequestAborted);
        byte[] json;
        int status = StatusCodes.Status200OK;
        try
        {
            json = JsonSerializer.SerializeToUtf8Bytes(answer(), type);
        }
        catch (StatusRequestException problem)
        {
            status = StatusCodes.Status400BadRequest;
            json = JsonSerializer.SerializeToUtf8Bytes(new ProblemAnswer(problem.Message), StatusJson.Default.ProblemAnswer);
        }
        finally
        {
            turn.Release();
        }

        await WriteAsync(context, status, "application/json", json);
    }

    private static async Task AnswerFileAsync(HttpContext context, PageFile file)
    {
        context.Response.Headers.ETag = file.Tag;
        context.Response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch == file.Tag)
            context.Response.StatusCode = StatusCodes.Status304NotModified;
        else
            await WriteAsync(context, StatusCodes.Status200OK, file.ContentType, file.Bytes);
    }

    private static string Text(HttpContext context, string key) => context.Request.Query[key].FirstOrDefault() ?? "";

    private static Task WriteAsync(HttpContext context, int status, string contentType, string text) =>
        WriteAsync(context, status, contentType, System.Text.Encoding.UTF8.GetBytes(text));

    private static async Task WriteAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (response.Headers.CacheControl.Count == 0)
            response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
