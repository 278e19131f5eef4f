using System.Globalization;
using Google.Protobuf;
using UpcallActors.Daemon.Replay;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Daemon.Tests.Telemetry.Otlp;
using UpcallActors.Daemon.Tests.Terminal;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Tests.Telemetry;

/// <summary>What a collector receives from the daemon, a process of its own, while it replays a recording.</summary>
public sealed class OtlpExportTests : IDisposable
{
    private static readonly string[] _stages = ["upcall.receive", "upcall.route", "upcall.translate", "upcall.execute"];

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task A_collector_receives_the_spans_metrics_and_logs_of_a_replay(string protocol)
    {
        await using Collector collector = await Collector.StartAsync(protocol == "grpc");
        (int code, string output, string errors) = await ReplayAsync(
            $$"""
            upcall-actors.telemetry {
              otlp { endpoint = "{{collector.Endpoint}}", protocol = "{{protocol}}", headers = "tenant=blue" }
              otlp { timeout = 60s, flush-timeout = 60s }
              traces { batches = 1, upcalls = 1, upcalls-per-second = 100000 }
              logs.exporter = otlp
            }
            """);

        code.ShouldBe(0, errors);
        output.ShouldNotBeEmpty();
        errors.ShouldNotContain("OpenTelemetry reports problems", customMessage: errors);
        CheckResource(collector.Resource);
        CheckBatches(collector.Spans);
        CheckUpcalls(collector.Spans);
        CheckMetrics(collector);
        collector.Headers.ShouldAllBe(tenant => tenant == "blue");
        collector.LogRecords.Select(record => record.Body.StringValue)
            .ShouldContain(line => line.StartsWith("Drained after", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_without_arguments_tells_a_collector_of_every_batch_and_every_upcall()
    {
        await using Collector collector = await Collector.StartAsync(grpc: true);
        using var daemon = DaemonProcess.Start(
            [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint), ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000")], ["--json"]);
        (int code, string output, string errors) = await daemon.EndAsync();

        code.ShouldBe(0, errors);
        errors.ShouldContain("Telemetry is sent: traces to");
        using var report = System.Text.Json.JsonDocument.Parse(output);
        System.Text.Json.JsonElement[] rows = [.. report.RootElement.GetProperty("recordings").EnumerateArray()];
        rows.Length.ShouldBe(8);
        long upcalls = rows.Sum(row => row.GetProperty("misses").GetInt64() + row.GetProperty("actions").GetInt64());
        collector.Spans.Count(span => span.Name == "upcall").ShouldBe((int)upcalls);
        Span[] batches = [.. collector.Spans.Where(span => span.Name == "upcall.batch")];
        batches.Sum(batch => long.Parse(Attributes(batch.Attributes)["upcall.batch.size"], CultureInfo.InvariantCulture)).ShouldBe(upcalls);
        collector.TotalOf("upcall_actors.upcalls.completed").ShouldBe(upcalls);
        Attributes(collector.Resource.Attributes)["upcall_actors.datapath.name"].ShouldBe("recordings");
    }

    [Fact]
    public async Task The_standard_variables_say_where_to_and_a_file_wins_over_them()
    {
        await using Collector collector = await Collector.StartAsync(grpc: false);
        (string, string)[] variables =
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "tenant=green"),
            ("OTEL_SERVICE_NAME", "from-the-variable"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test,host.name=named"),
            ("OTEL_METRICS_EXPORTER", "none"),
        ];
        (int code, _, string errors) =
            await ReplayAsync("upcall-actors.telemetry { service-name = from-the-file, traces.batches = 1, otlp { timeout = 60s, "
                + "flush-timeout = 60s } }", variables);

        code.ShouldBe(0, errors);
        Dictionary<string, string> resource = Attributes(collector.Resource.Attributes);
        resource["service.name"].ShouldBe("from-the-file");
        resource["deployment.environment.name"].ShouldBe("test");
        resource["host.name"].ShouldBe("named");
        collector.Spans.ShouldContain(span => span.Name == "upcall.batch");
        collector.Headers.ShouldAllBe(tenant => tenant == "green");
        Should.Throw<InvalidOperationException>(() => collector.MetricOf("upcall_actors.executes"));
    }

    [Fact]
    public async Task A_sampler_that_takes_all_gives_every_upcall_a_span()
    {
        await using Collector collector = await Collector.StartAsync(grpc: true);
        (string, string)[] variables =
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000"),
            ("OTEL_TRACES_SAMPLER", "always_on"),
            // What would end the daemon, were it left to the library.
            ("OTEL_BSP_MAX_QUEUE_SIZE", "300"),
            ("OTEL_BSP_SCHEDULE_DELAY", "-5"),
            ("OTEL_LOGS_EXPORTER", "prometheus"),
            ("OTEL_OF_SOMEBODY_ELSE", "1"),
        ];
        (int code, string output, string errors) =
            await ReplayAsync("upcall-actors.telemetry.otlp.flush-timeout = 60s", variables, "--json");

        code.ShouldBe(0, errors);
        using var summary = System.Text.Json.JsonDocument.Parse(output);
        System.Text.Json.JsonElement upcalls = summary.RootElement.GetProperty("upcalls");
        collector.Spans.Count(span => span.Name == "upcall")
            .ShouldBe(upcalls.GetProperty("misses").GetInt32() + upcalls.GetProperty("actions").GetInt32());
        errors.ShouldContain("environment variable OTEL_BSP_MAX_QUEUE_SIZE: a batch cannot be larger than the queue, 300");
        errors.ShouldContain("environment variable OTEL_BSP_SCHEDULE_DELAY: \"-5\" is no whole number from 1 on; it is not used");
        errors.ShouldContain("environment variable OTEL_LOGS_EXPORTER: there is no exporter prometheus; nothing is sent");
        errors.ShouldContain("environment variable OTEL_OF_SOMEBODY_ELSE: it has no meaning here");
    }

    [Fact]
    public async Task A_password_in_a_URL_reaches_the_collector_and_is_shown_nowhere()
    {
        await using Collector collector = await Collector.StartAsync(grpc: false);
        string endpoint = collector.Endpoint.Replace("://", "://user:SECRETPW@", StringComparison.Ordinal);
        (int code, string output, string errors) = await ReplayAsync(
            $$"""
            upcall-actors.telemetry {
              otlp { endpoint = "{{endpoint}}", protocol = "http/protobuf", timeout = 60s, flush-timeout = 60s }
              traces.batches = 1
              logs.level = trace
            }
            """);
        code.ShouldBe(0, errors);
        collector.Spans.ShouldNotBeEmpty();
        collector.Authorizations.ShouldContain("Basic dXNlcjpTRUNSRVRQVw==");
        (output + errors).ShouldNotContain("SECRETPW");
        (output + errors).ShouldNotContain("dXNlcjpTRUNSRVRQVw");
    }

    [Fact]
    public async Task A_collector_that_is_not_there_costs_no_upcall_and_one_line()
    {
        // Port 1 of this machine: nobody listens, and it is not given out.
        (int code, string output, string errors) = await ReplayAsync(
            "upcall-actors.telemetry { otlp.endpoint = \"http://127.0.0.1:1\", metrics.interval = 100ms, traces { batches = 1, upcalls = 1 "
                + "} }", arguments: "--json");

        code.ShouldBe(0, errors);
        output.ShouldContain("\"lost\": 0");
        errors.Split('\n').Count(line => line.Contains("OpenTelemetry reports problems", StringComparison.Ordinal)).ShouldBe(1, errors);
        errors.ShouldContain("127.0.0.1:1");
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_said_of_telemetry()
    {
        (int code, _, string errors) = await ReplayAsync("");
        code.ShouldBe(0, errors);
        errors.ShouldNotContain("elemetry");
    }

    [Fact]
    public async Task Lines_of_the_log_are_JSON_objects_if_wanted()
    {
        (int code, _, string errors) = await ReplayAsync("upcall-actors.telemetry.logs.format = json");
        code.ShouldBe(0, errors);
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldNotBeEmpty();
        foreach (string line in lines)
        {
            using var parsed = System.Text.Json.JsonDocument.Parse(line);
            DateTimeOffset.TryParse(parsed.RootElement.GetProperty("Timestamp").GetString(), CultureInfo.InvariantCulture, out _)
                .ShouldBeTrue();
            parsed.RootElement.GetProperty("LogLevel").GetString().ShouldNotBeEmpty();
            parsed.RootElement.GetProperty("EventId").GetInt32().ShouldBeGreaterThan(0);
            parsed.RootElement.GetProperty("Message").GetString().ShouldNotBeEmpty();
        }
    }

    private static void CheckResource(Resource resource)
    {
        Dictionary<string, string> attributes = Attributes(resource.Attributes);
        attributes["service.name"].ShouldBe("upcall-actors");
        attributes["host.name"].ShouldBe(Environment.MachineName);
        attributes["service.instance.id"].ShouldStartWith(Environment.MachineName + ":");
        attributes["upcall_actors.datapath.name"].ShouldBe("ovs-system");
        attributes["upcall_actors.datapath.type"].ShouldBe("embedded");
        attributes["os.version"].ShouldBe(File.ReadAllText("/proc/sys/kernel/osrelease").Trim());
        attributes["telemetry.sdk.language"].ShouldBe("dotnet");
    }

    private static void CheckBatches(IReadOnlyList<Span> spans)
    {
        Span[] batches = [.. spans.Where(span => span.Name == "upcall.batch")];
        batches.ShouldNotBeEmpty();
        foreach (Span batch in batches)
        {
            batch.ParentSpanId.IsEmpty.ShouldBeTrue();
            Span[] children = [.. spans.Where(span => span.ParentSpanId == batch.SpanId)];
            children.Select(span => span.Name).ShouldBe(_stages, ignoreOrder: true);
            children.ShouldAllBe(span => span.TraceId == batch.TraceId);
            batch.EndTimeUnixNano.ShouldBeGreaterThanOrEqualTo(batch.StartTimeUnixNano);
        }
    }

    private static void CheckUpcalls(IReadOnlyList<Span> spans)
    {
        Dictionary<ByteString, Span> bySpan = spans.ToDictionary(span => span.SpanId);
        Span[] upcalls = [.. spans.Where(span => span.Name == "upcall")];
        upcalls.ShouldNotBeEmpty();
        upcalls.ShouldAllBe(span => span.Links.Any(link => bySpan[link.SpanId].Name == "upcall.batch"));

        // The two reassembled pings: each was linked to the fragment that conntrack held back.
        Span[] reassembled = [.. upcalls.Where(span => Attributes(span.Attributes)["upcall.mru"] == "1500")];
        reassembled.Length.ShouldBe(2);
        foreach (Span upcall in reassembled)
        {
            Dictionary<string, string> attributes = Attributes(upcall.Attributes);
            attributes["upcall.class"].ShouldBe("miss");
            attributes["upcall.in_port"].ShouldBe("3");
            attributes["upcall.recirc_id"].ShouldNotBe("0");
            attributes["upcall.key"].ShouldContain("ct_state(0x2a),ct_zone(0x9)");
            attributes["upcall.megaflow"].ShouldStartWith("recirc_id(");
            attributes["upcall.actions"].ShouldBe("2");
            attributes["upcall.actions.named"].ShouldBe("p0");
            attributes["upcall.in_port.name"].ShouldBe("p1");
            attributes["upcall.bridge"].ShouldBe("br0");
            attributes["upcall.flow"].ShouldBe("put");
            attributes["upcall.tables"].ShouldBe("0");
            attributes["upcall.rules"].ShouldBe("priority=100,ct_state=-new+est+trk,icmp,in_port=2 actions=output:1");
            Link link = upcall.Links.Single(candidate => Attributes(candidate.Attributes)["upcall.link"] == "recirculation");
            Span before = bySpan[link.SpanId];
            before.TraceId.ShouldBe(link.TraceId);
            Attributes(before.Attributes)["upcall.actions"].ShouldContain("ct(");
            Attributes(before.Attributes)["upcall.actions"]
                .ShouldEndWith($"recirc(0x{long.Parse(attributes["upcall.recirc_id"], CultureInfo.InvariantCulture):x})");
        }
    }

    private static void CheckMetrics(Collector collector)
    {
        Metric withMru = collector.MetricOf("upcall_actors.upcalls.with_mru");
        withMru.Unit.ShouldBe("{upcall}");
        withMru.Description.ShouldNotBeEmpty();
        withMru.Sum.IsMonotonic.ShouldBeTrue();
        withMru.Sum.DataPoints.Sum(point => point.AsInt).ShouldBe(2);
        Metric duration = collector.MetricOf("upcall_actors.batch.duration");
        duration.Unit.ShouldBe("s");
        duration.Histogram.DataPoints[0].ExplicitBounds.ShouldBe(LatencyBounds.Seconds);
        duration.Histogram.DataPoints.Sum(point => (long)point.Count).ShouldBe(collector.Spans.Count(span => span.Name == "upcall.batch"));
        collector.MetricOf("upcall_actors.upcalls.received").Sum.DataPoints
            .ShouldContain(point => Attributes(point.Attributes)["class"] == "miss" && point.AsInt > 0);
        IEnumerable<Dictionary<string, string>> ports =
            collector.MetricOf("upcall_actors.upcalls.by_port").Sum.DataPoints.Select(point => Attributes(point.Attributes));
        ports.Where(port => port["in_port"] != "other").Select(port => (port["in_port"], port["in_port.name"], port["bridge"]))
            .ShouldBe([("2", "p0", "br0"), ("3", "p1", "br0")], ignoreOrder: true);
        collector.MetricOf("upcall_actors.upcalls.lost").Sum.DataPoints.ShouldAllBe(point => point.AsInt == 0);
    }

    private static Dictionary<string, string> Attributes(IEnumerable<KeyValue> attributes) =>
        attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value.ValueCase switch
    {
        AnyValue.ValueOneofCase.IntValue => attribute.Value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.BoolValue => attribute.Value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.ArrayValue =>
            string.Join('\n', attribute.Value.ArrayValue.Values.Select(value => value.ValueCase == AnyValue.ValueOneofCase.IntValue
                ? value.IntValue.ToString(CultureInfo.InvariantCulture)
                : value.StringValue)),
        _ => attribute.Value.StringValue,
    });

    private async Task<(int Code, string Output, string Errors)> ReplayAsync(string configuration, (string, string)[]? variables = null,
        params string[] arguments)
    {
        string file = _folder.Write("telemetry.conf", configuration);
        string recording = Path.Combine(Recording.Folder, "linux-6.1", "ipv4-fragmentation.conf");
        using var daemon = DaemonProcess.Start(variables ?? [], ["run", "--config", recording, "--config", file, .. arguments]);
        return await daemon.EndAsync();
    }
}
