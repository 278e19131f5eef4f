using UpcallActors.Daemon.Status;
using UpcallActors.Daemon.Tests.Control;

namespace UpcallActors.Daemon.Tests.Status;

/// <summary>When a daemon is ready, and why not.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task It_is_ready_from_the_pipelines_start_until_it_drains()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        await daemon.Pipeline.Started;
        var readiness = new Readiness(daemon.Datapath, daemon.Pipeline);
        readiness.Problem().ShouldBeNull();
        readiness.Drain();
        readiness.Problem().ShouldNotBeNull().ShouldStartWith("draining");
    }

    [Fact]
    public async Task It_is_not_ready_when_the_pipeline_has_ended()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        await daemon.Pipeline.StopAsync();
        new Readiness(daemon.Datapath, daemon.Pipeline).Problem().ShouldBe("the pipeline has ended");
    }
}
