using System.Globalization;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Daemon;

/// <summary>The daemon's life on the kernel's datapath: what it takes, what it leaves, and what ends it.</summary>
public sealed class LiveDaemonTests : IAsyncLifetime
{
    private const string Running = "Datapath system@ovs-system with 1 bridges";

    private Lab _lab = null!;
    private LabHost _one = null!;
    private LabHost _two = null!;

    public async Task InitializeAsync()
    {
        if (new KernelDatapathFactAttribute().Skip != null)
            return;
        _lab = await Lab.CreateAsync();
        _one = await _lab.AddStationAsync("p0", "10.1.1.1/24");
        _two = await _lab.AddStationAsync("p1", "10.1.1.2/24");
    }

    public async Task DisposeAsync()
    {
        if (_lab != null)
            await _lab.DisposeAsync();
    }

    [KernelDatapathFact]
    public async Task It_bridges_two_devices_and_says_at_start_what_it_runs_on()
    {
        BackgroundProcess daemon = await StartAsync("");
        await ShouldAnswerAsync("10.1.1.2", daemon);
        string features = daemon.Output.Split('\n').Single(line => line.Contains("Datapath ovs-system has ", StringComparison.Ordinal));
        features.ShouldMatch(@"has \d+ of \d+ features; not: .*Tunnel push pop");
        features.ShouldNotContain("Check pkt length action");
        daemon.Output.ShouldContain("Port ovs-p0 of br0: datapath port ");
        daemon.Output.ShouldContain("dispatch per-cpu");
        daemon.Output.ShouldContain($"Control socket {_lab.Folder}/upcall-actors.{daemon.Id.ToString(CultureInfo.InvariantCulture)}.ctl");
    }

    [KernelDatapathFact]
    public async Task Dispatch_per_vport_is_what_it_is_told_to_use()
    {
        BackgroundProcess daemon = await StartAsync("dispatch = per-vport");
        await ShouldAnswerAsync("10.1.1.2", daemon);
        daemon.Output.ShouldContain("dispatch per-vport");
    }

    [KernelDatapathFact]
    public async Task Ended_by_a_signal_it_leaves_the_datapath_with_its_ports_and_flows_and_the_next_one_takes_them()
    {
        BackgroundProcess daemon = await StartAsync("");
        await Ping.SendAsync(_one, "10.1.1.2");
        string[] before = await PortsAsync();
        (await EndAsync(daemon, "TERM")).ShouldBe(0, daemon.Output);
        daemon.Output.ShouldContain("Datapath ovs-system stays");
        (await PortsAsync()).ShouldBe(before);
        (await _lab.Switch.RunAsync("ovs-dpctl", "dump-flows")).ShouldNotBeEmpty();

        BackgroundProcess next = await StartAsync("");
        (await PortsAsync()).ShouldBe(before);
        await ShouldAnswerAsync("10.1.1.2", next);
    }

    [KernelDatapathFact]
    public async Task With_on_exit_delete_nothing_of_it_stays()
    {
        BackgroundProcess daemon = await StartAsync("on-exit = delete", "t0 { number = 9, type = vxlan, remote-ip = 192.0.2.1 }");
        (await PortsAsync()).ShouldContain(port => port.Contains("vxlan_sys_4789", StringComparison.Ordinal));
        (await EndAsync(daemon, "INT")).ShouldBe(0, daemon.Output);
        (await _lab.Switch.RunAsync("ovs-dpctl", "dump-dps")).ShouldBeEmpty();
        string links = await _lab.Switch.IpAsync("-o link");
        foreach (string device in (string[])["ovs-system", "br0", "vxlan_sys"])
            links.ShouldNotContain(device);
        links.ShouldContain("ovs-p0");
    }

    [KernelDatapathFact]
    public async Task Exit_with_cleanup_deletes_and_is_answered_when_all_is_done()
    {
        BackgroundProcess daemon = await StartAsync("");
        await Command.RunAsync("ovs-appctl", "-t", $"{_lab.Folder}/upcall-actors.{daemon.Id.ToString(CultureInfo.InvariantCulture)}.ctl",
            "exit", "--cleanup");
        (await _lab.Switch.RunAsync("ovs-dpctl", "dump-dps")).ShouldBeEmpty();
        (await daemon.ExitAsync()).ShouldBe(0, daemon.Output);
    }

    [KernelDatapathFact]
    public async Task A_datapath_of_a_daemon_that_lives_is_refused_unless_it_is_to_be_taken_over()
    {
        BackgroundProcess first = await StartAsync("");
        string second = await WriteAsync("second", "");
        (int code, string output) = await _lab.Switch.TryAsync(Program(second));
        code.ShouldBe(1, output);
        output.ShouldContain("datapath ovs-system is in use: its upcalls go to ");
        output.ShouldContain(first.Id.ToString(CultureInfo.InvariantCulture));
        await ShouldAnswerAsync("10.1.1.2", first);

        BackgroundProcess thief = await StartAsync("take-over = true", runDirectory: "second");
        // It lives on without upcalls, but goes on looking after flows.
        await first.SignalAsync("KILL");
        await first.ExitAsync();
        await _lab.Switch.RunAsync("ovs-dpctl", "del-flows");
        await ShouldAnswerAsync("10.1.1.2", thief);
    }

    [KernelDatapathFact]
    public async Task The_datapath_of_a_running_ovs_vswitchd_is_refused()
    {
        var reference = new ReferenceSwitch(_lab,
            new SwitchConfiguration(DatapathKind.Kernel, new BridgeConfiguration("br9", PortConfiguration.Of(_one, 1))));
        _lab.Own(reference);
        await reference.StartAsync();
        (int code, string output) = await _lab.Switch.TryAsync(Program(await WriteAsync("ours", "")));
        code.ShouldBe(1, output);
        output.ShouldContain("ovs-vswitchd");
    }

    [KernelDatapathFact]
    public async Task A_port_that_goes_and_comes_again_is_picked_up_and_warned_of_once()
    {
        BackgroundProcess daemon = await StartAsync("", "p2 { number = 3, type = system, interface = ovs-p2 }");
        await daemon.HasPrintedAsync("Port p2 of br0 waits for its device ovs-p2");
        LabHost three = await _lab.AddStationAsync("p2", "10.1.1.3/24");
        await daemon.HasPrintedAsync("Port p2 of br0: datapath port ");
        await ShouldAnswerAsync("10.1.1.3", daemon);

        await _lab.Switch.IpAsync("link del ovs-p2");
        // Twice, if it is looked at between the port's removal and the device's, which are two reasons.
        await Eventually.HoldsAsync(() => Count(daemon, "waits for its device ovs-p2") >= 2, () => daemon.Output);
        await _lab.Switch.IpAsync($"link add ovs-p2 type veth peer name p2 netns {three.Name}");
        await _lab.Switch.IpAsync("link set ovs-p2 up");
        await three.AddAddressAsync("10.1.1.3/24");
        await three.IpAsync("link set p2 up");
        await Eventually.HoldsAsync(() => Count(daemon, "Port p2 of br0: datapath port ") == 2, () => daemon.Output);
        // It has another address now, which its neighbour would notice in its own time.
        await _one.IpAsync("neigh flush dev p0");
        await ShouldAnswerAsync("10.1.1.3", daemon);
        string[] said = [.. daemon.Output.Split('\n').Where(line => line.Contains("Port p2 of br0", StringComparison.Ordinal))];
        said.Zip(said.Skip(1)).ShouldAllBe(pair => pair.First != pair.Second);
    }

    /// <summary>
    /// A port that somebody adds to the datapath is of no bridge, and what comes from it is dropped by a
    /// flow. When its device gets the name of a port that the configuration waits for, it is that port.
    /// Where vports have port ids of their own, its first upcalls are lost, until the watchdog has set ours.
    /// </summary>
    [SwitchTheory]
    [InlineData("per-cpu")]
    [InlineData("per-vport")]
    public async Task The_drop_flow_of_a_port_without_a_bridge_is_replaced_when_the_port_joins_one(string dispatch)
    {
        BackgroundProcess daemon = await StartAsync($"dispatch = {dispatch}", "late { number = 3, type = system }");
        LabHost stray = await _lab.AddStationAsync("stray", "10.1.1.3/24");
        await _lab.Switch.RunAsync("ovs-dpctl", "add-if", "ovs-system", stray.Port);
        string number = (await PortsAsync()).Single(port => port.EndsWith($": {stray.Port}", StringComparison.Ordinal)).Split(' ', ':')[1];
        await using BackgroundProcess traffic = stray.Start(["ping", "-n", "-i", "0.3", "10.1.1.1"]);
        await Eventually.HoldsAsync(async () => (await DropFlowsAsync(number)).Contains("eth_type(0x0806)", StringComparison.Ordinal),
            () => $"nothing is dropped:\n{daemon.Output}");
        traffic.Output.ShouldNotContain("bytes from");

        await _lab.Switch.IpAsync($"link set {stray.Port} down");
        await _lab.Switch.IpAsync($"link set {stray.Port} name late");
        await _lab.Switch.IpAsync("link set late up");
        await daemon.HasPrintedAsync($"Port late of br0: datapath port {number}");
        await traffic.HasPrintedAsync("bytes from");
        await Eventually.HoldsAsync(async () => (await DropFlowsAsync(number)).Length == 0,
            () => $"the drop flow is still there:\n{daemon.Output}");
    }

    [KernelDatapathFact]
    public async Task A_port_that_the_configuration_has_no_more_is_taken_out_at_the_next_start()
    {
        BackgroundProcess daemon = await StartAsync("", "extra { number = 3, type = internal }");
        (await PortsAsync()).ShouldContain(port => port.Contains("extra", StringComparison.Ordinal));
        await EndAsync(daemon, "TERM");
        BackgroundProcess next = await StartAsync("");
        next.Output.ShouldContain("Removed the datapath's port extra");
        (await PortsAsync()).ShouldNotContain(port => port.Contains("extra", StringComparison.Ordinal));
    }

    [KernelDatapathFact]
    public async Task A_port_whose_device_another_switch_has_waits_for_it_and_the_rest_works()
    {
        await _lab.Switch.IpAsync("link add br-other type bridge");
        await _lab.Switch.IpAsync("link add taken type dummy");
        await _lab.Switch.IpAsync("link set taken master br-other");
        BackgroundProcess daemon = await StartAsync("", "taken { number = 3, type = system }");
        daemon.Output.ShouldContain("Port taken of br0 waits for its device taken: it is a port of br-other");
        await ShouldAnswerAsync("10.1.1.2", daemon);

        await _lab.Switch.IpAsync("link set taken nomaster");
        await daemon.HasPrintedAsync("Port taken of br0: datapath port ");
    }

    [KernelDatapathFact]
    public async Task A_port_that_is_of_another_kind_in_the_datapath_is_refused_and_the_rest_works()
    {
        BackgroundProcess first = await StartAsync("", "own { number = 3, type = internal }");
        await EndAsync(first, "TERM");
        BackgroundProcess daemon = await StartAsync("", "own { number = 3, type = system }");
        daemon.Output.ShouldContain("Port own of br0 is refused: ");
        daemon.Output.ShouldContain("it is an internal port of the datapath, not a device");
        await ShouldAnswerAsync("10.1.1.2", daemon);
    }

    [KernelDatapathFact]
    public async Task A_datapath_that_somebody_deletes_ends_it_with_code_1()
    {
        BackgroundProcess daemon = await StartAsync("");
        await _lab.Switch.RunAsync("ovs-dpctl", "del-dp", "ovs-system");
        (await daemon.ExitAsync()).ShouldBe(1, daemon.Output);
        // Whoever notices first says it: who watches the datapath, or who asks it something.
        daemon.Output.ShouldMatch("ovs-system(: cannot | has been deleted)");
    }

    /// <summary>The first three pings to an address are answered, however slowly: one that waits in an upcall may be overtaken.</summary>
    private async Task ShouldAnswerAsync(string address, BackgroundProcess daemon) =>
        (await Ping.SendAsync(_one, address)).Answered.Order().Take(3).ShouldBe([1, 2, 3], daemon.Output);

    private static int Count(BackgroundProcess daemon, string text) =>
        daemon.Output.Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));

    private static async Task<int> EndAsync(BackgroundProcess daemon, string signal)
    {
        await daemon.SignalAsync(signal);
        return await daemon.ExitAsync();
    }

    private static string[] Program(string file) => [.. DaemonProgram.Command, "run", "--config", file];

    /// <summary>The datapath's ports, number and name of each.</summary>
    private async Task<string[]> PortsAsync() =>
        [.. (await _lab.Switch.RunAsync("ovs-dpctl", "show")).Split('\n').Select(line => line.Trim())
            .Where(line => line.StartsWith("port ", StringComparison.Ordinal))];

    /// <summary>The flows that drop what comes from a port of the datapath.</summary>
    private async Task<string> DropFlowsAsync(string port) =>
        string.Join('\n', (await _lab.Switch.RunAsync("ovs-dpctl", "dump-flows")).Split('\n').Where(flow =>
            flow.Contains($"in_port({port})", StringComparison.Ordinal) && flow.EndsWith("actions:drop", StringComparison.Ordinal)));

    private async Task<BackgroundProcess> StartAsync(string datapath, string port = "", string runDirectory = "")
    {
        string file = await WriteAsync(runDirectory, datapath, port);
        BackgroundProcess daemon = _lab.Own(_lab.Switch.Start(Program(file)));
        await daemon.HasPrintedAsync(Running);
        return daemon;
    }

    private async Task<string> WriteAsync(string runDirectory, string datapath, string port = "")
    {
        string file = Path.Combine(_lab.Folder, $"switch{runDirectory}.conf");
        await File.WriteAllTextAsync(file, $$"""
            upcall-actors {
              run-dir = "{{Path.Combine(_lab.Folder, runDirectory)}}"
              datapath { type = kernel, {{datapath}} }
              bridges.br0 {
                fail-mode = standalone
                ports {
                  ovs-p0 { number = 1, type = system }
                  ovs-p1 { number = 2, type = system }
                  {{port}}
                }
              }
            }
            """);
        return file;
    }
}
