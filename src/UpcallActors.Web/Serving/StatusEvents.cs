using Microsoft.AspNetCore.Http;

namespace UpcallActors.Web;

/// <summary>
/// Server-sent events: a snapshot a second to each open page. Each client has its own loop, so a slow reader misses snapshots and holds up
/// no other; Kestrel closes one that takes next to nothing (<c>MinResponseDataRate</c>).
/// </summary>
internal sealed class StatusEvents(SnapshotCache snapshots, CancellationToken ending)
{
    /// <summary>Clients at a time; the next one is asked to come later.</summary>
    internal const int MostClients = 16;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);
    private int _clients;

    /// <summary>Serves one client until it goes or the server ends.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (Interlocked.Increment(ref _clients) > MostClients)
        {
            Interlocked.Decrement(ref _clients);
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            response.Headers.RetryAfter = "5";
            await response.WriteAsync($"{MostClients} pages look already\n", context.RequestAborted);
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, ending);
        try
        {
            response.ContentType = "text/event-stream";
            if (!HttpMethods.IsHead(context.Request.Method))
                await SendAsync(response, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has gone, or we go: that is how a stream ends.
        }
        finally
        {
            Interlocked.Decrement(ref _clients);
        }
    }

    private async Task SendAsync(HttpResponse response, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(_interval);
        // Before the first snapshot, so that a page which is told to come back soon does so after a failure, too.
        await response.Body.WriteAsync("retry: 1000\n\n"u8.ToArray(), cancellation);
        do
        {
            ReadOnlyMemory<byte> snapshot = await snapshots.GetAsync(cancellation);
            await response.Body.WriteAsync("data: "u8.ToArray(), cancellation);
            await response.Body.WriteAsync(snapshot, cancellation);
            await response.Body.WriteAsync("\n\n"u8.ToArray(), cancellation);
            await response.Body.FlushAsync(cancellation);
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }
}
