using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>
/// One of the five networks in which fragments are tracked and recirculated, with the flows of its recording (tests/captures):
/// a switch that loses the MRU, which is the size of the fragments that it reassembled, cannot send the reply on.
/// </summary>
internal sealed class FragmentationScenario : IAsyncDisposable
{
    /// <summary>The scenarios' names, which are their recordings'.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["ipv4-fragmentation", "ipv4-fragmentation-vlan", "ipv6-fragmentation", "ipv6-fragmentation-vlan", "vxlan-fragmentation"];

    private const int VlanId = 100;

    private FragmentationScenario(Lab lab, LabHost client, string device, string address, ISwitch switchUnderTest)
    {
        Lab = lab;
        Client = client;
        ClientDevice = device;
        Address = address;
        Switch = switchUnderTest;
    }

    /// <summary>The network.</summary>
    public Lab Lab { get; }

    /// <summary>Who pings.</summary>
    public LabHost Client { get; }

    /// <summary>The client's device on which the pings are packets of their own, in no tunnel.</summary>
    public string ClientDevice { get; }

    /// <summary>Who is pinged.</summary>
    public string Address { get; }

    /// <summary>The switch, started.</summary>
    public ISwitch Switch { get; }

    /// <summary>Builds the network and starts the switch. No packet of the scenario has been sent when it returns.</summary>
    public static async Task<FragmentationScenario> StartAsync(string name, DatapathKind datapath,
        DispatchMode dispatch = DispatchMode.Auto, bool withoutMru = false, int mtu = 1500)
    {
        string flows = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "flows", $"{name}.flows.of"));
        Lab lab = await Lab.CreateAsync();
        try
        {
            SwitchConfiguration Configure(params BridgeConfiguration[] bridges) =>
                new(datapath, bridges) { Dispatch = dispatch, WithoutMru = withoutMru };
            return name == "vxlan-fragmentation"
                ? await StartTunnelAsync(lab, flows, Configure)
                : await StartPairAsync(lab, name.Contains("ipv6", StringComparison.Ordinal),
                    name.EndsWith("-vlan", StringComparison.Ordinal), flows, mtu, Configure);
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Pings with packets of a size, and asserts that the first three were answered.</summary>
    public async Task PingAsync(int size = 56)
    {
        Ping ping = await Ping.SendAsync(Client, Address, size);
        string counters = ping.IsAnswered
            ? ""
            : await LossCounters.OfAsync(Lab.Namespaces) + await Switch.AppctlAsync("coverage/show")
                + await Switch.AppctlAsync("upcall/show");
        ping.ShouldBeAnswered($"{size} bytes{counters}", Switch);
    }

    /// <summary>Deletes the datapath's flows: the next packets come up.</summary>
    public Task PurgeAsync() => Switch.AppctlAsync("revalidator/purge");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Lab.DisposeAsync();

    /// <summary>Two stations at one bridge.</summary>
    private static async Task<FragmentationScenario> StartPairAsync(
        Lab lab, bool ipv6, bool vlan, string flows, int mtu, Func<BridgeConfiguration[], SwitchConfiguration> configure)
    {
        (string First, string Second, string Prefix) plain = ipv6 ? ("fc00::1", "fc00::2", "/96") : ("10.1.1.1", "10.1.1.2", "/24");
        (string First, string Second, string Prefix) tagged = ipv6 ? ("fc00:1::3", "fc00:1::4", "/96") : ("10.2.2.1", "10.2.2.2", "/24");
        LabHost p0 = await lab.AddStationAsync("p0", plain.First + plain.Prefix);
        LabHost p1 = await lab.AddStationAsync("p1", plain.Second + plain.Prefix);
        foreach (LabHost station in (LabHost[])[p0, p1])
            await station.SetMtuAsync(mtu);
        if (vlan)
        {
            await p0.AddVlanAsync(VlanId, tagged.First + tagged.Prefix);
            await p1.AddVlanAsync(VlanId, tagged.Second + tagged.Prefix);
        }

        ISwitch switchUnderTest = await DaemonProcess.StartAsync(
            lab, configure([new BridgeConfiguration("br0", PortConfiguration.Of(p0, 1), PortConfiguration.Of(p1, 2)) { Flows = flows }]));
        return new FragmentationScenario(lab, p0, p0.Device, vlan ? tagged.Second : plain.Second, switchUnderTest);
    }

    /// <summary>A station with a VXLAN device, whose far end is a port of the bridge; the bridge's own device answers.</summary>
    private static async Task<FragmentationScenario> StartTunnelAsync(Lab lab, string flows,
        Func<BridgeConfiguration[], SwitchConfiguration> configure)
    {
        LabHost p0 = await lab.AddStationAsync("p0", "172.31.1.1/24");
        ISwitch switchUnderTest = await DaemonProcess.StartAsync(lab, configure([
            new BridgeConfiguration("br0", new PortConfiguration("at_vxlan0", 1) { Type = "vxlan", Remote = "172.31.1.1" })
            {
                Flows = flows,
            },
            new BridgeConfiguration("br-underlay", PortConfiguration.Of(p0, 1)),
        ]));
        await lab.Switch.AddAddressAsync("br-underlay", "172.31.1.100/24");
        await lab.Switch.IpAsync("link set br-underlay up");
        await lab.Switch.AddAddressAsync("br0", "10.1.1.100/24");
        await lab.Switch.IpAsync("link set br0 mtu 1450 up");
        await p0.IpAsync("link add at_vxlan1 type vxlan remote 172.31.1.100 id 0 dstport 4789");
        await p0.AddAddressAsync("at_vxlan1", "10.1.1.1/24");
        await p0.IpAsync("link set at_vxlan1 mtu 1450 up");
        return new FragmentationScenario(lab, p0, "at_vxlan1", "10.1.1.100", switchUnderTest);
    }
}
