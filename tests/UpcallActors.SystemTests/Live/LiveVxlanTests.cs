using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Live;

/// <summary>VXLAN tunnels of the embedded datapath to the kernel's own VXLAN device on another host.</summary>
public sealed class LiveVxlanTests
{
    private const ulong Identifier = 7;

    private const string Tracking = """
        priority=1,action=drop
        priority=10,arp,action=normal
        priority=100,in_port=1,icmp,action=ct(commit,zone=9),2
        priority=100,in_port=2,ct_state=-trk,icmp,action=ct(table=0,zone=9)
        priority=100,in_port=2,ct_state=+trk+est-new,icmp,action=1
        """;

    [LiveFact]
    public async Task Stations_at_both_ends_of_a_tunnel_ping_each_other_also_in_fragments()
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost near = await lab.AddStationAsync("p0", "10.1.1.1/24");
        LabHost far = await FarStationAsync(lab, "172.31.1.1/24", "172.31.1.100/24", "10.1.1.100/24");
        await using LiveSwitch live = await TunnelAsync(lab, near, Tracking,
            new TunnelPort { RemoteIpv4 = 0xac1f0164, DontFragment = false }.WithKey(Identifier));

        // Fragments of both ends have 1,500 bytes: the hosts' stacks cut the packets around them, and put them together again.
        (await Ping.SendAsync(near, "10.1.1.100", 3200)).Answered.ShouldContain(1, "3200 bytes, as the very first traffic");
        await live.PurgeAsync();
        (await Ping.SendAsync(near, "10.1.1.100", 1600)).ShouldBeAnswered("1600 bytes");
        (await Ping.SendAsync(near, "10.1.1.100")).ShouldBeAnswered("the default size");
        live.Datapath.Counters.LargestMru.ShouldBe(1500);
    }

    [LiveFact]
    public async Task A_packet_that_must_not_be_cut_and_is_too_long_for_the_way_is_lost_and_counted()
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost near = await lab.AddStationAsync("p0", "10.1.1.1/24");
        await FarStationAsync(lab, "172.31.1.1/24", "172.31.1.100/24", "10.1.1.100/24");
        TunnelPort tunnel = new TunnelPort { RemoteIpv4 = 0xac1f0164 }.WithKey(Identifier);
        await using LiveSwitch live = await TunnelAsync(lab, near, Tracking, tunnel);

        (await Ping.SendAsync(near, "10.1.1.100", 1400)).ShouldBeAnswered("1400 bytes");
        await near.TryAsync("ping", "-c", "1", "-W", "1", "-s", "1472", "10.1.1.100");
        live.Ports.List().Single(port => port.Type == OvsVportType.Vxlan).Statistics!.Value.TxDropped.ShouldBe(1UL);
    }

    [LiveFact]
    public async Task A_tunnel_over_IPv6_with_checksums_carries_TCP()
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost near = await lab.AddStationAsync("p0", "10.1.1.1/24");
        LabHost far = await FarStationAsync(lab, "fd00::1/64", "fd00::100/64", "10.1.1.100/24");
        await near.IpAsync("link set p0 mtu 1430");
        var tunnel = new TunnelPort { RemoteIpv6 = ((UInt128)0xfd00 << 112) | 0x100, Checksum = true }.WithKey(Identifier);
        await using LiveSwitch live = await TunnelAsync(lab, near, "priority=0,actions=NORMAL", tunnel);

        (await Ping.SendAsync(near, "10.1.1.100")).ShouldBeAnswered("the default size");
        Iperf tcp = await Iperf.RunAsync(lab, near, far, "10.1.1.100", "--bytes", "4M");
        tcp.ShouldHaveFlowed();
    }

    [LiveFact]
    public async Task A_port_that_a_device_of_the_host_has_cannot_be_a_tunnels()
    {
        await using Lab lab = await Lab.CreateAsync();
        await lab.Switch.IpAsync("link add vx type vxlan external dstport 4789");
        await lab.Switch.IpAsync("link set vx up");
        await using LiveSwitch live = await LiveSwitch.StartAsync(lab, "");
        DatapathException refusal =
            await Should.ThrowAsync<DatapathException>(() => LiveSwitch.AddAsync(lab, live.Ports, new PortRequest("vx0", PortKind.Vxlan)));
        refusal.Message.ShouldContain("4789");
    }

    /// <summary>A host beyond an underlay network, with a VXLAN device.</summary>
    private static async Task<LabHost> FarStationAsync(Lab lab, string ours, string underlay, string overlay)
    {
        LabHost far = await lab.AddStationAsync("u0", underlay);
        await lab.Switch.AddAddressAsync(far.Port, ours);
        string us = ours[..ours.IndexOf('/', StringComparison.Ordinal)];
        await far.IpAsync($"link add vx0 type vxlan id {Identifier} remote {us} dstport 4789 udp6zerocsumrx");
        await far.AddAddressAsync("vx0", overlay);
        await far.IpAsync("link set vx0 up");
        return far;
    }

    private static async Task<LiveSwitch> TunnelAsync(Lab lab, LabHost near, string flows, TunnelPort tunnel) =>
        await LiveSwitch.StartAsync(lab, flows, port => port.Type == OvsVportType.Vxlan ? tunnel : null,
            new PortRequest(near.Port, PortKind.System), new PortRequest("vx0", PortKind.Vxlan));
}
