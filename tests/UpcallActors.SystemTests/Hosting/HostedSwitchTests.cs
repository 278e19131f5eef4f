using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using UpcallActors.Hosting;
using UpcallActors.Kernel;
using UpcallActors.Ofproto;
using UpcallActors.SystemTests.Kernel;

namespace UpcallActors.SystemTests.Hosting;

/// <summary>A host of somebody else's that answers the kernel's upcalls.</summary>
public sealed class HostedSwitchTests
{
    private static readonly KernelDatapathOptions _options = new() { Name = "hosted" };

    [KernelDatapathFact]
    public async Task A_hosted_bridge_forwards_on_the_kernel_s_datapath_which_stays_when_the_host_ends()
    {
        await using VethPair left = await VethPair.CreateAsync("hosted-l");
        await using VethPair right = await VethPair.CreateAsync("hosted-r");
        try
        {
            await RunHostAsync(left, right);

            (await Command.RunAsync("ovs-dpctl", "dump-flows", "system@hosted")).ShouldContain("in_port(");
            (await Command.RunAsync("ovs-dpctl", "show", "system@hosted")).ShouldContain("hosted-r");
        }
        finally
        {
            using var kept = KernelDatapath.Open(_options);
            kept.Delete();
        }
    }

    private static async Task RunHostAsync(VethPair left, VethPair right)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("hosted", akka => akka.ConfigureLoggers(
            loggers => loggers.ClearLoggers()).WithUpcallActors(options => options
            .UseKernelDatapath(_options)
            .AddBridge("hosted-br", bridge =>
            {
                bridge.FailMode = FailMode.Standalone;
                bridge.AddPort(1, left.Near).AddPort(2, right.Near);
            })));
        using IHost host = builder.Build();
        await host.StartAsync();
        long before = right.FarCounter("rx_packets");

        // A broadcast of a protocol for experiments; each station is another flow.
        await left.SendAsync([.. Enumerable.Range(1, 3)
            .Select(station => (byte[])[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, (byte)station, 0x88, 0xb5, .. new byte[46]])]);

        await Eventually.HoldsAsync(() => right.FarCounter("rx_packets") == before + 3);
        RunningUpcallActors running = host.Services.GetRequiredService<ActorSystem>().GetUpcallActors();
        await Eventually.HoldsAsync(() => running.Pipeline.Counters.FlowPuts == 3);
        await host.StopAsync();
        PacketAccount.ShouldBalance(running.Pipeline.Counters);
    }
}
