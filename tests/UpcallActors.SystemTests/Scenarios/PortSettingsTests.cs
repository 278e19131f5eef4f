using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>What is said of ports beside what they are: VLANs within VLANs, and tunnels whose far ends flows say.</summary>
public sealed class PortSettingsTests
{
    [SwitchTheory]
    [EveryDatapath]
    public async Task Frames_with_two_tags_go_through_a_tunnel_of_VLANs_and_come_out_as_they_went_in(DatapathKind datapath)
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost customer = await lab.AddStationAsync("p0");
        LabHost other = await lab.AddStationAsync("p1");
        LabHost provider = await lab.AddStationAsync("p2");
        await AddTagsAsync(customer, "10.3.3.1/24", ("802.1Q", 7), ("802.1Q", 9));
        await AddTagsAsync(other, "10.3.3.2/24", ("802.1Q", 7), ("802.1Q", 9));
        await AddTagsAsync(provider, "10.3.3.3/24", ("802.1ad", 5), ("802.1Q", 7), ("802.1Q", 9));
        ISwitch daemon = await DaemonProcess.StartAsync(lab, new SwitchConfiguration(datapath, new BridgeConfiguration(
            "br0",
            PortConfiguration.Of(customer, 1) with { Vlan = ("dot1q-tunnel", "5") },
            PortConfiguration.Of(other, 2) with { Vlan = ("dot1q-tunnel", "5") },
            PortConfiguration.Of(provider, 3))));
        (await Ping.SendAsync(customer, "10.3.3.3")).ShouldBeAnswered("with the tag around two others", daemon);
        (await Ping.SendAsync(customer, "10.3.3.2")).ShouldBeAnswered("without the tag around two others", daemon);
    }

    [SwitchTheory]
    [EveryDatapath]
    public async Task A_native_VLAN_has_a_tag_where_it_is_wanted_and_none_elsewhere(DatapathKind datapath)
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost plain = await lab.AddStationAsync("p0", "10.3.3.1/24");
        LabHost tagged = await lab.AddStationAsync("p1");
        await AddTagsAsync(tagged, "10.3.3.2/24", ("802.1Q", 5));
        ISwitch daemon = await DaemonProcess.StartAsync(lab, new SwitchConfiguration(datapath, new BridgeConfiguration(
            "br0",
            PortConfiguration.Of(plain, 1) with { Vlan = ("native-untagged", "5") },
            PortConfiguration.Of(tagged, 2) with { Vlan = ("native-tagged", "5") })));
        (await Ping.SendAsync(plain, "10.3.3.2")).ShouldBeAnswered("10.3.3.2", daemon);
    }

    [SwitchTheory]
    [EveryDatapath]
    public async Task Flows_say_to_which_host_and_with_which_key_a_tunnel_goes(DatapathKind datapath)
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost near = await lab.AddStationAsync("p0", "10.1.1.1/24");
        LabHost far = await lab.AddStationAsync("u0", "172.31.1.100/24");
        await lab.Switch.AddAddressAsync(far.Port, "172.31.1.1/24");
        await far.IpAsync("link add vx0 type vxlan id 7 remote 172.31.1.1 dstport 4789");
        await far.AddAddressAsync("vx0", "10.1.1.100/24");
        await far.IpAsync("link set vx0 up");
        const string Flows = """
            in_port=1,actions=set_field:172.31.1.100->tun_dst,set_field:7->tun_id,output:2
            in_port=2,tun_id=7,tun_src=172.31.1.100,actions=output:1
            """;
        var tunnel = new PortConfiguration("at_vxlan0", 2) { Type = "vxlan", Remote = "flow", Key = "flow" };
        var bridge = new BridgeConfiguration("br0", PortConfiguration.Of(near, 1), tunnel) { Flows = Flows };
        ISwitch daemon = await DaemonProcess.StartAsync(lab, new SwitchConfiguration(datapath, bridge));
        (await Ping.SendAsync(near, "10.1.1.100")).ShouldBeAnswered("10.1.1.100", daemon);
    }

    /// <summary>Has a station send and receive with tags, the outermost first.</summary>
    private static async Task AddTagsAsync(LabHost station, string address, params (string Protocol, int Vlan)[] tags)
    {
        string device = station.Device;
        foreach ((string protocol, int vlan) in tags)
        {
            await station.IpAsync($"link add link {device} name {device}.{vlan} type vlan proto {protocol} id {vlan}");
            device = $"{device}.{vlan}";
            await station.IpAsync($"link set {device} up");
        }

        await station.AddAddressAsync(device, address);
    }
}
