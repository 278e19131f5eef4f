using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace UpcallActors.Web.Tests;

/// <summary>What probes are told, and that they are told whatever else is asked of the server.</summary>
public sealed class HealthEndpointTests(RunningSwitch running) : IClassFixture<RunningSwitch>
{
    [Fact]
    public async Task Readiness_ends_with_the_drain_and_life_does_not()
    {
        await using var other = new OtherServer(running);
        using HttpClient client = await other.StartAsync();
        (await client.GetStringAsync("health/live")).ShouldBe("live\n");
        (await client.GetStringAsync("health/ready")).ShouldBe("ready\n");
        other.Source.Problem = "draining: …";
        using HttpResponseMessage unready = await client.GetAsync("health/ready");
        unready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await unready.Content.ReadAsStringAsync()).ShouldBe("not ready: draining: …\n");
        (await client.GetStringAsync("health/live")).ShouldBe("live\n");
    }

    [Fact]
    public async Task A_port_that_waits_is_told_and_does_not_end_readiness()
    {
        await using var other = new OtherServer(running);
        using HttpClient client = await other.StartAsync();
        other.Source.Waiting = "port eth9 does not answer: there is no such device";
        (await client.GetStringAsync("health/ready")).ShouldBe("ready, but port eth9 does not answer: there is no such device\n");
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.1:9677", HttpStatusCode.OK)]
    [InlineData("[fd00::1]", HttpStatusCode.OK)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("THIS MACHINE", HttpStatusCode.OK)]
    public async Task On_all_addresses_it_is_served_under_addresses_and_the_machine_s_name_alone(string host, HttpStatusCode status)
    {
        await using StatusServer open = await StatusServer.StartAsync(
            new IPEndPoint(IPAddress.Any, 0), running.Status, running.Checks.Service, metrics: null, NullLoggerFactory.Instance);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{open.Endpoint.Port}/health/live")
        {
            Headers = { Host = host == "THIS MACHINE" ? Environment.MachineName : host },
        };
        using HttpResponseMessage response = await client.SendAsync(request);
        response.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Silent_connections_keep_no_probe_out_and_the_oldest_goes_first()
    {
        await using var other = new OtherServer(running);
        using HttpClient client = await other.StartAsync();
        var silent = new List<Socket>();
        try
        {
            for (int connection = 0; connection < 2 * StatusServer.MostConnections; connection++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, client.BaseAddress!.Port);
                // Half a request is as silent as none.
                if (connection % 2 == 0)
                    await socket.SendAsync("GET /health/live HTTP/1.1\r\n"u8.ToArray());
                silent.Add(socket);
            }

            foreach (string path in (string[])["health/live", "health/ready", "api/snapshot"])
                (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
            await Eventually.HoldsAsync(() => Task.FromResult(HasEnded(silent[0])));
            HasEnded(silent[^1]).ShouldBeFalse();
        }
        finally
        {
            silent.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Requests_for_the_page_that_take_long_leave_room_for_probes()
    {
        await using var other = new OtherServer(running);
        using HttpClient client = await other.StartAsync();
        using var held = new ManualResetEventSlim();
        other.Source.Held = held;
        const int Let = 128;
        const int Refused = 12;
        List<Task<HttpResponseMessage>> waiting = [.. Enumerable.Range(0, Let + Refused).Select(_ => client.GetAsync("api/snapshot"))];
        for (int refused = 0; refused < Refused; refused++)
        {
            Task<HttpResponseMessage> first = await Task.WhenAny(waiting);
            (await first).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            waiting.Remove(first);
        }

        (await client.GetAsync("health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        held.Set();
        (await Task.WhenAll(waiting)).ShouldAllBe(answer => answer.IsSuccessStatusCode);
    }

    private static bool HasEnded(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Receive(new byte[1]) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
