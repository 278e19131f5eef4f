using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel.Tests.Ports;

/// <summary>What is asked of the kernel, and what it tells.</summary>
public sealed class KernelPortsTests : IDisposable
{
    private readonly ScriptedLinks _links = new();
    private readonly ScriptedVports _vports;
    private readonly KernelPorts _ports;
    private int _changes;

    public KernelPortsTests()
    {
        _vports = new ScriptedVports(_links);
        _ports = new KernelPorts(
            "dp0", [0], new VportRequests(ScriptedVports.Family, ScriptedVports.DatapathIfIndex, _vports), new HostLinks(_links));
        _ports.Changed += (_, _) => _changes++;
    }

    public void Dispose()
    {
        _ports.Dispose();
        _vports.Dispose();
        _links.Dispose();
    }

    [Fact]
    public void What_a_port_costs_does_not_grow_with_the_ports()
    {
        int few = CostOf(first: 0, count: 10);
        CostOf(first: 10, count: 980);
        // The thousandth costs what the first does.
        CostOf(first: 990, count: 10).ShouldBe(few);
        int taken = Messages;
        Remove(first: 0, count: 10);
        taken = Messages - taken;
        Remove(first: 10, count: 980);
        int last = Messages;
        Remove(first: 990, count: 10);
        (Messages - last).ShouldBe(taken);
        _vports.Names.ShouldBeEmpty();
    }

    [Fact]
    public void A_port_that_is_taken_over_costs_the_same_too()
    {
        CostOf(first: 0, count: 1000);
        int first = Messages;
        _ports.Add(Port(0)).Number.ShouldBe(1U);
        first = Messages - first;
        int last = Messages;
        _ports.Add(Port(999)).Number.ShouldBe(1000U);
        (Messages - last).ShouldBe(first);
    }

    [Fact]
    public void What_the_kernel_tells_of_a_port_that_was_added_here_is_no_reason_to_look()
    {
        _links.Add("p0");
        _ports.Add(Port(0));
        _ports.IsOfInterest(_vports.Describe("p0")).ShouldBeFalse();
        _ports.IsOfInterest(_links.Describe("p0"), deleted: false).ShouldBeFalse();
        _ports.IsOfInterest(_links.Describe("p0") with { Mtu = 1400 }, deleted: false).ShouldBeTrue();
        _ports.IsOfInterest(_links.Describe("p0"), deleted: true).ShouldBeTrue();

        VportMessage told = _vports.Describe("p0", OvsCommand.Delete);
        _ports.Remove("p0").ShouldBeTrue();
        _ports.IsOfInterest(told).ShouldBeFalse();
    }

    [Fact]
    public void What_another_process_adds_or_removes_is_told()
    {
        _links.Add("p0");
        _links.Add("p1");
        _ports.Add(Port(0));
        _vports.Add("p1");
        _ports.IsOfInterest(_vports.Describe("p1")).ShouldBeTrue();
        _ports.Follow();
        _changes.ShouldBe(1);
        _ports.IsOfInterest(_vports.Describe("p1")).ShouldBeFalse();
        _ports.IsOfInterest(_vports.Remove("p0")).ShouldBeTrue();
        _ports.Follow();
        _changes.ShouldBe(2);
        _ports.Follow();
        _changes.ShouldBe(2);
    }

    [Fact]
    public void A_port_whose_device_was_renamed_is_found_by_its_new_name()
    {
        _links.Add("p0");
        uint? number = _ports.Add(Port(0)).Number;
        _links.Rename("p0", "p1");
        _ports.IsOfInterest(_links.Describe("p1"), deleted: false).ShouldBeTrue();
        _ports.Follow();
        _ports.Add(Port(1)).Number.ShouldBe(number);
        _ports.Remove("p1").ShouldBeTrue();
        _vports.Names.ShouldBeEmpty();
    }

    [Fact]
    public void An_internal_port_and_a_tunnel_come_with_their_devices_and_go_with_them()
    {
        DatapathPort local = _ports.Add(new PortRequest("br0", PortKind.Internal));
        (local.Type, local.Mtu, local.IsUp).ShouldBe((OvsVportType.Internal, 1500, true));
        DatapathPort tunnel = _ports.Add(new PortRequest("t0", PortKind.Vxlan));
        (tunnel.Name, tunnel.Type, tunnel.DestinationPort).ShouldBe(("vxlan_sys_4789", OvsVportType.Vxlan, (ushort)4789));
        _ports.Remove(tunnel.Name).ShouldBeTrue();
        _links.IndexOf(tunnel.Name).ShouldBe(0);
    }

    [Fact]
    public void A_tunnel_takes_the_place_of_a_port_on_its_device_once_that_is_removed()
    {
        var tunnel = new PortRequest("t0", PortKind.Vxlan);
        _links.Add("vxlan_sys_4789");
        _ports.Add(new PortRequest("vxlan_sys_4789", PortKind.System));
        Should.Throw<DatapathException>(() => _ports.Add(tunnel)).Message
            .ShouldBe("dp0: cannot add port vxlan_sys_4789: the datapath has a port of this name that is Netdev");

        _ports.Remove("vxlan_sys_4789").ShouldBeTrue();
        _ports.Add(tunnel).Type.ShouldBe(OvsVportType.Vxlan);
        _ports.Add(tunnel with { Name = "t1" }).Number.ShouldBe(1U);
        _vports.Names.ShouldBe(["vxlan_sys_4789"]);
    }

    private static PortRequest Port(int number) => new($"p{number}", PortKind.System);

    private int Messages => _links.Messages + _vports.Messages;

    /// <summary>Messages that it takes to add ports.</summary>
    private int CostOf(int first, int count)
    {
        int before = Messages;
        for (int number = first; number < first + count; number++)
        {
            _links.Add($"p{number}");
            _ports.Add(Port(number)).Number.ShouldBe((uint)number + 1);
        }

        return Messages - before;
    }

    private void Remove(int first, int count)
    {
        for (int number = first; number < first + count; number++)
            _ports.Remove($"p{number}").ShouldBeTrue();
    }
}
