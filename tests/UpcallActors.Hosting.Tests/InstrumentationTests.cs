using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using UpcallActors.Pipeline;

namespace UpcallActors.Hosting.Tests;

/// <summary>What OpenTelemetry gets when it was told of the pipeline.</summary>
public sealed class InstrumentationTests
{
    [Fact]
    public async Task Spans_and_metrics_of_the_pipeline_reach_the_providers()
    {
        var spans = new List<Activity>();
        var metrics = new List<Metric>();
        using TracerProvider tracer = Sdk.CreateTracerProviderBuilder().AddUpcallActorsInstrumentation().AddInMemoryExporter(spans).Build();
        using MeterProvider meter = Sdk.CreateMeterProviderBuilder().AddUpcallActorsInstrumentation().AddInMemoryExporter(metrics).Build();
        await using (var hosted = new HostedDatapath())
        {
            await hosted.StartAsync(options =>
            {
                options.UseDatapath(_ => hosted.Datapath).UseTranslators(SimpleTranslators.Normal);
                options.Pipeline = new UpcallPipelineSettings { Tracing = new TraceSampling { Batches = 1 } };
            });
            hosted.Send(1, source: 1, destination: 2);
            await hosted.IdleAsync();
            meter.ForceFlush();
            await hosted.Host.StopAsync();
        }

        tracer.ForceFlush();
        spans.Select(span => span.OperationName).ShouldContain("upcall.translate");
        metrics.Select(metric => metric.Name).ShouldContain("upcall_actors.upcalls.received");
        Metric latency = metrics.First(metric => metric.Name == "upcall_actors.batch.duration");
        Bounds(latency).ShouldContain(0.001);
    }

    private static List<double> Bounds(Metric histogram)
    {
        var bounds = new List<double>();
        foreach (ref readonly MetricPoint point in histogram.GetMetricPoints())
        {
            foreach (HistogramBucket bucket in point.GetHistogramBuckets())
                bounds.Add(bucket.ExplicitBound);
        }

        return bounds;
    }
}
