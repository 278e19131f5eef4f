using System.CommandLine;
using System.Net;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Terminal;

/// <summary>
/// The command <c>health</c>: asks the running daemon whether it is ready, for a container's health check, which has no curl.
/// </summary>
/// <param name="json">Whether the answer is JSON.</param>
/// <param name="output">Where the answer goes.</param>
/// <param name="errors">Where problems go.</param>
internal sealed class HealthCommand(bool json, TextWriter output, TextWriter errors)
{
    private const string Scheme = "http://";

    /// <summary>Less than what those who check health wait by themselves.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>The command for the command line.</summary>
    public static Command Build(Option<string[]> files, Option<bool> json)
    {
        var address = new Option<string?>("--address")
        {
            Description = "ADDRESS:PORT of the daemon's status page, with or without http://. "
                + "The default is status.listen of the files in --config, or the built-in one.",
            HelpName = "ADDRESS:PORT",
        };
        var live = new Option<bool>("--live")
        {
            Description = "Ask /health/live instead of /health/ready.",
        };
        var health = new Command("health",
            "Ask the running daemon whether it answers upcalls. The exit code is 0 if it does, and 1 if not or without an answer.")
            {
                address, live,
            };
        health.SetAction((result, cancellation) =>
            new HealthCommand(result.GetValue(json), result.InvocationConfiguration.Output, result.InvocationConfiguration.Error)
                .AskAsync(result.GetValue(address), result.GetValue(files) ?? [], result.GetValue(live), cancellation));
        return health;
    }

    private async Task<int> AskAsync(string? address, IReadOnlyList<string> files, bool live, CancellationToken cancellation)
    {
        IPEndPoint? endpoint;
        if (address != null)
        {
            // As it stands in the log and in a browser, too.
            string bare = address.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? address[Scheme.Length..].TrimEnd('/') : address;
            if (!StatusOptions.TryParse(bare, out endpoint))
            {
                await errors.WriteLineAsync($"--address must be ADDRESS:PORT, not \"{address}\"");
                return ExitCode.Usage;
            }
        }
        else
        {
            var source = ConfigurationSource.Read(files);
            endpoint = StatusOptions.Read(ConfigurationBlock.Root(source).Block("upcall-actors").Block("status")).Listen;
            foreach (ConfigurationProblem problem in source.Problems)
                await errors.WriteLineAsync(problem.ToString());
            if (source.Problems.Count > 0)
                return ExitCode.Usage;
        }

        return endpoint == null
            ? await AnswerAsync(isHealthy: false, "there is no status page to ask: status.listen is off")
            : await AskAsync(Reachable(endpoint), live, cancellation);
    }

    private async Task<int> AskAsync(IPEndPoint endpoint, bool live, CancellationToken cancellation)
    {
        // No proxy of the environment's stands between this process and that one.
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { Timeout = _patience, MaxResponseContentBufferSize = 64 << 10 };
        try
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri($"http://{endpoint}/health/{(live ? "live" : "ready")}"),
                cancellation);
            string text = (await response.Content.ReadAsStringAsync(cancellation)).TrimEnd();
            return await AnswerAsync(response.IsSuccessStatusCode,
                response.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable
                    ? text
                    : $"{(int)response.StatusCode}: {text}");
        }
        catch (HttpRequestException refused)
        {
            return await AnswerAsync(isHealthy: false, $"no answer from {endpoint}: {refused.Message}");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return await AnswerAsync(isHealthy: false, $"no answer from {endpoint} within {_patience.TotalSeconds:0} seconds");
        }
    }

    private async Task<int> AnswerAsync(bool isHealthy, string text)
    {
        if (json)
            await output.WriteLineAsync(
                $$"""{"healthy":{{(isHealthy ? "true" : "false")}},"answer":"{{System.Text.Json.JsonEncodedText.Encode(text)}}"}""");
        else
            await output.WriteLineAsync(text);
        return isHealthy ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary>A daemon that listens on all addresses is asked on the loopback address.</summary>
    private static IPEndPoint Reachable(IPEndPoint endpoint) =>
        endpoint.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, endpoint.Port)
        : endpoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, endpoint.Port)
        : endpoint;
}
