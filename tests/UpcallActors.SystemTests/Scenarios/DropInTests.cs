using System.Globalization;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>
/// The daemon by the name <c>ovs-vswitchd</c> takes the place of the real one under traffic, with its database, and gives it back.
/// </summary>
public sealed class DropInTests
{
    /// <summary>Answers to wait for at each point.</summary>
    private const int Some = 20;

    [KernelDatapathFact]
    public async Task A_host_changes_over_without_a_lost_packet_and_back_with_the_same_numbers()
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost p0 = await lab.AddStationAsync("p0", "10.1.1.1/24");
        LabHost p1 = await lab.AddStationAsync("p1", "10.1.1.2/24");
        await using var real = new ReferenceSwitch(lab, new SwitchConfiguration(
            DatapathKind.Kernel, new BridgeConfiguration("br0", PortConfiguration.Of(p0, 1), PortConfiguration.Of(p1, 2))));
        await real.StartAsync();
        BackgroundProcess ping = lab.Own(p0.Start(["ping", "-n", "-i", "0.05", "10.1.1.2"]));
        await HasMoreAnswersAsync(ping, "before the change");
        string ports = await real.VsctlAsync("--columns=name,ofport,mac_in_use list Interface");

        await real.EndAsync();
        await using (BackgroundProcess ours = Start(lab, real))
        {
            string control = Path.Combine(lab.Folder, string.Create(CultureInfo.InvariantCulture, $"ovs-vswitchd.{ours.Id}.ctl"));
            await Eventually.HoldsAsync(
                async () => (await Command.TryAsync("ovs-appctl", "-t", control, "dpif/show")).Code == 0, () => ours.Output);
            await HasMoreAnswersAsync(ping, "after the change");
            IReadOnlyList<int> answered = Ping.Parse(ping.Output).Answered;
            answered.ShouldBe(Enumerable.Range(1, answered.Count), ours.Output);
            (await real.VsctlAsync("--columns=name,ofport,mac_in_use list Interface")).ShouldBe(ports);
            // What no flow was for before comes up to ours.
            (await Ping.SendAsync(p1, "10.1.1.1", size: 3200)).ShouldBeAnswered("the other way");
            await Command.RunAsync("ovs-ofctl", "add-flow", $"unix:{lab.Folder}/br0.mgmt", "priority=7,udp,actions=drop");
            await real.VsctlAsync($"set Interface {p1.Port} ofport_request=9");
            (await real.VsctlAsync($"get Interface {p1.Port} ofport")).Trim().ShouldBe("9");
            await real.VsctlAsync($"set Interface {p1.Port} ofport_request=2");
            await Command.RunAsync("ovs-appctl", "-t", control, "exit");
            (await ours.ExitAsync()).ShouldBe(0);
        }

        await real.StartAsync();
        await HasMoreAnswersAsync(ping, "after the change back");
        (await real.VsctlAsync("--columns=name,ofport,mac_in_use list Interface")).ShouldBe(ports);
    }

    private static BackgroundProcess Start(Lab lab, ReferenceSwitch real)
    {
        string program = Path.Combine(lab.Folder, "ovs-vswitchd");
        File.CreateSymbolicLink(program, DaemonProgram.Native ?? Path.Combine(AppContext.BaseDirectory, "upcall-actors"));
        Dictionary<string, string> environment = ReferenceSwitch.EnvironmentOf(lab);
        environment["DOTNET_ROOT"] = Path.GetDirectoryName(new FileInfo(DaemonProgram.Dotnet).ResolveLinkTarget(true)?.FullName
            ?? DaemonProgram.Dotnet)!;
        environment["OVS_SYSLOG_METHOD"] = "null";
        return lab.Switch.Start([program, $"unix:{real.Socket}", "--pidfile", "-vconsole:info"], environment);
    }

    private static async Task HasMoreAnswersAsync(BackgroundProcess ping, string when)
    {
        int before = Ping.Parse(ping.Output).Answered.Count;
        await Eventually.HoldsAsync(
            () => Ping.Parse(ping.Output).Answered.Count >= before + Some, () => $"no answers {when}:\n{ping.Output}");
    }
}
