using System.Text;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Hosting.Tests;

/// <summary>Options out of appsettings.json.</summary>
public sealed class ConfigurationBindingTests
{
    [Fact]
    public async Task A_switch_out_of_a_configuration_switches()
    {
        await using var hosted = new HostedDatapath();
        using var ports = new ScriptedPorts();
        foreach (string port in (string[])["p1", "p2", "p3"])
        {
            ports.Add(new PortRequest(port, PortKind.System));
            ports.SetDevice(port, mtu: 1500);
        }

        await hosted.StartAsync(options => options
            .UseDatapath(_ => hosted.Datapath, _ => ports)
            .Bind(Section("""
                { "Bridges": { "br0": {
                    "Ports": { "p1": { "Number": 10 }, "p2": { "Number": 20, "Tag": 7 }, "p3": { "Number": 30, "Trunks": [ 1, 2 ] } },
                    "Flows": [ "in_port=p1,actions=p3", "in_port=p2,actions=drop" ] } } }
                """)));
        hosted.Send(1, source: 1, destination: 2);

        await Eventually.HoldsAsync(() => hosted.SentOn(3) == 1);
        hosted.SentOn(2).ShouldBe(0);
        Bridge bridge = ((OpenFlowTranslatorFactory)hosted.Running.Translators).Bridges.Single();
        bridge.FailMode.ShouldBe(FailMode.Secure);
        bridge.TryGetPort(20, out BridgePort? access).ShouldBeTrue();
        (access!.VlanMode, access.Vlan).ShouldBe((VlanMode.Access, (ushort)7));
        bridge.TryGetPort(30, out BridgePort? trunk).ShouldBeTrue();
        trunk!.Trunks.ShouldBe([(ushort)1, (ushort)2]);
    }

    [Fact]
    public void Every_setting_of_the_pipeline_and_of_health_can_be_configured()
    {
        UpcallActorsOptions options = new UpcallActorsOptions().Bind(Section("""
            {
              "Datapath": { "Type": "Embedded", "Name": "dp1", "Handlers": 2, "FlowLimit": 1000 },
              "Pipeline": {
                "BatchSize": 16, "BatchesPerLane": 8, "PortShare": 0.25,
                "RestartLimit": 3, "RestartWindow": "00:00:05", "TranslatorFailureLimit": 7,
                "Tracing": { "Batches": 1, "Upcalls": 0.5, "SlowerThan": "00:00:00.0005", "UpcallsPerSecond": 9 },
                "Revalidation": { "Revalidators": 2, "FlowLimit": 500, "MaxIdle": "00:00:30",
                  "MaxRevalidator": "00:00:01", "MinRevalidatePps": 6, "Megaflows": false }
              },
              "Health": { "Patience": "00:00:03", "MissingPorts": "degraded" }
            }
            """));

        options.Pipeline.ShouldBe(options.Pipeline with
        {
            BatchSize = 16,
            BatchesPerLane = 8,
            PortShare = 0.25,
            RestartLimit = 3,
            RestartWindow = TimeSpan.FromSeconds(5),
            TranslatorFailureLimit = 7,
            Tracing = new() { Batches = 1, Upcalls = 0.5, SlowerThan = TimeSpan.FromMicroseconds(500), UpcallsPerSecond = 9 },
            Revalidation = new()
            {
                Revalidators = 2,
                FlowLimit = 500,
                MaxIdle = TimeSpan.FromSeconds(30),
                MaxRevalidator = TimeSpan.FromSeconds(1),
                MinRevalidatePps = 6,
                Megaflows = false,
            },
        });
        options.Health.Patience.ShouldBe(TimeSpan.FromSeconds(3));
        options.Health.MissingPorts.ToString().ShouldBe("Degraded");
        new UpcallActorsOptions().Bind(
            Section("""{ "Pipeline": { "Revalidation": { "Enabled": false } } }""")).Pipeline.Revalidation.ShouldBeNull();
    }

    public static TheoryData<string, string> Wrong => new()
    {
        {
            """{ "Pipelines": {} , "Pipelines:x": 1 }""",
            "UpcallActors:Pipelines is not known; known here are Bridges, Datapath, Health, Pipeline, Ports"
        },
        { """{ "Pipeline": { "BatchSise": 4 } }""", "UpcallActors:Pipeline:BatchSise is not known" },
        { """{ "Pipeline": { "BatchSize": 65 } }""", "UpcallActors:Pipeline:BatchSize must be a number from 1 to 64, not \"65\"" },
        { """{ "Pipeline": { "BatchSize": [ 1 ] } }""", "UpcallActors:Pipeline:BatchSize must be one value" },
        { """{ "Pipeline": { "PortShare": 0 } }""", "UpcallActors:Pipeline:PortShare must be above 0" },
        {
            """{ "Pipeline": { "Tracing": { "Batches": "NaN" } } }""",
            "UpcallActors:Pipeline:Tracing:Batches must be a number from 0 to 1, not \"NaN\""
        },
        { """{ "Pipeline": { "RestartWindow": "10s" } }""", "UpcallActors:Pipeline:RestartWindow must be a time of at least" },
        {
            """{ "Pipeline": { "Revalidation": { "Enabled": "perhaps" } } }""",
            "UpcallActors:Pipeline:Revalidation:Enabled must be true or false"
        },
        { """{ "Datapath": { "Name": "ovs-system" } }""", "UpcallActors:Datapath:Type must be kernel or embedded" },
        { """{ "Datapath": { "Type": "userspace" } }""", "UpcallActors:Datapath:Type must be kernel or embedded, not \"userspace\"" },
        { """{ "Datapath": { "Type": "embedded", "TakeOver": true } }""", "UpcallActors:Datapath:TakeOver is not known" },
        { """{ "Health": { "MissingPorts": "bad" } }""", "UpcallActors:Health:MissingPorts must be unhealthy or degraded or healthy" },
        {
            """{ "Bridges": { "br0": { "Ports": { "eth1": {} , "eth1:Type": "system" } } } }""",
            "UpcallActors:Bridges:br0:Ports:eth1:Number is needed"
        },
        {
            """{ "Bridges": { "br0": { "Ports": { "eth1": { "Number": 1 }, "eth2": { "Number": 1 } } } } }""",
            "UpcallActors:Bridges:br0:Ports has number 1 for eth1 and eth2"
        },
        {
            """{ "Bridges": { "br0": { "Ports": { "eth1": { "Number": 1, "Tag": 5, "Trunks": [ 6 ] } } } } }""",
            "UpcallActors:Bridges:br0:Ports:eth1:Trunks is for a port without Tag"
        },
        {
            """{ "Bridges": { "br0": { "Ports": { "vx": { "Number": 1, "Type": "vxlan" } } } } }""",
            "UpcallActors:Bridges:br0:Ports:vx:RemoteIp is needed"
        },
        {
            """{ "Bridges:br0:Ports:vx": { "Number": 1, "Type": "vxlan", "RemoteIp": "10.0.0.1", "LocalIp": "::1" } }""",
            "must be of the same IP version"
        },
        { """{ "Bridges": { "br0": { "Flows": "actions=outpt:1" } } }""", "br0:1:" },
        {
            """{ "Bridges": { "br0": { "FlowFiles": "/nowhere/flows.of" } } }""",
            "UpcallActors:Bridges:br0:FlowFiles names /nowhere/flows.of, which cannot be read"
        },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_cannot_be_meant_is_refused_with_its_path(string json, string problem) =>
        Should.Throw<FormatException>(() => new UpcallActorsOptions().Bind(Section(json))).Message.ShouldContain(problem);

    [Fact]
    public void All_that_is_wrong_is_told_at_once() => Should.Throw<FormatException>(() => new UpcallActorsOptions().Bind(Section("""
        { "Pipeline": { "BatchSize": 0, "PortShare": 2 }, "Bridges": { "br0": { "FailMode": "open", "Flows": "actions=outpt:1" } } }
        """))).Message.Split(Environment.NewLine).Length.ShouldBe(4);

    [Fact]
    public void A_host_takes_the_section_of_its_own_configuration()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("UpcallActors:Datapath:Type", "embedded"), new("UpcallActors:Nonsense", "1")]);

        Should.Throw<FormatException>(() =>
        {
            builder.Services.AddAkka("hosted", akka => akka.WithUpcallActors(builder.Configuration.GetSection("UpcallActors")));
            builder.Build().Services.GetRequiredService<Akka.Actor.ActorSystem>();
        }).Message.ShouldContain("UpcallActors:Nonsense");
    }

    private static IConfigurationSection Section(string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "UpcallActors": {{json}} }"""));
        return new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("UpcallActors");
    }
}
