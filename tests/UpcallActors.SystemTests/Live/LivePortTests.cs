using UpcallActors.Odp;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Live;

/// <summary>The embedded datapath between real veth devices, and the host's own stack.</summary>
public sealed class LivePortTests
{
    private const string Normal = "priority=0,actions=NORMAL";

    private const string Tracking = """
        priority=1,action=drop
        priority=10,arp,action=normal
        priority=100,in_port=1,icmp,action=ct(commit,zone=9),2
        priority=100,in_port=2,ct_state=-trk,icmp,action=ct(table=0,zone=9)
        priority=100,in_port=2,ct_state=+trk+est-new,icmp,action=1
        """;

    [LiveFact]
    public async Task Stations_ping_each_other_over_both_IP_versions()
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost a, LabHost b) = await StationsAsync(lab);
        await using LiveSwitch live = await LiveSwitch.StartAsync(lab, Normal, Request(a), Request(b));
        await WarmUpAsync(a);

        (await Ping.SendAsync(a, "10.1.1.2")).ShouldBeAnswered("IPv4");
        (await Ping.SendAsync(a, "fc00::2")).ShouldBeAnswered("IPv6");
        (await Ping.SendAsync(a, "10.1.1.2", 65000)).ShouldBeAnswered("IPv4, 65000 bytes");
        (await Ping.SendAsync(a, "fc00::2", 65000)).ShouldBeAnswered("IPv6, 65000 bytes");
    }

    [LiveFact(NeedsVlan = true)]
    public async Task Stations_ping_each_other_on_a_VLAN()
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost a, LabHost b) = await StationsAsync(lab);
        await a.AddVlanAsync(100, "10.2.2.1/24");
        await b.AddVlanAsync(100, "10.2.2.2/24");
        await using LiveSwitch live = await LiveSwitch.StartAsync(lab, Normal, Request(a), Request(b));
        await WarmUpAsync(a);

        (await Ping.SendAsync(a, "10.2.2.2")).ShouldBeAnswered("56 bytes");
        (await Ping.SendAsync(a, "10.2.2.2", 1472)).ShouldBeAnswered("as long as goes without fragments");
        (await Ping.SendAsync(a, "10.2.2.2", 3200)).ShouldBeAnswered("in fragments");
        Iperf tcp = await Iperf.RunAsync(lab, a, b, "10.2.2.2", "--bytes", "8M");
        tcp.ShouldHaveFlowed();
    }

    [LiveFact]
    public async Task Pings_that_connection_tracking_reassembles_come_back_cut_as_they_were()
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost a, LabHost b) = await StationsAsync(lab);
        await using LiveSwitch live = await LiveSwitch.StartAsync(lab, Tracking, Request(a), Request(b));

        (await Ping.SendAsync(a, "10.1.1.2", 3200)).Answered.ShouldContain(1, "3200 bytes, as the very first traffic");
        live.Datapath.Counters.UpcallsWithMru.ShouldBeGreaterThan(0);
        await live.PurgeAsync();
        (await Ping.SendAsync(a, "10.1.1.2", 1600)).ShouldBeAnswered("1600 bytes");
        live.Datapath.Counters.LargestMru.ShouldBe(1500);
        live.Datapath.Conntrack.Dump(9).ShouldNotBeEmpty();
    }

    [LiveFact]
    public async Task TCP_of_hosts_that_leave_checksums_and_segments_to_their_devices_is_not_sent_twice()
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost a, LabHost b) = await StationsAsync(lab);
        await using LiveSwitch live = await LiveSwitch.StartAsync(lab, Normal, Request(a), Request(b));
        await WarmUpAsync(a);

        (await Iperf.RunAsync(lab, a, b, "10.1.1.2", "--bytes", "64M")).ShouldHaveFlowed();
        (await Iperf.RunAsync(lab, a, b, "fc00::2", "--bytes", "8M")).ShouldHaveFlowed();
        live.Ports.List().ShouldAllBe(port => port.Statistics!.Value.RxErrors == 0);
    }

    [LiveFact]
    public async Task The_hosts_own_stack_has_a_port_by_the_bridges_name()
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost a, _) = await StationsAsync(lab);
        await using LiveSwitch live = await LiveSwitch.StartAsync(lab, Normal, Request(a), new PortRequest("br0", PortKind.Internal));
        await lab.Switch.IpAsync("address add 10.1.1.9/24 dev br0");
        await lab.Switch.IpAsync("link set br0 up");
        await WarmUpAsync(a, "10.1.1.9");

        (await Ping.SendAsync(a, "10.1.1.9")).ShouldBeAnswered("a station to the host");
        (await Ping.SendAsync(lab.Switch, "10.1.1.1", 3200)).ShouldBeAnswered("the host to a station, in fragments");
        (await Iperf.RunAsync(lab, a, new LabHost(lab.Switch.Name, "br0", lab.Switch), "10.1.1.9", "--bytes", "8M")).ShouldHaveFlowed();
        (await Iperf.RunAsync(lab, new LabHost(lab.Switch.Name, "br0", lab.Switch), a, "10.1.1.1", "--bytes", "8M")).ShouldHaveFlowed();

        live.Ports.Remove("br0").ShouldBeTrue();
        (await lab.Switch.TryAsync("ip", "link", "show", "br0")).Code.ShouldNotBe(0);
    }

    [LiveFact]
    public async Task A_device_that_goes_and_comes_again_is_told_and_may_have_its_number_back()
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost a, LabHost b) = await StationsAsync(lab);
        await using LiveSwitch live = await LiveSwitch.StartAsync(lab, Normal, Request(a), Request(b));
        await WarmUpAsync(a);
        uint? number = PortOf(live, b).Number;
        int changes = 0;
        live.Ports.Changed += (_, _) => Interlocked.Increment(ref changes);
        live.Ports.Watch(new HashSet<string> { b.Port });

        await lab.Switch.IpAsync($"link del {b.Port}");
        await Eventually.HoldsAsync(() => !IsThere(live, b.Port) && Volatile.Read(ref changes) > 0, () => $"{b.Port} is still there");
        int before = Volatile.Read(ref changes);
        await lab.Switch.IpAsync($"link add {b.Port} type veth peer name {b.Device} netns {b.Name}");
        await lab.Switch.IpAsync($"link set {b.Port} up");
        await b.AddAddressAsync("10.1.1.2/24");
        await b.IpAsync($"link set {b.Device} up");
        await Eventually.HoldsAsync(() => Volatile.Read(ref changes) > before, () => "nothing was told");
        (await LiveSwitch.AddAsync(lab, live.Ports, Request(b), number)).Number.ShouldBe(number);
        await Eventually.HoldsAsync(() => PortOf(live, b).IsUp, () => $"{PortOf(live, b)}");
        (await Ping.SendAsync(b, "10.1.1.1")).ShouldBeAnswered("the default size");
    }

    [LiveFact]
    public async Task A_device_that_is_not_there_yet_is_not_added_and_is_told_when_it_comes()
    {
        await using Lab lab = await Lab.CreateAsync();
        await using LiveSwitch live = await LiveSwitch.StartAsync(lab, Normal);
        int changes = 0;
        live.Ports.Changed += (_, _) => Interlocked.Increment(ref changes);
        live.Ports.Watch(new HashSet<string> { "late0" });
        var request = new PortRequest("late0", PortKind.System);
        DatapathPort missing = await LiveSwitch.AddAsync(lab, live.Ports, request);
        missing.Number.ShouldBeNull();
        missing.Error.ShouldNotBeNull().ShouldContain("late0");
        IsThere(live, "late0").ShouldBeFalse();
        await lab.Switch.IpAsync("link add late0 type veth peer name late1");
        await Eventually.HoldsAsync(() => Volatile.Read(ref changes) > 0, () => "nothing was told");
        (await LiveSwitch.AddAsync(lab, live.Ports, request)).Number.ShouldNotBeNull();
        live.Ports.Remove("late0").ShouldBeTrue();
        live.Ports.Remove("late0").ShouldBeFalse();
        IsThere(live, "late0").ShouldBeFalse();
    }

    [LiveFact]
    public async Task A_change_of_MTU_is_told_and_obeyed()
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost a, LabHost b) = await StationsAsync(lab);
        await using LiveSwitch live = await LiveSwitch.StartAsync(lab, Normal, Request(a), Request(b));
        await WarmUpAsync(a);
        int changes = 0;
        live.Ports.Changed += (_, _) => Interlocked.Increment(ref changes);
        await lab.Switch.IpAsync($"link set {b.Port} mtu 1280");
        await Eventually.HoldsAsync(() => Volatile.Read(ref changes) > 0, () => "nothing was told");
        PortOf(live, b).Mtu.ShouldBe(1280);

        await a.TryAsync("ping", "-c", "1", "-W", "1", "-M", "do", "-s", "1400", "10.1.1.2");
        PortOf(live, b).Statistics!.Value.TxErrors.ShouldBe(1UL);
    }

    [LiveFact]
    public async Task Without_the_capability_the_refusal_names_it()
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost a = await lab.AddStationAsync("p0", "10.1.1.1/24");
        await using LiveSwitch live = await LiveSwitch.StartAsync(lab, Normal);
        DatapathException system = await RefusalAsync(Request(a));
        system.Message.ShouldContain(a.Port);
        system.Message.ShouldContain("CAP_NET_RAW");
        DatapathException intern = await RefusalAsync(new PortRequest("br0", PortKind.Internal));
        intern.Message.ShouldContain("CAP_NET_ADMIN");
        live.Ports.List().Select(port => port.Name).ShouldBe(["ovs-system"]);

        async Task<DatapathException> RefusalAsync(PortRequest request) =>
            await Should.ThrowAsync<DatapathException>(() => NamespaceThread.RunAsync(lab.Switch.Name, () =>
        {
            CapabilityThread.DropAll();
            return live.Ports.Add(request);
        }));
    }

    [LiveFact]
    public async Task Ports_that_cannot_be_are_refused()
    {
        await using Lab lab = await Lab.CreateAsync();
        await using LiveSwitch live = await LiveSwitch.StartAsync(lab, Normal);
        await lab.Switch.IpAsync("link add taken type veth peer name other");
        foreach (PortRequest request in (PortRequest[])
        [
            new("taken", PortKind.Internal),
            new("ovs-system", PortKind.Internal),
            new("a name that is too long", PortKind.System),
            new("", PortKind.Internal),
            new("gre0", PortKind.Gre),
            new("gnv0", PortKind.Geneve),
        ])
        {
            DatapathException refusal = await Should.ThrowAsync<DatapathException>(() => LiveSwitch.AddAsync(lab, live.Ports, request),
                request.Name);
            refusal.Message.ShouldContain(request.Name);
        }

        await LiveSwitch.AddAsync(lab, live.Ports, new PortRequest("taken", PortKind.System));
        await Should.ThrowAsync<DatapathException>(() => LiveSwitch.AddAsync(lab, live.Ports, new PortRequest("taken", PortKind.Internal)));
        live.Ports.List().Select(port => port.Name).ShouldBe(["ovs-system", "taken"]);
    }

    private static PortRequest Request(LabHost station) => new(station.Port, PortKind.System);

    private static bool IsThere(LiveSwitch live, string name) => live.Ports.List().Any(port => port.Name == name);

    private static DatapathPort PortOf(LiveSwitch live, LabHost station) => live.Ports.List().Single(port => port.Name == station.Port);

    /// <summary>Until all code on a packet's way has been compiled, packets wait, and the first answers come late.</summary>
    private static async Task WarmUpAsync(LabHost station, string address = "10.1.1.2") =>
        await station.RunAsync("ping", "-c", "3", "-i", "0.2", "-w", "60", address);

    private static async Task<(LabHost A, LabHost B)> StationsAsync(Lab lab)
    {
        LabHost a = await lab.AddStationAsync("p0", "10.1.1.1/24", "fc00::1/64");
        LabHost b = await lab.AddStationAsync("p1", "10.1.1.2/24", "fc00::2/64");
        foreach (LabHost station in (LabHost[])[a, b])
            await station.RunAsync("ethtool", "-K", station.Device, "tx", "on");
        return (a, b);
    }
}
