using System.Net.Sockets;
using UpcallActors.Kernel;
using UpcallActors.Odp;
using static UpcallActors.SystemTests.Ports.PortsOfDatapath;

namespace UpcallActors.SystemTests.Ports;

public sealed class TunnelPortsTests
{
    [KernelDatapathFact]
    public async Task Tunnels_are_devices_with_metadata_under_the_names_of_Open_vSwitch()
    {
        await using PortsOfDatapath datapath = await CreateAsync("tunnels-a");
        using KernelPorts ports = datapath.Open();

        DatapathPort vxlan = ports.Add(new PortRequest("vx", PortKind.Vxlan));
        DatapathPort geneve = ports.Add(new PortRequest("gnv", PortKind.Geneve, DestinationPort: 6082));
        DatapathPort gre = ports.Add(new PortRequest("g", PortKind.Gre));
        DatapathPort ip6gre = ports.Add(new PortRequest("g6", PortKind.Ip6Gre));

        try
        {
            (vxlan.Name, vxlan.Type, vxlan.DestinationPort).ShouldBe(("vxlan_sys_4789", OvsVportType.Vxlan, (ushort)4789));
            (geneve.Name, geneve.Type, geneve.DestinationPort).ShouldBe(("genev_sys_6082", OvsVportType.Geneve, (ushort)6082));
            (gre.Name, gre.Type, gre.DestinationPort).ShouldBe(("gre_sys", OvsVportType.Gre, (ushort)0));
            (ip6gre.Name, ip6gre.Type, ip6gre.DestinationPort).ShouldBe(("ip6gre_sys", OvsVportType.Ip6Gre, (ushort)0));
            ports.List().Skip(1).ShouldAllBe(port => port.IsUp && port.Mtu >= 64000);
            datapath.Vports()["vxlan_sys_4789"].Type.ShouldBe(OvsVportType.Netdev);
            string device = await Command.RunAsync("ip", "-d", "link", "show", "vxlan_sys_4789");
            device.ShouldContain("vxlan external");
            device.ShouldContain("dstport 4789");
            device.ShouldContain("nolearning");
            device.ShouldContain("udp6zerocsumrx");
            (await Command.RunAsync("ip", "-d", "link", "show", "genev_sys_6082")).ShouldContain("geneve external");
            (await Command.RunAsync("ip", "-d", "link", "show", "gre_sys")).ShouldContain("gretap external");
            (await Command.RunAsync("ip", "-d", "link", "show", "ip6gre_sys")).ShouldContain("ip6gretap external");
            (await Command.RunAsync("ovs-dpctl", "show", "system@tunnels-a")).ShouldContain($"port {vxlan.Number}: vxlan_sys_4789 (vxlan");
        }
        finally
        {
            ports.Remove("vxlan_sys_4789").ShouldBeTrue();
            ports.Remove("genev_sys_6082").ShouldBeTrue();
            ports.Remove("gre_sys").ShouldBeTrue();
            ports.Remove("ip6gre_sys").ShouldBeTrue();
        }

        Directory.GetDirectories("/sys/class/net", "*_sys*").ShouldBeEmpty();
    }

    [KernelDatapathFact]
    public async Task Tunnels_of_one_kind_and_port_share_a_device_and_other_ports_have_their_own()
    {
        await using PortsOfDatapath datapath = await CreateAsync("tunnels-s");
        using KernelPorts ports = datapath.Open();

        DatapathPort one = ports.Add(new PortRequest("vx1", PortKind.Vxlan, DestinationPort: 4791));
        DatapathPort two = ports.Add(new PortRequest("vx2", PortKind.Vxlan, DestinationPort: 4791));
        DatapathPort other = ports.Add(new PortRequest("vx3", PortKind.Vxlan, DestinationPort: 4792));

        two.Number.ShouldBe(one.Number);
        other.Number.ShouldNotBe(one.Number);
        ports.Remove(one.Name).ShouldBeTrue();
        ports.Remove(other.Name).ShouldBeTrue();
    }

    [KernelDatapathFact]
    public async Task A_device_of_the_name_that_does_something_else_is_made_anew()
    {
        await using PortsOfDatapath datapath = await CreateAsync("tunnels-n");
        await Command.RunAsync("ip", "link", "add", "vxlan_sys_4793", "type", "vxlan", "external", "dstport", "4799");
        using KernelPorts ports = datapath.Open();

        ports.Add(new PortRequest("vx", PortKind.Vxlan, DestinationPort: 4793)).DestinationPort.ShouldBe((ushort)4793);

        ports.Remove("vxlan_sys_4793").ShouldBeTrue();
    }

    [KernelDatapathFact]
    public async Task A_device_that_an_earlier_run_left_is_used_and_set_up()
    {
        await using PortsOfDatapath datapath = await CreateAsync("tunnels-l");
        await Command.RunAsync("ip", "link", "add", "vxlan_sys_4796", "type", "vxlan", "external", "dstport", "4796", "nolearning",
            "udp6zerocsumrx");
        string ifIndex = await File.ReadAllTextAsync("/sys/class/net/vxlan_sys_4796/ifindex");
        using KernelPorts ports = datapath.Open();

        DatapathPort port = ports.Add(new PortRequest("vx", PortKind.Vxlan, DestinationPort: 4796));

        $"{port.IfIndex}".ShouldBe(ifIndex.Trim());
        port.IsUp.ShouldBeTrue();
        ports.Remove("vxlan_sys_4796").ShouldBeTrue();
    }

    [KernelDatapathFact]
    public async Task A_UDP_port_that_is_taken_is_refused_and_leaves_no_device()
    {
        await using PortsOfDatapath datapath = await CreateAsync("tunnels-t");
        using var taken = new UdpClient(4794);
        using KernelPorts ports = datapath.Open();

        Should.Throw<DatapathException>(() => ports.Add(new PortRequest("vx", PortKind.Vxlan, DestinationPort: 4794)))
            .Message.ShouldBe("tunnels-t: cannot add port vxlan_sys_4794: Address already in use");

        Directory.Exists("/sys/class/net/vxlan_sys_4794").ShouldBeFalse();
        ports.List().Count.ShouldBe(1);
    }

    [KernelDatapathFact]
    public async Task A_tunnel_device_that_is_deleted_is_told_and_made_again_with_its_port()
    {
        await using PortsOfDatapath datapath = await CreateAsync("tunnels-d");
        using KernelPorts ports = datapath.Open();
        var request = new PortRequest("vx", PortKind.Vxlan, DestinationPort: 4795);
        uint number = ports.Add(request).Number!.Value;
        int ifIndex = ports.List().Single(port => port.Number == number).IfIndex;

        await UntilAsync(
            ports,
            list => list.All(port => port.Name != "vxlan_sys_4795"),
            () => Command.RunAsync("ip", "link", "del", "vxlan_sys_4795"));

        DatapathPort again = ports.Add(request, number);
        again.Number.ShouldBe(number);
        again.IfIndex.ShouldNotBe(ifIndex);
        ports.Remove("vxlan_sys_4795").ShouldBeTrue();
    }
}
