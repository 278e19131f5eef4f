using System.Text.RegularExpressions;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// Tunnels whose addresses and keys come from a configuration or from flows, ours and those of the real <c>ovs-vswitchd</c>: each packet
/// comes in on the same one, and has the same trace, with the same megaflow and datapath actions.
/// </summary>
public sealed partial class TunnelDifferentialTests
{
    private const int Packets = 60;

    [RealSwitchTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Packets_come_from_the_same_tunnels_and_go_out_with_the_same_headers(int seed)
    {
        var tunnels = new TunnelsOfChance(seed);
        using RealSwitch real = await RealSwitch.StartAsync();
        await real.ConfigureAsync(tunnels.Commands[1..]);
        // As with the kernel's datapath, in which tunnels are devices.
        await real.ControlAsync("dpif/set-dp-features", "br0", "tnl_push_pop", "false");
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge with
        {
            Ports = [.. ServedSwitch.Bridge.Ports, .. tunnels.Configuration.Select(PortConfiguration.Of)],
        });
        Assert.Empty(served.Running.State.Waiting);
        string flows = served.FileOf(tunnels.NextFlows());
        foreach (string socket in (string[])[real.Socket, served.Socket])
        {
            (int code, _, string errors) = await Ofctl.RunAsync(["add-flows", $"unix:{socket}", flows]);
            Assert.True(code == 0, errors);
        }

        for (int i = 0; i < Packets; i++)
        {
            string packet = tunnels.NextPacket();
            Assert.Equal($"{packet}\n{Comparable(await real.TraceAsync(packet))}", $"{packet}\n{Comparable(served.Trace(packet))}");
            string inside = tunnels.NextTunnelPacket();
            string expected = await real.TraceInDatapathAsync(inside);
            Assert.Equal($"{inside}\n{Comparable(expected)}", $"{inside}\n{Comparable(served.TraceInDatapath(inside))}");
        }
    }

    /// <summary>A packet of a tunnel that is no port's is told of in each switch's own words.</summary>
    private static string Comparable(string trace) => trace.Contains("no OpenFlow", StringComparison.Ordinal)
        ? "no port" : ComparableTrace.Of(NotAlike().Replace(trace, ""));

    // Tunnels that we do not have; that OAM is handed on from a tunnel to another, and packets to narrower ports, are looked at by us only.
    [GeneratedRegex(@",(tun_erspan_ver|gtpu_flags|gtpu_msgtype)=0|,tun_flags=[^,]*|,ct_state=-trk")]
    private static partial Regex NotAlike();
}
