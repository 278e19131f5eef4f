using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace UpcallActors.Web.Tests;

/// <summary>The page and what it asks, as clients see it that are no browsers, well-behaved and not.</summary>
public sealed class StatusServerTests(RunningSwitch running) : IClassFixture<RunningSwitch>, IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = running.Address };

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task The_page_comes_with_all_that_it_loads_and_may_load_nothing_else()
    {
        using HttpResponseMessage page = await _client.GetAsync("/");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        string policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldNotContain("unsafe");
        page.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        string html = await page.Content.ReadAsStringAsync();
        html.ShouldNotContain("://");
        foreach (string file in (string[])["page.css", "page.js", "format.js", "history.js", "pipeline.js", "charts.js", "tables.js",
            "asking.js", "icon.svg"])
        {
            using HttpResponseMessage response = await _client.GetAsync(file);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, file);
            (await response.Content.ReadAsStringAsync()).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal)
                .ShouldNotContain("://", customMessage: file);
        }
    }

    [Fact]
    public async Task A_file_that_has_not_changed_is_not_sent_again()
    {
        using HttpResponseMessage first = await _client.GetAsync("page.css");
        using var again = new HttpRequestMessage(HttpMethod.Get, "page.css");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag.ShouldNotBeNull());
        using HttpResponseMessage second = await _client.SendAsync(again);
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await second.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_snapshot_has_what_the_pipeline_has_counted()
    {
        long before = running.Pipeline.Counters.Received;
        DaemonSnapshot snapshot = await SnapshotAsync(found => found.Lanes.Sum(lane => lane.Received) > before
            && found.Mru is { Upcalls: > 0, Largest: > 0 } && found.Latency.Counts.Sum() > 0);
        snapshot.NotReadyBecause.ShouldBeNull();
        snapshot.Datapath.FullName.ShouldBe("embedded@ovs-system");
        snapshot.Lanes.Length.ShouldBe(3);
        snapshot.Mru.Largest.ShouldBe(1500);
        snapshot.Ports.Select(port => port.Name).ShouldContain("p0");
    }

    [Fact]
    public async Task Events_are_snapshots_one_after_the_other()
    {
        using HttpResponseMessage response = await _client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var times = new List<DateTimeOffset>();
        while (times.Count < 3)
        {
            string line = (await reader.ReadLineAsync()).ShouldNotBeNull();
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                times.Add(JsonSerializer.Deserialize(line["data: ".Length..], StatusJson.Default.DaemonSnapshot)!.Time);
        }

        times.ShouldBe(times.Order());
        times.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task More_pages_than_allowed_are_told_to_come_later_and_may_when_one_has_gone()
    {
        var open = new List<HttpResponseMessage>();
        // One of its own: places that are given back late must not be missing to another test.
        await using var other = new OtherServer(running);
        using HttpClient client = await other.StartAsync();
        try
        {
            HttpResponseMessage refused;
            while ((refused = await client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead)).IsSuccessStatusCode)
                open.Add(refused);
            open.Count.ShouldBe(16);
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            refused.Dispose();
        }
        finally
        {
            open.ForEach(response => response.Dispose());
        }

        await Eventually.HoldsAsync(async () =>
        {
            using HttpResponseMessage response = await client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead);
            return response.IsSuccessStatusCode;
        });
    }

    [Fact]
    public async Task Flows_are_listed_filtered_and_limited()
    {
        FlowListing all = await FlowsAsync("limit=1000", found => found.Matched > 20);
        all.IsCut.ShouldBeFalse();
        all.Flows.Length.ShouldBe(all.Matched);
        FlowListing dns = await FlowsAsync("filter=udp,tp_dst=53", found => found.Matched > 0 && found.Matched < found.Read);
        dns.Flows.ShouldAllBe(flow => flow.Match.Contains("dst=53", StringComparison.Ordinal)
            && flow.Actions.Contains("p3", StringComparison.Ordinal));
        FlowListing few = await FlowsAsync("limit=3", found => found.Matched > 3);
        few.Flows.Length.ShouldBe(3);
        few.Flows.Select(flow => flow.Packets).ShouldBe(few.Flows.Select(flow => flow.Packets).OrderDescending());
    }

    [Theory]
    [InlineData("api/flows?filter=nosuchfield%3D1", "nosuchfield")]
    [InlineData("api/flows?filter=table%3D3", "neither tables nor cookies")]
    [InlineData("api/flows?limit=0", "from 1 to 1000")]
    [InlineData("api/flows?limit=1001", "from 1 to 1000")]
    [InlineData("api/flows?limit=many", "from 1 to 1000")]
    [InlineData("api/rules?bridge=br9", "no bridge \"br9\"")]
    [InlineData("api/rules?bridge=br0&match=nosuchfield%3D1", "nosuchfield")]
    [InlineData("api/rules?bridge=br0&limit=0", "from 1 to 1000")]
    [InlineData("api/rules", "no bridge")]
    [InlineData("api/trace?bridge=br9&flow=in_port%3D1", "no bridge \"br9\"")]
    [InlineData("api/trace?bridge=br0&flow=in_prt%3D77", "unknown field in_prt")]
    [InlineData("api/trace?bridge=br0&flow=in_port%3Dnowhere", "'nowhere' is no value of in_port")]
    [InlineData("api/trace?bridge=br0&flow=in_port%3D1%2C%00%FF%3Cscript", "")]
    [InlineData("api/trace", "no bridge")]
    public async Task What_cannot_be_answered_is_refused_with_the_reason(string address, string reason)
    {
        using HttpResponseMessage response = await _client.GetAsync(address);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        ProblemAnswer answer = JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), StatusJson.Default.ProblemAnswer)
            .ShouldNotBeNull();
        answer.Problem.ShouldNotBeEmpty();
        answer.Problem.ShouldContain(reason);
    }

    [Fact]
    public async Task Rules_are_those_of_a_bridge_with_their_counters()
    {
        RuleListing all = await RulesAsync("bridge=br0");
        all.Matched.ShouldBe(9);
        all.Rules.Length.ShouldBe(all.Matched);
        all.Rules.Select(rule => (rule.Table, -rule.Priority)).ShouldBeInOrder();
        await Eventually.HoldsAsync(async () => (await RulesAsync("bridge=br0")).Rules.Any(rule => rule.Packets > 0));
        RuleListing one = await RulesAsync("bridge=br0&limit=1");
        one.Matched.ShouldBe(all.Matched);
        one.Rules.ShouldHaveSingleItem();
        RuleListing icmp = await RulesAsync("bridge=br0&match=icmp");
        icmp.Rules.ShouldAllBe(rule => rule.Match.Contains("icmp"));
        icmp.Matched.ShouldBe(3);
    }

    [Fact]
    public async Task A_trace_goes_through_tables_and_through_conntrack()
    {
        using JsonDocument answer = JsonDocument.Parse(await _client.GetStringAsync(
            "api/trace?bridge=br0&flow=" + Uri.EscapeDataString("in_port=2,icmp,nw_src=10.0.0.2,nw_dst=10.0.0.1")));
        JsonElement passes = answer.RootElement.GetProperty("trace").GetProperty("passes");
        passes.GetArrayLength().ShouldBe(2);
        passes[0].GetProperty("datapathActions").GetString().ShouldNotBeNull().ShouldStartWith("ct(zone=9),recirc(");
        passes[1].GetProperty("resume").GetProperty("conntrackState").GetString().ShouldBe("new|trk");
        answer.RootElement.GetProperty("text").GetString().ShouldNotBeNull().ShouldContain("Megaflow:");
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("evil.example:9677", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:1", HttpStatusCode.OK)]
    [InlineData("127.0.0.2", HttpStatusCode.OK)]
    [InlineData("[::1]:9677", HttpStatusCode.OK)]
    public async Task A_name_that_was_made_to_mean_this_machine_is_refused(string host, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/snapshot") { Headers = { Host = host } };
        using HttpResponseMessage response = await _client.SendAsync(request);
        response.StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData("cross-site", "no-cors", HttpStatusCode.Forbidden)]
    [InlineData("cross-site", "cors", HttpStatusCode.Forbidden)]
    [InlineData("same-site", "cors", HttpStatusCode.Forbidden)]
    [InlineData("cross-site", "navigate", HttpStatusCode.OK)]
    [InlineData("same-origin", "cors", HttpStatusCode.OK)]
    [InlineData("none", "navigate", HttpStatusCode.OK)]
    public async Task Another_sites_page_reads_nothing(string site, string mode, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/snapshot");
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Add("Sec-Fetch-Mode", mode);
        using HttpResponseMessage response = await _client.SendAsync(request);
        response.StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PATCH")]
    public async Task Nothing_can_be_changed(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "api/flows");
        using HttpResponseMessage response = await _client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["GET", "HEAD"]);
    }

    [Fact]
    public async Task Heads_have_no_body()
    {
        foreach (string address in (string[])["/", "events", "api/snapshot", "health/ready"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, address);
            using HttpResponseMessage response = await _client.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, address);
            (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty(address);
        }
    }

    [Theory]
    [InlineData("GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", "404")]
    [InlineData("GET /page.css%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", "40")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400")]
    [InlineData("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", "505")]
    [InlineData("nonsense\r\n\r\n", "400")]
    [InlineData("LONG LINE", "414")]
    [InlineData("LONG HEADER", "431")]
    [InlineData("MANY HEADERS", "431")]
    public async Task Malformed_requests_are_answered_and_harm_nobody(string request, string status)
    {
        string bytes = request switch
        {
            "LONG LINE" => $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "LONG HEADER" => $"GET / HTTP/1.1\r\nHost: localhost\r\nX: {new string('a', 40_000)}\r\n\r\n",
            "MANY HEADERS" =>
                $"GET / HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 100).Select(number => $"X{number}: a\r\n"))}\r\n",
            _ => request,
        };
        using var client = new TcpClient();
        await client.ConnectAsync(running.Address.Host, running.Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(bytes));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        string line = (await reader.ReadLineAsync()).ShouldNotBeNull();
        line.ShouldStartWith("HTTP/1.1 " + status);
        (await _client.GetStringAsync("health/live")).ShouldBe("live\n");
    }

    [Fact]
    public async Task An_address_in_use_is_refused_with_an_exception_that_names_it()
    {
        IOException refused = await Should.ThrowAsync<IOException>(() => StatusServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, running.Address.Port),
            running.Status,
            running.Checks.Service,
            metrics: null,
            NullLoggerFactory.Instance));
        refused.Message.ShouldContain("in use");
    }

    [Fact]
    public async Task A_server_ends_although_pages_look()
    {
        var other = new OtherServer(running);
        using HttpClient client = await other.StartAsync();
        using HttpResponseMessage events = await client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).ShouldBe("retry: 1000");
        await other.DisposeAsync();
        try
        {
            while (await reader.ReadLineAsync() != null)
            {
                // What was on its way still comes.
            }
        }
        catch (IOException)
        {
            // Ended in the middle of a chunk: an end, too.
        }
    }

    private async Task<DaemonSnapshot> SnapshotAsync(Func<DaemonSnapshot, bool> isWanted)
    {
        DaemonSnapshot? found = null;
        await Eventually.HoldsAsync(async () => isWanted(found =
            JsonSerializer.Deserialize(await _client.GetStringAsync("api/snapshot"), StatusJson.Default.DaemonSnapshot)!));
        return found!;
    }

    private async Task<RuleListing> RulesAsync(string query) =>
        JsonSerializer.Deserialize(await _client.GetStringAsync("api/rules?" + query), StatusJson.Default.RuleListing)!;

    private async Task<FlowListing> FlowsAsync(string query, Func<FlowListing, bool> isWanted)
    {
        FlowListing? found = null;
        await Eventually.HoldsAsync(async () => isWanted(found =
            JsonSerializer.Deserialize(await _client.GetStringAsync("api/flows?" + query), StatusJson.Default.FlowListing)!));
        return found!;
    }
}
