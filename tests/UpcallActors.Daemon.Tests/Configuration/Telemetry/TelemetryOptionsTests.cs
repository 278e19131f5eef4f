using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Telemetry;

namespace UpcallActors.Daemon.Tests.Configuration.Telemetry;

/// <summary>The block telemetry, read well and refused.</summary>
public sealed class TelemetryOptionsTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void By_default_nothing_is_sent()
    {
        TelemetryOptions options = Read("");
        options.Exports.ShouldBeFalse();
        options.JsonLogs.ShouldBeFalse();
        options.Sampling.ShouldBe(new Pipeline.TraceSampling());
        options.FlushTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        options.MetricsInterval.ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Every_key_reaches_its_option()
    {
        TelemetryOptions options = Read("""
            service-name = mine
            otlp { endpoint = "http://collector:4318/base/", protocol = "http/protobuf", headers = "a=b,c=d", timeout = 3s,
                flush-timeout = 1s, compression = gzip }
            traces { batches = 1, upcalls = 0, slower-than = 0s, upcalls-per-second = 5 }
            metrics { interval = 5s, endpoint = "https://elsewhere/in", protocol = grpc, headers = "e=f" }
            logs { format = json, exporter = otlp, timeout = 4s, compression = none }
            """);
        options.ServiceName.ShouldBe("mine");
        options.FlushTimeout.ShouldBe(TimeSpan.FromSeconds(1));
        options.Traces.ShouldBe(
            new OtlpTarget(new Uri("http://collector:4318/base/v1/traces"), OtlpProtocol.HttpProtobuf, "a=b,c=d", TimeSpan.FromSeconds(3),
            IsCompressed: true));
        options.Metrics.ShouldBe(
            new OtlpTarget(new Uri("https://elsewhere/in"), OtlpProtocol.Grpc, "e=f", TimeSpan.FromSeconds(3), IsCompressed: true));
        options.Logs.ShouldBe(
            new OtlpTarget(new Uri("http://collector:4318/base/v1/logs"), OtlpProtocol.HttpProtobuf, "a=b,c=d", TimeSpan.FromSeconds(4),
            IsCompressed: false));
        options.Sampling.ShouldBe(new Pipeline.TraceSampling
        {
            Batches = 1,
            Upcalls = 0,
            SlowerThan = TimeSpan.Zero,
            UpcallsPerSecond = 5,
        });
        options.MetricsInterval.ShouldBe(TimeSpan.FromSeconds(5));
        options.JsonLogs.ShouldBeTrue();
    }

    [Fact]
    public void With_gRPC_an_endpoint_is_taken_as_it_stands_and_signals_can_be_left_out()
    {
        TelemetryOptions options = Read("otlp.endpoint = \"http://127.0.0.1:4317\"\nmetrics.exporter = none");
        options.Traces.ShouldNotBeNull().Endpoint.ShouldBe(new Uri("http://127.0.0.1:4317"));
        options.Metrics.ShouldBeNull();
        options.Logs.ShouldBeNull();
        Read("otlp.endpoint = \"http://127.0.0.1:4317\"\notlp.endpoint = off").Exports.ShouldBeFalse();
    }

    [Theory]
    [InlineData("otlp.endpoint = \"127.0.0.1:4317\"",
        "endpoint must be a URL such as http://127.0.0.1:4317, or off, not \"127.0.0.1:4317\"")]
    [InlineData("otlp.endpoint = \"file:///etc/passwd\"", "endpoint must be a URL")]
    [InlineData("otlp.protocol = json", "protocol must be grpc or http/protobuf, not \"json\"")]
    [InlineData("otlp.headers = \"secret\"", "headers must be name=value,name=value")]
    [InlineData("otlp.timeout = 1h", "timeout must be from 100ms to 1m, not 1h")]
    [InlineData("traces.batches = 1.5", "batches must be a number from 0 to 1, not \"1.5\"")]
    [InlineData("traces.upcalls = -1", "upcalls must be a number from 0 to 1")]
    [InlineData("traces.upcalls-per-second = x", "upcalls-per-second must be a whole number")]
    [InlineData("metrics.exporter = jaeger", "exporter must be otlp or none or prometheus, not \"jaeger\"")]
    [InlineData("traces.exporter = prometheus", "exporter must be otlp or none, not \"prometheus\"")]
    [InlineData("logs.exporter = prometheus", "exporter must be otlp or none, not \"prometheus\"")]
    [InlineData("otlp.compression = lz4", "compression must be none or gzip, not \"lz4\"")]
    [InlineData("logs.format = xml", "format must be text or json, not \"xml\"")]
    [InlineData("trace.batches = 1", "unknown key trace in telemetry; did you mean traces?")]
    [InlineData("otlp.endpiont = off", "unknown key endpiont in otlp; did you mean endpoint?")]
    public void What_is_wrong_is_said(string text, string problem)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) =
            _folder.Read(DaemonOptionsTests.Good, $"upcall-actors.telemetry {{\n{text}\n}}");
        options.ShouldBeNull();
        problems.ShouldHaveSingleItem().Message.ShouldStartWith(problem);
        problems[0].Message.ShouldNotContain("secret");
    }

    private TelemetryOptions Read(string text)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) =
            _folder.Read(DaemonOptionsTests.Good, $"upcall-actors.telemetry {{\n{text}\n}}");
        problems.ShouldBeEmpty();
        return options!.Telemetry;
    }
}
