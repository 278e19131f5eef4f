using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests.Running;

/// <summary>Bridges follow the datapath's ports.</summary>
public sealed class RunningSwitchTests : IDisposable
{
    private static readonly SwitchConfiguration Wanted = Configurations.Switch(
        new BridgeConfiguration
        {
            Name = "br0",
            Ports =
            [
                PortConfiguration.Of(Configurations.Device("p0", 1, "eth0")),
                new PortConfiguration { Name = "p1", VlanMode = VlanMode.Access, Tag = 5, Interfaces = [Configurations.Device("p1", 2)] },
                PortConfiguration.Of(Configurations.Vxlan("t0", 3, 1)),
                PortConfiguration.Of(Configurations.Vxlan("t1", 4, 2)),
            ],
        },
        Configurations.Bridge("br1", Configurations.Internal("p2", 1)));

    private readonly SwitchUnderTest _switch = new();

    private ScriptedPorts Scripted => _switch.Ports;

    private LogLines Log => _switch.Log;

    public void Dispose() => _switch.Dispose();

    [Fact]
    public async Task Each_bridge_has_its_own_port_and_those_whose_devices_are_there()
    {
        Scripted.SetDevice("eth0", 1400);
        await using RunningSwitch running = await StartAsync();
        Ports(running, "br0").ShouldBe([(OpenFlowPorts.Local, 1, 1500), (1, 2, 1400), (3, 4, 65535), (4, 4, 65535)]);
        Ports(running, "br1").ShouldBe([(OpenFlowPorts.Local, 5, 1500), (1, 6, 1500)]);
        Log.All.ShouldContain("Information: Port p0 of br0: datapath port 2 (eth0), MTU 1400");
        Log.All.Where(line => line.StartsWith("Warning", StringComparison.Ordinal))
            .ShouldBe(["Warning: Port p1 of br0 waits for its device p1: there is no such device"]);
    }

    [Fact]
    public async Task A_tunnel_port_has_its_far_end_and_an_access_port_its_VLAN()
    {
        Scripted.SetDevice("p1", 1500);
        await using RunningSwitch running = await StartAsync();
        Bridge bridge = running.Translators.Bridges[0];
        bridge.TryGetPort(4, out BridgePort? tunnel).ShouldBeTrue();
        tunnel.Tunnel.ShouldNotBeNull().RemoteIpv4.ShouldBe(0xc0000202);
        bridge.TryGetPort(2, out BridgePort? access).ShouldBeTrue();
        (access.VlanMode, access.Vlan).ShouldBe((VlanMode.Access, (ushort)5));
    }

    [Fact]
    public async Task A_device_that_appears_goes_or_has_another_MTU_changes_the_bridges_and_keeps_their_tables()
    {
        await using RunningSwitch running = await StartAsync();
        Bridge before = running.Translators.Bridges[0];
        before.TryGetPort(1, out _).ShouldBeFalse();

        Scripted.SetDevice("eth0", 1500);
        await Eventually.HoldsAsync(() => SwitchUnderTest.Mtu(running) == 1500);
        Scripted.SetDevice("eth0", 9000);
        await Eventually.HoldsAsync(() => SwitchUnderTest.Mtu(running) == 9000);
        Scripted.RemoveDevice("eth0");
        await Eventually.HoldsAsync(() => SwitchUnderTest.Mtu(running) == null);

        Bridge after = running.Translators.Bridges[0];
        after.ShouldNotBeSameAs(before);
        after.Tables.ShouldBeSameAs(before.Tables);
        after.MacLearning.ShouldBeSameAs(before.MacLearning);
        Log.All.Count(line => line == "Warning: Port p0 of br0 waits for its device eth0: there is no such device").ShouldBe(2);
    }

    [Fact]
    public async Task A_device_that_comes_again_asks_for_the_number_it_had_and_devices_that_may_come_are_watched()
    {
        Scripted.SetDevice("eth0", 1500);
        await using RunningSwitch running = await StartAsync();
        Scripted.Watched.ShouldBe(["br0", "eth0", "p1", "br1", "p2"], ignoreOrder: true);
        uint number = SwitchUnderTest.Place(running, 1)!.Value;
        Scripted.NumbersAskedFor.ShouldBeEmpty();
        Scripted.RemoveDevice("eth0");
        await Eventually.HoldsAsync(() => SwitchUnderTest.Mtu(running) == null);
        Scripted.SetDevice("eth0", 1500);
        await Eventually.HoldsAsync(() => SwitchUnderTest.Mtu(running) == 1500);
        Scripted.NumbersAskedFor.ShouldContain(("eth0", number));
    }

    [Fact]
    public async Task A_port_that_somebody_takes_out_of_the_datapath_is_put_back()
    {
        Scripted.SetDevice("eth0", 1500);
        await using RunningSwitch running = await StartAsync();
        Scripted.Remove("eth0").ShouldBeTrue();
        Scripted.Touch();
        await Eventually.HoldsAsync(() => Scripted.List().Any(port => port.Name == "eth0"));
        SwitchUnderTest.Mtu(running).ShouldBe(1500);
    }

    [Fact]
    public async Task A_change_that_concerns_no_port_leaves_the_bridges_and_is_not_logged()
    {
        await using RunningSwitch running = await StartAsync();
        Bridge before = running.Translators.Bridges[0];
        int lines = Log.All.Count;
        Scripted.Touch();
        Scripted.SetDevice("other", 1500);
        // Once this has come through, so have those before.
        Scripted.SetDevice("p1", 1500);
        await Eventually.HoldsAsync(() => running.Translators.Bridges[0].TryGetPort(2, out _));
        Log.All.Skip(lines).ShouldBe(["Information: Port p1 of br0: datapath port 3 (p1), MTU 1500"]);
        running.Translators.Bridges[0].ShouldNotBeSameAs(before);
    }

    [Fact]
    public async Task A_port_that_is_refused_is_logged_once_and_added_when_it_is_not_refused_any_more()
    {
        Scripted.SetDevice("eth0", 1500);
        Scripted.Refuse("p0", "eth0 is a port of virbr0");
        await using RunningSwitch running = await StartAsync();
        SwitchUnderTest.Mtu(running).ShouldBeNull();
        Scripted.SetDevice("p1", 1500);
        await Eventually.HoldsAsync(() => running.Translators.Bridges[0].TryGetPort(2, out _));
        Log.All.Count(line => line == "Error: Port p0 of br0 is refused: eth0 is a port of virbr0").ShouldBe(1);

        Scripted.Refuse("p0", null);
        await Eventually.HoldsAsync(() => SwitchUnderTest.Mtu(running) == 1500);
    }

    [Fact]
    public async Task A_port_that_was_refused_comes_by_time_when_nobody_tells_that_the_obstacle_has_gone()
    {
        Scripted.SetDevice("eth0", 1500);
        Scripted.Refuse("p0", "no more memory");
        await using RunningSwitch running = await StartAsync();
        running.State.Waiting.ShouldContain(new WaitingInterface("br0", 1, "p0", PortKind.System, "no more memory", IsRefused: true));
        // The look that follows the start has set it.
        await Eventually.HoldsAsync(() => _switch.Time.IsAlarmSet);
        Scripted.RefuseQuietly("p0", null);
        SwitchUnderTest.Mtu(running).ShouldBeNull();
        _switch.Time.GoToAlarm();
        await Eventually.HoldsAsync(() => SwitchUnderTest.Mtu(running) == 1500);
        running.State.Waiting.ShouldNotContain(port => port.Name == "p0");
    }

    [Fact]
    public async Task A_port_that_waits_comes_by_time_when_nobody_tells_that_its_device_is_there()
    {
        await using RunningSwitch running = await StartAsync();
        running.State.Waiting.ShouldContain(
            new WaitingInterface("br0", 1, "p0", PortKind.System, "there is no such device", IsRefused: false));
        // The look that follows the start has set it.
        await Eventually.HoldsAsync(() => _switch.Time.IsAlarmSet);
        Scripted.SetDeviceQuietly("eth0", 1500);
        SwitchUnderTest.Mtu(running).ShouldBeNull();
        _switch.Time.GoToAlarm();
        await Eventually.HoldsAsync(() => SwitchUnderTest.Mtu(running) == 1500);
    }

    [Fact]
    public async Task Looks_that_changes_bring_about_do_not_put_off_the_one_by_time()
    {
        await using RunningSwitch running = await StartAsync();
        long start = _switch.Time.GetTimestamp();
        for (int i = 0; i < 4; i++)
        {
            Scripted.Touch();
            await running.RetryAsync();
        }

        Scripted.SetDeviceQuietly("eth0", 1500);
        _switch.Time.GoToAlarm();
        await Eventually.HoldsAsync(() => SwitchUnderTest.Mtu(running) == 1500);
        TimeSpan.FromTicks(_switch.Time.GetTimestamp() - start).ShouldBe(RetryBackoff.First);
    }

    [Fact]
    public async Task A_device_that_comes_when_its_port_was_tried_too_often_in_a_second_is_added_in_the_next()
    {
        await using RunningSwitch running = await StartAsync();
        await running.RetryAsync();
        for (int i = 0; i < 4; i++)
        {
            _switch.Time.GoToAlarm();
            // The second one comes when the alarm is set anew.
            await running.RetryAsync();
            await running.RetryAsync();
        }

        for (int i = 0; i < AttemptWindow.Most; i++)
            await running.RetryAsync();
        long spent = _switch.Time.GetTimestamp();
        Scripted.SetDevice("eth0", 1500);
        (await running.RetryAsync()).ShouldContain("port p0 of br0 still waits: there is no such device");
        await running.RetryAsync();
        _switch.Time.GoToAlarm();
        await Eventually.HoldsAsync(() => SwitchUnderTest.Mtu(running) == 1500);
        TimeSpan.FromTicks(_switch.Time.GetTimestamp() - spent).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Whoever_asks_for_another_try_is_told_what_came_of_each_port_that_waits()
    {
        Scripted.Refuse("p0", "not permitted");
        await using RunningSwitch running = await StartAsync();
        (await running.RetryAsync())
            .ShouldBe(["port p0 of br0 still waits: not permitted", "port p1 of br0 still waits: there is no such device"]);
        Scripted.SetDeviceQuietly("p1", 1500);
        (await running.RetryAsync()).ShouldBe(["port p0 of br0 still waits: not permitted", "port p1 of br0 is in the datapath now"]);
    }

    [Fact]
    public async Task A_datapath_that_refuses_every_port_is_an_error()
    {
        foreach (string port in (string[])["br0", "p0", "p1", "t0", "t1", "br1", "p2"])
            Scripted.Refuse(port, "not permitted");
        (await Should.ThrowAsync<DatapathException>(StartAsync)).Message.ShouldBe("no port can be added: not permitted");
    }

    [Fact]
    public async Task Ports_that_an_earlier_run_left_are_taken_out_but_never_the_datapaths_own()
    {
        Scripted.Leave("dp0");
        Scripted.Leave("old");
        Scripted.Leave("eth0");
        Scripted.Refuse("p0", "busy");
        await using RunningSwitch running = await StartAsync();
        Scripted.List().Select(port => port.Name).ShouldBe(["dp0", "eth0", "br0", "vxlan_sys_4789", "br1", "p2"], ignoreOrder: true);
        Log.All.ShouldContain("Information: Removed the datapath's port old, which is no longer configured");
    }

    [Fact]
    public async Task The_port_of_a_tunnel_that_is_refused_is_not_taken_out_as_an_others()
    {
        Scripted.Leave("vxlan_sys_4789");
        Scripted.Refuse("t0", "not permitted");
        Scripted.Refuse("t1", "not permitted");
        await using RunningSwitch running = await StartAsync();
        Scripted.List().Select(port => port.Name).ShouldContain("vxlan_sys_4789");
    }

    [Fact]
    public async Task A_datapath_that_is_deleted_under_it_ends_it_with_the_reason()
    {
        await using RunningSwitch running = await StartAsync();
        running.Completion.IsCompleted.ShouldBeFalse();
        Scripted.Delete();
        (await Should.ThrowAsync<DatapathException>(running.Completion)).Message.ShouldBe("datapath dp0 is gone");
    }

    [Fact]
    public async Task Disposing_ends_it_well()
    {
        RunningSwitch running = await StartAsync();
        await running.DisposeAsync();
        await running.Completion;
        Scripted.SetDevice("eth0", 1500);
        SwitchUnderTest.Mtu(running).ShouldBeNull();
    }

    private Task<RunningSwitch> StartAsync() => _switch.StartAsync(Wanted);

    private static IEnumerable<(uint Number, uint DatapathPort, int Mtu)> Ports(RunningSwitch running, string name) =>
        running.Translators.Bridges.Single(bridge => bridge.Name == name).Ports.Select(port => (port.Number, port.DatapathPort, port.Mtu));
}
