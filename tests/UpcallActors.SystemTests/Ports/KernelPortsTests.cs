using System.Globalization;
using UpcallActors.Kernel;
using UpcallActors.Linux;
using UpcallActors.Odp;
using static UpcallActors.SystemTests.Ports.PortsOfDatapath;

namespace UpcallActors.SystemTests.Ports;

public sealed class KernelPortsTests
{
    [KernelDatapathFact]
    public async Task Devices_and_internal_ports_are_added_as_ovs_dpctl_shows_them()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-a");
        await datapath.AddVethAsync("va0", "va1");
        using KernelPorts ports = datapath.Open();

        DatapathPort veth = ports.Add(new PortRequest("uplink", PortKind.System, Interface: "va0"));
        DatapathPort internalPort = ports.Add(new PortRequest("br-a", PortKind.Internal));

        veth.ShouldSatisfyAllConditions(
            port => port.Name.ShouldBe("va0"),
            port => port.Type.ShouldBe(OvsVportType.Netdev),
            port => port.Mtu.ShouldBe(1500),
            port => port.IsUp.ShouldBeFalse(),
            port => port.Address.ShouldBe(AddressOf("va0")),
            port => port.Error.ShouldBeNull());
        internalPort.Type.ShouldBe(OvsVportType.Internal);
        ports.List().Select(port => port.Name).ShouldBe(["ports-a", "va0", "br-a"]);
        string shown = await Command.RunAsync("ovs-dpctl", "show", "system@ports-a");
        shown.ShouldContain($"port {veth.Number}: va0\n");
        shown.ShouldContain($"port {internalPort.Number}: br-a (internal)\n");
        datapath.Vports()["va0"].UpcallPids.ShouldBe([0u]);
    }

    [KernelDatapathFact]
    public async Task What_is_removed_is_gone_and_an_internal_device_with_it()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-r");
        await datapath.AddVethAsync("vr0", "vr1");
        using KernelPorts ports = datapath.Open();
        ports.Add(new PortRequest("vr0", PortKind.System));
        ports.Add(new PortRequest("br-r", PortKind.Internal));

        ports.Remove("vr0").ShouldBeTrue();
        ports.Remove("br-r").ShouldBeTrue();
        ports.Remove("br-r").ShouldBeFalse();

        ports.List().Select(port => port.Name).ShouldBe(["ports-r"]);
        Directory.Exists("/sys/class/net/vr0").ShouldBeTrue();
        Directory.Exists("/sys/class/net/br-r").ShouldBeFalse();
        Should.Throw<DatapathException>(() => ports.Remove("ports-r")).Error.ShouldBe(Errno.Invalid);
    }

    [KernelDatapathFact]
    public async Task A_change_of_MTU_and_state_is_seen()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-m");
        await datapath.AddVethAsync("vm0", "vm1");
        using KernelPorts ports = datapath.Open();
        ports.Add(new PortRequest("vm0", PortKind.System));

        await UntilAsync(ports, list => Named(list, "vm0").Mtu == 1280, () => Command.RunAsync("ip", "link", "set", "vm0", "mtu", "1280"));
        await UntilAsync(ports, list => Named(list, "vm0").IsUp, () => Command.RunAsync("ip", "link", "set", "vm0", "up"));
        // The other end takes the carrier away.
        await UntilAsync(ports, list => !Named(list, "vm0").IsUp, () => Command.RunAsync("ip", "link", "set", "vm1", "down"));
        await UntilAsync(
            ports, list => Named(list, "vm0").Address == 0x02aabbccddee,
            () => Command.RunAsync("ip", "link", "set", "vm0", "address", "02:aa:bb:cc:dd:ee"));
    }

    [KernelDatapathFact]
    public async Task A_device_that_is_deleted_and_made_again_is_told_and_may_have_its_number_back()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-d");
        await datapath.AddVethAsync("vd0", "vd1");
        using KernelPorts ports = datapath.Open();
        ports.Watch(new HashSet<string> { "vd0" });
        var request = new PortRequest("vd0", PortKind.System);
        ports.Add(new PortRequest("br-d", PortKind.Internal));
        uint number = ports.Add(request).Number!.Value;
        ports.Add(new PortRequest("br-e", PortKind.Internal));

        await UntilAsync(ports, list => !IsThere(list, "vd0"), () => Command.RunAsync("ip", "link", "del", "vd0"));
        ports.Add(request, number).ShouldBe(
            new DatapathPort(null, "vd0", OvsVportType.Netdev) { IsDeviceMissing = true, Error = "there is no such device" });
        await UntilAddedAsync(ports, request, number, () => datapath.AddVethAsync("vd0", "vd1"));
        Named(ports.List(), "vd0").Number.ShouldBe(number);

        // At once, before the datapath may have let go of the first one.
        const string Replace = "ip link del vd0; ip link add vd0 mtu 1400 type veth peer name vd1";
        await UntilAddedAsync(ports, request, number, () => Command.RunAsync("sh", "-c", Replace), mtu: 1400);
    }

    [KernelDatapathFact]
    public async Task A_device_whose_number_was_given_away_meanwhile_gets_another()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-t");
        await datapath.AddVethAsync("vt0", "vt1");
        using KernelPorts ports = datapath.Open();
        var request = new PortRequest("vt0", PortKind.System);
        uint? number = ports.Add(request).Number;
        await UntilAsync(ports, list => !IsThere(list, "vt0"), () => Command.RunAsync("ip", "link", "del", "vt0"));

        ports.Add(new PortRequest("br-t", PortKind.Internal)).Number.ShouldBe(number);

        await datapath.AddVethAsync("vt0", "vt1");
        ports.Add(request, number).Number.ShouldNotBeNull().ShouldNotBe(number!.Value);
        Named(ports.List(), "br-t").Number.ShouldBe(number);
    }

    [KernelDatapathFact]
    public async Task A_device_that_is_not_there_is_not_added_and_is_told_when_it_comes()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-w");
        using KernelPorts ports = datapath.Open();
        ports.Watch(new HashSet<string> { "vw0" });
        var request = new PortRequest("vw0", PortKind.System);

        DatapathPort missing = ports.Add(request);

        missing.ShouldBe(new DatapathPort(null, "vw0", OvsVportType.Netdev) { IsDeviceMissing = true, Error = "there is no such device" });
        ports.List().Select(port => port.Name).ShouldBe(["ports-w"]);
        await UntilAddedAsync(ports, request, null, () => datapath.AddVethAsync("vw0", "vw1"));
        datapath.Vports().Keys.ShouldContain("vw0");
        ports.Remove("vw9").ShouldBeFalse();
    }

    [KernelDatapathFact]
    public async Task A_port_that_somebody_takes_out_of_the_datapath_is_told_and_stays_out()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-b");
        await datapath.AddVethAsync("vb0", "vb1");
        using KernelPorts ports = datapath.Open();
        var request = new PortRequest("vb0", PortKind.System);
        uint? number = ports.Add(request).Number;

        await UntilAsync(ports, list => !IsThere(list, "vb0"), () => Command.RunAsync("ovs-dpctl", "del-if", "system@ports-b", "vb0"));

        datapath.Vports().Keys.ShouldNotContain("vb0");
        ports.Add(request, number).Number.ShouldBe(number);
    }

    [KernelDatapathFact]
    public async Task A_second_run_takes_the_ports_over_and_directs_their_upcalls_to_itself()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-s");
        await datapath.AddVethAsync("vs0", "vs1");
        uint veth;
        uint tunnel;
        using (KernelPorts first = datapath.Open(4711))
        {
            veth = first.Add(new PortRequest("vs0", PortKind.System)).Number!.Value;
            tunnel = first.Add(new PortRequest("vx", PortKind.Vxlan, DestinationPort: 4790)).Number!.Value;
        }

        datapath.Vports()["vs0"].UpcallPids.ShouldBe([4711u]);
        using KernelPorts second = datapath.Open(4712);
        second.List().Select(port => port.Number).ShouldBe([0u, veth, tunnel]);
        second.Add(new PortRequest("vs0", PortKind.System)).Number.ShouldBe(veth);
        second.Add(new PortRequest("other", PortKind.Vxlan, DestinationPort: 4790)).Number.ShouldBe(tunnel);
        datapath.Vports()["vs0"].UpcallPids.ShouldBe([4712u]);
        datapath.Vports()["vxlan_sys_4790"].UpcallPids.ShouldBe([4712u]);
        second.Remove("vxlan_sys_4790").ShouldBeTrue();
    }

    [KernelDatapathFact]
    public async Task Refusals_say_what_is_in_the_way()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-x");
        await datapath.AddVethAsync("vx0", "vx1");
        using KernelPorts ports = datapath.Open();
        Refusal(ports, new PortRequest("vx1", PortKind.Internal)).ShouldBe("ports-x: cannot add port vx1: File exists");
        Refusal(ports, new PortRequest("ports-x", PortKind.System))
            .ShouldBe("ports-x: cannot add port ports-x: it is an internal port of the datapath, not a device");
        Refusal(ports, new PortRequest("a-name-of-16-byt", PortKind.Internal)).ShouldContain("is no name of a device");
        Refusal(ports, new PortRequest("", PortKind.System)).ShouldContain("is no name of a device");
        ports.List().Select(port => port.Name).ShouldBe(["ports-x"]);
        ports.Add(new PortRequest("vx0", PortKind.System));
        Refusal(ports, new PortRequest("vx0", PortKind.Internal))
            .ShouldBe("ports-x: cannot add port vx0: the datapath has a port of this name that is Netdev");
    }

    [KernelDatapathFact]
    public async Task A_device_that_is_a_port_of_something_else_is_told_when_it_is_none_any_more()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-o");
        await datapath.AddVethAsync("vo0", "vo1");
        await Command.RunAsync("ip", "link", "add", "bridge-o", "type", "bridge");
        await Command.RunAsync("ip", "link", "set", "vo0", "master", "bridge-o");
        try
        {
            using KernelPorts ports = datapath.Open();
            ports.Watch(new HashSet<string> { "vo0" });
            var request = new PortRequest("vo0", PortKind.System);
            ports.Add(request).ShouldBe(new DatapathPort(null, "vo0", OvsVportType.Netdev) { Error = "it is a port of bridge-o" });
            await UntilAddedAsync(ports, request, null, () => Command.RunAsync("ip", "link", "set", "vo0", "nomaster"));
        }
        finally
        {
            await Command.RunAsync("ip", "link", "del", "bridge-o");
        }
    }

    [KernelDatapathFact]
    public async Task A_device_that_is_renamed_is_told()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-n");
        await datapath.AddVethAsync("vn0", "vn1");
        using KernelPorts ports = datapath.Open();
        uint? number = ports.Add(new PortRequest("vn0", PortKind.System)).Number;

        IReadOnlyList<DatapathPort> renamed = await UntilAsync(
            ports, list => list.Any(port => port.Name == "vn5"), () => Command.RunAsync("ip", "link", "set", "vn0", "name", "vn5"));

        Named(renamed, "vn5").Number.ShouldBe(number);
        IsThere(renamed, "vn0").ShouldBeFalse();
        await Command.RunAsync("ip", "link", "set", "vn5", "name", "vn0");
    }

    [KernelDatapathFact]
    public async Task A_datapath_that_is_deleted_is_told_and_then_refuses_to_list_its_ports()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-g");
        using KernelPorts ports = datapath.Open();
        ports.Add(new PortRequest("br-g", PortKind.Internal));
        using var changed = new SemaphoreSlim(0);
        ports.Changed += (_, _) => changed.Release();

        await Command.RunAsync("ovs-dpctl", "del-dp", "system@ports-g");

        (await changed.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue();
        Should.Throw<DatapathException>(ports.List).Error.ShouldBe(Errno.NoDevice);
        await Command.RunAsync("ovs-dpctl", "add-dp", "system@ports-g");
    }

    [KernelDatapathFact]
    public async Task A_change_that_was_lost_because_the_queue_overflowed_is_seen()
    {
        await using PortsOfDatapath datapath = await CreateAsync("ports-q");
        await datapath.AddVethAsync("vq0", "vq1");
        await datapath.AddVethAsync("vq8", "vq9");
        using KernelPorts ports = datapath.Open();
        ports.Add(new PortRequest("vq0", PortKind.System));
        using var held = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        EventHandler hold = (_, _) =>
        {
            held.Release();
            go.Wait();
        };

        // While the listening thread is held up, what is told of a device that is no port fills its queue.
        ports.Changed += hold;
        await Command.RunAsync("ip", "link", "set", "vq0", "mtu", "1400");
        (await held.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue();
        await Command.RunAsync("sh", "-c", "i=1000; while [ $i -lt 1400 ]; do echo link set vq8 mtu $i; i=$((i+1)); done | ip -batch -");
        await Command.RunAsync("ip", "link", "set", "vq0", "mtu", "1333");
        LostByLinkListeners().ShouldBeGreaterThan(0);
        ports.Changed -= hold;

        await UntilAsync(ports, list => Named(list, "vq0").Mtu == 1333, () =>
        {
            go.Set();
            return Task.CompletedTask;
        });
    }

    /// <summary>
    /// Messages that sockets of rtnetlink in the group of links have lost: protocol in column 2, groups in 4, drops in 9.
    /// </summary>
    private static long LostByLinkListeners() =>
        File.ReadLines("/proc/net/netlink").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns[1] == "0" && columns[3].EndsWith('1'))
            .Sum(columns => long.Parse(columns[8], CultureInfo.InvariantCulture));

    private static DatapathPort Named(IReadOnlyList<DatapathPort> list, string name) => list.Single(port => port.Name == name);

    private static bool IsThere(IReadOnlyList<DatapathPort> list, string name) => list.Any(port => port.Name == name);

    /// <summary>Adds a port each time that something is said to have changed, until it is there.</summary>
    private static Task UntilAddedAsync(KernelPorts ports, PortRequest request, uint? number, Func<Task> change, int mtu = 1500) =>
        UntilAsync(
            ports,
            list => (IsThere(list, request.Name) || ports.Add(request, number).Number is not null)
                && Named(ports.List(), request.Name).Mtu == mtu,
            change);

    private static string Refusal(KernelPorts ports, PortRequest request) =>
        Should.Throw<DatapathException>(() => ports.Add(request)).Message;

    private static ulong AddressOf(string device) =>
        Convert.ToUInt64(File.ReadAllText($"/sys/class/net/{device}/address").Trim().Replace(":", "", StringComparison.Ordinal), 16);
}
