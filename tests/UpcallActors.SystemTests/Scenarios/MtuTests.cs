using System.Net;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>Fragments where links are narrower or wider than 1,500 bytes.</summary>
public sealed class MtuTests
{
    [SwitchTheory]
    [EveryDatapath("ipv4-fragmentation", 1280, 3200)]
    [EveryDatapath("ipv6-fragmentation", 1280, 3200)]
    [EveryDatapath("ipv4-fragmentation", 9000, 20000)]
    [EveryDatapath("ipv6-fragmentation", 9000, 20000)]
    [EveryDatapath("ipv4-fragmentation", 1500, 65000)]
    [EveryDatapath("ipv6-fragmentation", 1500, 65000)]
    public async Task Large_pings_are_answered_whatever_the_MTU(DatapathKind datapath, string name, int mtu, int size)
    {
        await using FragmentationScenario scenario = await FragmentationScenario.StartAsync(name, datapath, mtu: mtu);
        // While a neighbour is not resolved, what is sent to it waits in a queue that holds no more than the fragments
        // of two packets of 65,000 bytes (unres_qlen_bytes in __neigh_event_send). The first ping has both resolved.
        await scenario.PingAsync();
        await scenario.PingAsync(size);
        await scenario.PurgeAsync();
        await scenario.PingAsync(size);
    }

    /// <summary>
    /// The fragments that p1 sends are larger than p0's link takes: the MRU is above the MTU of the port they go out of, and the kernel
    /// would drop the packet with it, and every one that a flow with a plain output sends there.
    /// </summary>
    [SwitchTheory]
    [EveryDatapath("ipv4-fragmentation")]
    [EveryDatapath("ipv6-fragmentation")]
    public async Task Replies_fit_a_link_that_is_narrower_than_their_fragments(DatapathKind datapath, string name)
    {
        const int Size = 3200;
        const int Narrow = 1280;
        await using FragmentationScenario scenario = await FragmentationScenario.StartAsync(name, datapath);
        await scenario.Client.SetMtuAsync(Narrow);
        Capture wire = await Capture.StartAsync(scenario.Lab, scenario.Client, scenario.ClientDevice);
        await scenario.PingAsync(Size);

        var address = IPAddress.Parse(scenario.Address);
        IpPacket[] replies = [.. wire.Packets().Where(packet => packet.IsFragment && packet.Source.Equals(address))];
        replies.ShouldNotBeEmpty();
        replies.Max(packet => packet.Length).ShouldBeLessThanOrEqualTo(Narrow);
    }
}
