using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using UpcallActors.Odp;
using UpcallActors.Pipeline;

namespace UpcallActors.Hosting.Tests;

/// <summary>What the host's health checks say of upcalls.</summary>
public sealed class HealthCheckTests
{
    [Fact]
    public async Task A_host_that_answers_upcalls_is_ready()
    {
        await using var hosted = new HostedDatapath();
        await hosted.StartAsync();

        HealthReportEntry entry = await CheckAsync(hosted);

        entry.Status.ShouldBe(HealthStatus.Healthy, entry.Description);
        entry.Tags.ShouldContain("ready");
        entry.Data["handlers"].ShouldBe(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task It_is_not_ready_while_a_handler_hangs_and_is_again_afterwards(int handlers)
    {
        using var gate = new ManualResetEventSlim();
        await using var hosted = new HostedDatapath(new Embedded.EmbeddedDatapathOptions { HandlerCount = handlers });
        await hosted.StartAsync(options =>
        {
            options.UseDatapath(_ => hosted.Datapath).UseTranslators((_, _, _) => new SimpleTranslators(() =>
            {
                gate.Wait();
                return default;
            }));
            options.Pipeline = new UpcallPipelineSettings { Revalidation = null };
            options.Health = new UpcallHealthOptions { Patience = TimeSpan.FromMilliseconds(300) };
        });
        try
        {
            await Eventually.HoldsAsync(async () => (await CheckAsync(hosted)).Status == HealthStatus.Healthy);
            hosted.Send(1, source: 1, destination: 2);

            HealthReportEntry entry = default;
            await Eventually.HoldsAsync(async () => (entry = await CheckAsync(hosted)).Status == HealthStatus.Unhealthy);
            int hung = ((IReadOnlyList<int>)entry.Data["silent-handlers"]).ShouldHaveSingleItem();
            entry.Description.ShouldBe($"handler {hung} does not answer");
            hosted.Host.Services.GetRequiredService<ActorSystem>().WhenTerminated.IsCompleted.ShouldBeFalse();
        }
        finally
        {
            gate.Set();
        }

        await Eventually.HoldsAsync(async () => (await CheckAsync(hosted)).Status == HealthStatus.Healthy);
    }

    [Theory]
    [InlineData(HealthStatus.Unhealthy)]
    [InlineData(HealthStatus.Degraded)]
    [InlineData(HealthStatus.Healthy)]
    public async Task A_port_that_goes_is_named_and_is_as_bad_as_the_options_say(HealthStatus status)
    {
        await using var hosted = new HostedDatapath();
        using ScriptedPorts ports = Ports();
        await hosted.StartAsync(options =>
        {
            options.UseDatapath(_ => hosted.Datapath, _ => ports).AddBridge("br0", bridge => bridge.AddPort(1, "p1").AddPort(2, "p2"));
            options.Health = new UpcallHealthOptions { MissingPorts = status };
        });
        (await CheckAsync(hosted)).Status.ShouldBe(HealthStatus.Healthy);

        ports.RemoveDevice("p2");

        HealthReportEntry entry = default;
        await Eventually.HoldsAsync(async () => (entry = await CheckAsync(hosted)).Description is not null);
        entry.Status.ShouldBe(status);
        entry.Description.ShouldBe("port p2 does not answer: there is no such device");
        ports.SetDevice("p2", mtu: 1500);
        await Eventually.HoldsAsync(async () => (entry = await CheckAsync(hosted)).Description is null);
        entry.Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Of_several_datapaths_the_one_that_is_ill_is_named()
    {
        using var ports = Ports();
        await using var hosted = new HostedDatapath();
        using var other = new Embedded.EmbeddedDatapath(new Embedded.EmbeddedDatapathOptions { Name = "dp2" });
        await hosted.StartAsync(
            options => options.UseDatapath(_ => hosted.Datapath).UseTranslators(SimpleTranslators.Normal),
            options => options.UseDatapath(_ => other, _ => ports).AddBridge("br0", bridge => bridge.AddPort(1, "p1")));
        HealthReportEntry entry = await CheckAsync(hosted);
        entry.Status.ShouldBe(HealthStatus.Healthy, entry.Description);
        entry.Data["dp2/handlers"].ShouldBe(1);

        ports.RemoveDevice("p1");

        await Eventually.HoldsAsync(async () => (entry = await CheckAsync(hosted)).Status == HealthStatus.Unhealthy);
        entry.Description.ShouldBe("dp2: port p1 does not answer: there is no such device");
    }

    [Fact]
    public async Task A_datapath_that_does_not_answer_is_asked_by_one_thread_however_often_somebody_asks()
    {
        using var gate = new ManualResetEventSlim();
        await using var hosted = new HostedDatapath();
        using var ports = new HangingPorts(Ports(), gate);
        await hosted.StartAsync(options =>
        {
            options.UseDatapath(_ => hosted.Datapath, _ => ports).AddBridge("br0", bridge => bridge.AddPort(1, "p1").AddPort(2, "p2"));
            options.Health = new UpcallHealthOptions { Patience = TimeSpan.FromMilliseconds(300) };
        });
        try
        {
            ports.Hang();
            for (int i = 0; i < 3; i++)
            {
                HealthReportEntry entry = await CheckAsync(hosted);
                entry.Status.ShouldBe(HealthStatus.Unhealthy);
                entry.Description.ShouldNotBeNull().ShouldContain("does not answer when it is asked for its ports");
            }

            ports.Waiting.ShouldBe(1);
        }
        finally
        {
            gate.Set();
        }

        await Eventually.HoldsAsync(async () => (await CheckAsync(hosted)).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task It_is_not_ready_once_it_has_drained()
    {
        await using var hosted = new HostedDatapath();
        await hosted.StartAsync();
        UpcallPipeline pipeline = hosted.Running.Pipeline;
        var health = new UpcallHealth(hosted.Datapath, ports: null, pipeline);
        (await health.CheckAsync()).Status.ShouldBe(HealthStatus.Healthy);
        health.Problem.ShouldBeNull();
        health.Drain();
        health.Problem.ShouldNotBeNull().ShouldStartWith("draining");

        await hosted.Host.StopAsync();

        HealthCheckResult ended = await new UpcallHealth(hosted.Datapath, ports: null, pipeline).CheckAsync();
        ended.Status.ShouldBe(HealthStatus.Unhealthy);
        ended.Description.ShouldBe("the pipeline has ended");
    }

    [Fact]
    public async Task It_is_not_ready_while_the_datapath_sends_its_upcalls_elsewhere()
    {
        await using var hosted = new HostedDatapath();
        var diverted = new DivertibleDatapath(hosted.Datapath);
        await hosted.StartAsync(options => options.UseDatapath(_ => diverted).UseTranslators(SimpleTranslators.Normal));
        (await CheckAsync(hosted)).Status.ShouldBe(HealthStatus.Healthy);

        diverted.IsDiverted = true;

        HealthReportEntry entry = await CheckAsync(hosted);
        entry.Status.ShouldBe(HealthStatus.Unhealthy);
        entry.Description.ShouldNotBeNull().ShouldContain("does not send upcalls to the handlers");
        diverted.IsDiverted = false;
        (await CheckAsync(hosted)).Status.ShouldBe(HealthStatus.Healthy);
    }

    private static async Task<HealthReportEntry> CheckAsync(HostedDatapath hosted)
    {
        HealthReport report = await hosted.Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(
            check => check.Tags.Contains("ready"));
        return report.Entries["upcall-actors"];
    }

    private static ScriptedPorts Ports()
    {
        var ports = new ScriptedPorts();
        foreach (string port in (string[])["p1", "p2"])
        {
            ports.Add(new PortRequest(port, PortKind.System));
            ports.SetDevice(port, mtu: 1500);
        }

        return ports;
    }

    /// <summary>Its upcalls may go elsewhere, as those of a kernel's datapath whose port ids another process has set.</summary>
    private sealed class DivertibleDatapath(IDatapath inner) : DatapathDecorator(inner)
    {
        public bool IsDiverted { get; set; }

        public override bool SendsUpcallsHere() => !IsDiverted && base.SendsUpcallsHere();
    }

    /// <summary>Ports whose list may not come.</summary>
    private sealed class HangingPorts(ScriptedPorts inner, ManualResetEventSlim gate) : IDatapathPorts
    {
        private volatile bool _hangs;
        private int _waiting;

        public event EventHandler? Changed
        {
            add => inner.Changed += value;
            remove => inner.Changed -= value;
        }

        public int Waiting => Volatile.Read(ref _waiting);

        public void Hang() => _hangs = true;

        public DatapathPort Add(PortRequest request, uint? number = null) => inner.Add(request, number);

        public void Watch(IReadOnlySet<string> devices) => inner.Watch(devices);

        public bool Remove(string name) => inner.Remove(name);

        public void Set(string name, DeviceSettings settings) => inner.Set(name, settings);

        public IReadOnlyList<DatapathPort> List()
        {
            if (_hangs)
            {
                Interlocked.Increment(ref _waiting);
                gate.Wait();
            }

            return inner.List();
        }

        public void Dispose() => inner.Dispose();
    }
}
