using System.Globalization;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>A daemon whose configuration changes under traffic.</summary>
public sealed class ReloadTests
{
    private const string Two = """
        priority=1,actions=drop
        priority=10,arp,actions=normal
        priority=20,in_port=1,icmp,actions=2
        priority=20,in_port=2,icmp,actions=1
        """;

    /// <summary>Another way for the first two stations, and a third one.</summary>
    private const string Three = """
        priority=1,actions=drop
        priority=10,arp,actions=normal
        priority=20,in_port=1,icmp,actions=resubmit(,7)
        priority=20,in_port=2,icmp,actions=1
        priority=20,in_port=3,icmp,actions=1
        table=7,priority=1,actions=2
        table=7,priority=9,icmp,nw_dst=10.1.1.3,actions=3
        """;

    /// <summary>Answers to wait for before and after each change.</summary>
    private const int Some = 20;

    [SwitchTheory]
    [EveryDatapath]
    public async Task Flows_and_ports_change_at_SIGHUP_and_by_command_and_no_ping_is_lost(DatapathKind datapath)
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost p0 = await lab.AddStationAsync("p0", "10.1.1.1/24");
        LabHost p1 = await lab.AddStationAsync("p1", "10.1.1.2/24");
        LabHost p2 = await lab.AddStationAsync("p2", "10.1.1.3/24");
        SwitchConfiguration two = new(datapath,
            new BridgeConfiguration("br0", PortConfiguration.Of(p0, 1), PortConfiguration.Of(p1, 2)) { Flows = Two });
        SwitchConfiguration three = new(datapath, new BridgeConfiguration("br0", PortConfiguration.Of(p0, 1), PortConfiguration.Of(p1, 2),
            PortConfiguration.Of(p2, 3))
        { Flows = Three });
        // Owned before the pings, which end before it.
        DaemonProcess daemon = lab.Own(new DaemonProcess(lab, two) { KeepsRules = false });
        await daemon.StartAsync();
        BackgroundProcess ping = lab.Own(p0.Start(["ping", "-n", "-i", "0.05", "10.1.1.2"]));
        await HasMoreAnswersAsync(ping);

        string file = await three.WriteAsync(lab.Folder);
        string pid = (await File.ReadAllTextAsync(Path.Combine(lab.Folder, "upcall-actors.pid"))).Trim();
        await Command.RunAsync("kill", "-HUP", pid);
        (await Ping.SendAsync(p0, "10.1.1.3")).ShouldBeAnswered("the third station", daemon);
        await HasMoreAnswersAsync(ping);

        await File.AppendAllTextAsync(file, "upcall-actors { handlers = 3, revalidators.max-idle = 4s, pipeline.batch-size = 8 }\n");
        string answer = await daemon.AppctlAsync("upcall-actors/reload");
        answer.ShouldContain("applied: upcall-actors.pipeline.batch-size = 8\n");
        answer.ShouldContain("applied: upcall-actors.revalidators.max-idle = 4s\n");
        answer.ShouldContain("needs a restart: upcall-actors.handlers = 3 (it is 0)\n");
        // Each packet comes up for a while: none of those is lost either.
        await daemon.AppctlAsync("revalidator/purge");
        await HasMoreAnswersAsync(ping);

        await two.WriteAsync(lab.Folder);
        await File.AppendAllTextAsync(Path.Combine(lab.Folder, "switch.conf"), "upcall-actors.handlers = few\n");
        await Command.RunAsync("kill", "-HUP", pid);
        await Eventually.HoldsAsync(() => daemon.Log.Contains("nothing was changed: ", StringComparison.Ordinal), () => daemon.Log);
        (await daemon.AppctlAsync("dpif/show")).ShouldContain("ovs-p2 3/");

        await two.WriteAsync(lab.Folder);
        (await daemon.AppctlAsync("upcall-actors/reload"))
            .ShouldContain("applied: upcall-actors.bridges.br0.ports.ovs-p2.number (not set)\n");
        (await daemon.AppctlAsync("dpif/show")).ShouldNotContain("ovs-p2");
        await daemon.AppctlAsync("revalidator/wait");
        await HasMoreAnswersAsync(ping);

        IReadOnlyList<int> answered = Ping.Parse(ping.Output).Answered;
        // The first ones came up, and may have been overtaken.
        answered.Order().ShouldBe(Enumerable.Range(1, answered.Count), daemon.Log);
        daemon.Log.ShouldNotContain("Upcalls lost");
    }

    private static async Task HasMoreAnswersAsync(BackgroundProcess ping)
    {
        int before = Ping.Parse(ping.Output).Answered.Count;
        await Eventually.HoldsAsync(
            () => Ping.Parse(ping.Output).Answered.Count >= before + Some,
            () => string.Create(CultureInfo.InvariantCulture, $"no more than {before} answers and some:\n{ping.Output}"));
    }
}
