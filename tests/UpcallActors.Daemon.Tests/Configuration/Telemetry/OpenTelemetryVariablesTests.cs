using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Telemetry;
using UpcallActors.Daemon.Telemetry;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Tests.Configuration.Telemetry;

/// <summary>
/// OpenTelemetry's environment variables, one by one: none keeps the daemon from starting, and none is passed over without a word.
/// </summary>
public sealed class OpenTelemetryVariablesTests : IDisposable
{
    private static readonly string[] _signals = ["", "TRACES_", "METRICS_", "LOGS_"];
    private static readonly string[] _ofExporters =
        ["ENDPOINT", "INSECURE", "CERTIFICATE", "CLIENT_KEY", "CLIENT_CERTIFICATE", "HEADERS", "COMPRESSION", "TIMEOUT", "PROTOCOL"];
    private static readonly string[] _values =
    [
        "", " ", "garbage", "-1", "0", "1", "0.5", "1e-20", "50", "30000", "2147483647", "2147483648", "99999999999999999999", "true",
            "FALSE", "otlp", "OTLP,console", "console", "none", "prometheus",
        "jaeger,zipkin", "always_on", "always_off", "traceidratio", "parentbased_jaeger_remote", "grpc", "GRPC", "http/json",
            "http/protobuf", "gzip", "collector:4317", "127.0.0.1:4317",
        "http://user:SECRETPW@127.0.0.1:4317", "ftp://host", "http://", "a=b,c=d", "a=b,,", "=", "/nowhere/file", "/dev/zero", "delta",
            "lowmemory", "base2_exponential_bucket_histogram", "trace_based", "\u0001\u00e4",
    ];

    private readonly ConfigurationFolder _folder = new();

    /// <summary>As the specification lists them.</summary>
    public static TheoryData<string> Names =>
    [
        "OTEL_SDK_DISABLED", "OTEL_ENTITIES", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME", "OTEL_LOG_LEVEL", "OTEL_PROPAGATORS",
            "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG",
        "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "OTEL_BLRP_SCHEDULE_DELAY", "OTEL_BLRP_EXPORT_TIMEOUT", "OTEL_BLRP_MAX_QUEUE_SIZE", "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_EVENT_COUNT_LIMIT",
        "OTEL_SPAN_LINK_COUNT_LIMIT", "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT",
        .. from signal in _signals from name in _ofExporters select $"OTEL_EXPORTER_OTLP_{signal}{name}",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            "OTEL_EXPORTER_ZIPKIN_ENDPOINT", "OTEL_EXPORTER_ZIPKIN_TIMEOUT",
        "OTEL_EXPORTER_PROMETHEUS_HOST", "OTEL_EXPORTER_PROMETHEUS_PORT", "OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER",
            "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXEMPLAR_FILTER",
        "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT", "OTEL_CONFIG_FILE", "OTEL_EXPERIMENTAL_CONFIG_FILE",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_value_keeps_the_daemon_from_starting_and_none_is_passed_over_without_a_word(string name)
    {
        foreach (string value in _values)
        {
            ConfigurationSource source = Source("", (name, value));
            (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.Read(source);
            problems.ShouldBeEmpty(value);
            bool isThere = !string.IsNullOrWhiteSpace(value);
            bool isNoted = source.Notes.Any(note => note.File == $"environment variable {name}");
            bool isUsed = source.Library.ContainsKey(name)
                || EffectiveValue.List(source).Any(held => held.Value.Variable?.Split('.')[0] == name);
            // One that says "as it is anyhow" has nothing to change.
            bool isIdle = name.EndsWith("INSECURE", StringComparison.Ordinal) ? bool.TryParse(value, out _) : name == "OTEL_SDK_DISABLED"
                && value == "FALSE";
            (isNoted || isUsed || isIdle).ShouldBe(isThere, $"{name}={value}");
            source.Notes.ShouldNotContain(note => note.Message.Contains("SECRETPW", StringComparison.Ordinal));

            // What is taken is taken by the library, too.
            TelemetryOptions telemetry = options!.Telemetry with { FlushTimeout = TimeSpan.FromMilliseconds(1) };
            var target = new OtlpTarget(
                new Uri("http://127.0.0.1:1"), OtlpProtocol.Grpc, null, TimeSpan.FromMilliseconds(1), IsCompressed: false);
            if (!source.Library.ContainsKey(name))
                continue;
            using var loggers = new LoggerFactory();
            await using DaemonTelemetry? sending = DaemonTelemetry.Start(
                telemetry with { Traces = target, Metrics = target, Logs = target }, new TelemetrySubject("dp", "embedded"),
                    isScraped: true, saysProblems: false, loggers, NullLogger.Instance);
            // A certificate that is none of the library's taste is no reason to stand still, but to say so.
            if (!value.StartsWith('/'))
                sending.ShouldNotBeNull($"{name}={value}");
        }
    }

    [Theory]
    [InlineData("always_on", 1, 1_000_000)]
    [InlineData("ALWAYS_ON", 1, 1_000_000)]
    [InlineData("parentbased_always_on", 1, 1_000_000)]
    [InlineData("always_off", 0, 0)]
    [InlineData("parentbased_always_off", 0, 0)]
    [InlineData("traceidratio", 0.25, 100)]
    [InlineData("parentbased_traceidratio", 0.25, 100)]
    [InlineData("xray", 0.01, 100)]
    public void A_sampler_stands_for_what_is_traced(string sampler, double share, int most)
    {
        TraceSampling sampling = Read("", ("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", "0.25")).Sampling;
        sampling.Batches.ShouldBe(share);
        sampling.Upcalls.ShouldBe(share);
        sampling.UpcallsPerSecond.ShouldBe(most);
    }

    [Fact]
    public void What_a_file_says_of_sampling_wins_key_by_key()
    {
        TraceSampling sampling = Read("traces { upcalls = 0.5, upcalls-per-second = 7 }", ("OTEL_TRACES_SAMPLER", "always_on")).Sampling;
        sampling.ShouldBe(new TraceSampling { Batches = 1, Upcalls = 0.5, UpcallsPerSecond = 7 });
    }

    [Fact]
    public void What_a_file_says_of_all_signals_wins_over_a_variable_of_one()
    {
        TelemetryOptions options = Read(
            "otlp { endpoint = \"http://file:1\", protocol = \"http/protobuf\" }",
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://variable:2"), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
                ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2000"));
        options.Traces.ShouldBe(
            new OtlpTarget(new Uri("http://file:1/v1/traces"), OtlpProtocol.HttpProtobuf, null, TimeSpan.FromSeconds(2),
            IsCompressed: false));
    }

    [Fact]
    public void Without_a_file_a_variable_of_one_signal_wins_over_that_of_all()
    {
        TelemetryOptions options = Read(
            "",
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:1"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=b"),
                ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://metrics:2/as/it/stands"), ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "c=d"),
                ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf"));
        options.Traces.ShouldBe(
            new OtlpTarget(new Uri("http://all:1"), OtlpProtocol.Grpc, "a=b", TimeSpan.FromSeconds(10), IsCompressed: true));
        options.Metrics.ShouldBe(
            new OtlpTarget(new Uri("http://metrics:2/as/it/stands"), OtlpProtocol.HttpProtobuf, "c=d", TimeSpan.FromSeconds(10),
            IsCompressed: true));
    }

    [Theory]
    [InlineData("true", "http://collector:4317/")]
    [InlineData("", "https://collector:4317/")]
    public void An_endpoint_without_a_scheme_is_as_the_specification_has_it_for_gRPC(string insecure, string expected) =>
        Read("", ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"), ("OTEL_EXPORTER_OTLP_INSECURE", insecure)).Traces!.Endpoint.ToString()
            .ShouldBe(expected);

    [Fact]
    public void A_disabled_SDK_sends_nothing_unless_a_file_says_so()
    {
        (string, string)[] variables =
            [("OTEL_SDK_DISABLED", "true"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:1"), ("OTEL_LOGS_EXPORTER", "otlp")];
        Read("", variables).Exports.ShouldBeFalse();
        Read("traces.exporter = otlp", variables).Traces.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("console", false, "there is no exporter console; nothing is sent")]
    [InlineData("otlp, Console", true, "there is no exporter console; only otlp is used")]
    [InlineData("prometheus", false, "there is no exporter prometheus; nothing is sent")]
    [InlineData("gibberish", true, "\"gibberish\" is not otlp or none; it is not used")]
    public void An_exporter_that_there_is_not_is_named(string value, bool isSent, string note)
    {
        ConfigurationSource source = Source("", ("OTEL_TRACES_EXPORTER", value), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:1"));
        (DaemonOptionsReader.Read(source).Options!.Telemetry.Traces != null).ShouldBe(isSent);
        source.Notes.ShouldHaveSingleItem().Message.ShouldBe(note);
    }

    [Fact]
    public void Metrics_that_Prometheus_fetches_need_no_word()
    {
        ConfigurationSource source = Source("", ("OTEL_METRICS_EXPORTER", "prometheus"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:1"));
        DaemonOptionsReader.Read(source).Options!.Telemetry.Metrics.ShouldBeNull();
        source.Notes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("OTEL_BSP_MAX_QUEUE_SIZE", "100", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "100")]
    [InlineData("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "5000", "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "2048")]
    public void A_batch_fits_into_its_queue(string name, string value, string fitted, string size)
    {
        ConfigurationSource source = Source("", (name, value));
        source.Library[fitted].ShouldBe(size);
        source.Notes.ShouldHaveSingleItem().Message.ShouldBe($"a batch cannot be larger than the queue, {size}");
    }

    [Fact]
    public void A_user_and_a_password_in_a_URL_become_a_header_and_are_nowhere_else()
    {
        ConfigurationSource source = Source("otlp { endpoint = \"http://user:p%40ss@host:4317\", headers = \"tenant=green\" }");
        OtlpTarget target = DaemonOptionsReader.Read(source).Options!.Telemetry.Traces!;
        target.Endpoint.ShouldBe(new Uri("http://host:4317"));
        target.Headers.ShouldBe("tenant=green,authorization=Basic%20dXNlcjpwQHNz");
        EffectiveValue.List(source).Single(value => value.Key == "upcall-actors.telemetry.otlp.endpoint")
            .Text.ShouldBe("\"http://(secret)@host:4317\"");
        EffectiveValue.List(source).Single(value => value.Key == "upcall-actors.telemetry.otlp.headers").Text.ShouldBe("\"(secret)\"");
    }

    [Fact]
    public void What_a_secret_is_put_together_from_is_one_too()
    {
        ConfigurationSource source =
            Source("traces.headers = \"authorization=Bearer \"${define.token}", above: "define { token = abc123, other = abc999 }\n");
        IReadOnlyList<EffectiveValue> values = EffectiveValue.List(source);
        values.Single(value => value.Key == "define.token").Text.ShouldBe("\"(secret)\"");
        values.Single(value => value.Key == "define.other").Text.ShouldBe("abc999");
        values.Single(value => value.Key == "upcall-actors.telemetry.traces.headers").Text.ShouldBe("\"(secret)\"");
    }

    private TelemetryOptions Read(string telemetry, params (string Name, string Value)[] variables)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.Read(Source(telemetry, variables));
        problems.ShouldBeEmpty();
        return options!.Telemetry;
    }

    private ConfigurationSource Source(string telemetry, params (string Name, string Value)[] variables) =>
        Source(telemetry, "", variables);

    private ConfigurationSource Source(string telemetry, string above, params (string Name, string Value)[] variables)
    {
        var byName = variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);
        string file = _folder.Write("a.conf", $"{above}{DaemonOptionsTests.Good}\nupcall-actors.telemetry {{ {telemetry} }}\n");
        return ConfigurationSource.Read([file], byName.GetValueOrDefault);
    }
}
