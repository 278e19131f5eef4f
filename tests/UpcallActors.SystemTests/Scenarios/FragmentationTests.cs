using System.Net;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>The five fragmentation scenarios.</summary>
public sealed class FragmentationTests
{
    private const byte Icmp = 1;
    private const byte IcmpV6 = 58;

    /// <summary>Bytes of an ICMP echo header.</summary>
    private const int EchoHeader = 8;

    public static IEnumerable<object[]> ScenariosOnEveryDatapath =>
        from datapath in Enum.GetValues<DatapathKind>()
        from name in FragmentationScenario.Names
        select (object[])[datapath, name];

    public static IEnumerable<object[]> Scenarios => FragmentationScenario.Names.Select(name => (object[])[name]);

    [SwitchTheory]
    [MemberData(nameof(ScenariosOnEveryDatapath))]
    public async Task Pings_of_every_size_are_answered_also_when_each_has_to_come_up(DatapathKind datapath, string name)
    {
        await using FragmentationScenario scenario = await FragmentationScenario.StartAsync(name, datapath);
        await scenario.PingAsync();
        foreach (int size in (int[])[1600, 3200])
        {
            await scenario.PurgeAsync();
            await scenario.PingAsync(size);
        }
    }

    [SwitchTheory]
    [MemberData(nameof(ScenariosOnEveryDatapath))]
    public async Task A_large_ping_is_answered_as_the_very_first_traffic_and_no_fragment_grows_on_the_way(DatapathKind datapath,
        string name)
    {
        const int Size = 3200;
        await using FragmentationScenario scenario = await FragmentationScenario.StartAsync(name, datapath);
        Capture wire = await Capture.StartAsync(scenario.Lab, scenario.Client, scenario.ClientDevice);
        await scenario.PingAsync(Size);

        var address = IPAddress.Parse(scenario.Address);
        byte protocol = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? IcmpV6 : Icmp;
        bool IsReply(Datagram datagram) => datagram.Source.Equals(address);
        IReadOnlyList<Datagram> Echoes() => [.. Datagram.Whole(wire.Packets(), protocol).Where(datagram => datagram.PayloadLength > Size)];
        await wire.HasSeenAsync(_ => Echoes().Count(IsReply) >= 3, "three whole replies");

        foreach (Datagram reply in Echoes().Where(IsReply))
        {
            reply.PayloadLength.ShouldBe(Size + EchoHeader);
            reply.Packets.Count.ShouldBe(3);
            reply.LongestPacket.ShouldBeLessThanOrEqualTo(Echoes().Where(echo => !IsReply(echo)).Max(request => request.LongestPacket));
        }
    }

    [SwitchTheory]
    [MemberData(nameof(Scenarios))]
    public async Task Without_the_MRU_the_first_large_reply_is_lost(string name)
    {
        await using FragmentationScenario scenario = await FragmentationScenario.StartAsync(name, DatapathKind.Kernel, withoutMru: true);
        Ping ping = await Ping.SendAsync(scenario.Client, scenario.Address, 3200);
        // What comes up is lost; the flow is installed all the same, and those that do not come up any more pass.
        ping.Answered.ShouldNotContain(1, ping.Output);
        ping.Answered.ShouldNotBeEmpty(ping.Output);
    }

    [SwitchTheory]
    [MemberData(nameof(Scenarios))]
    public async Task Pings_are_answered_when_the_kernel_chooses_the_socket_by_port(string name)
    {
        await using FragmentationScenario scenario = await FragmentationScenario.StartAsync(name, DatapathKind.Kernel,
            DispatchMode.PerVport);
        await scenario.PingAsync();
        foreach (int size in (int[])[1600, 3200])
        {
            await scenario.PurgeAsync();
            await scenario.PingAsync(size);
        }
    }
}
