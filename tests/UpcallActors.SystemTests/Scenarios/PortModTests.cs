using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>What <c>ovs-ofctl</c> says of ports and fragments, while packets go.</summary>
public sealed class PortModTests
{
    private const string Peer = "10.1.1.2";

    [SwitchTheory]
    [EveryDatapath("down", "up")]
    [EveryDatapath("no-forward", "forward")]
    [EveryDatapath("no-receive", "receive")]
    public async Task Nothing_passes_a_port_until_the_client_says_otherwise(DatapathKind datapath, string said, string unsaid)
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost p0, LabHost p1, ISwitch daemon) = await StartAsync(lab, datapath);
        (await Ping.SendAsync(p0, Peer)).ShouldBeAnswered("before", daemon);

        await OfctlAsync(lab, daemon, "mod-port", "2", said);
        (await TryPingAsync(p0)).Code.ShouldNotBe(0, daemon.Log);
        (await IsUpAsync(lab, p1)).ShouldBe(said != "down");

        await OfctlAsync(lab, daemon, "mod-port", "2", unsaid);
        (await IsUpAsync(lab, p1)).ShouldBeTrue();
        (await Ping.SendAsync(p0, Peer)).ShouldBeAnswered("after", daemon);
    }

    [SwitchTheory]
    [EveryDatapath]
    public async Task Fragments_are_dropped_as_long_as_a_client_wants_it_and_whole_packets_pass(DatapathKind datapath)
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost p0, _, ISwitch daemon) = await StartAsync(lab, datapath);
        (await Ping.SendAsync(p0, Peer, 3200)).ShouldBeAnswered("before", daemon);

        await OfctlAsync(lab, daemon, "set-frags", "drop");
        (await TryPingAsync(p0, "-s", "3200")).Code.ShouldNotBe(0, daemon.Log);
        (await Ping.SendAsync(p0, Peer)).ShouldBeAnswered("whole", daemon);

        await OfctlAsync(lab, daemon, "set-frags", "normal");
        (await Ping.SendAsync(p0, Peer, 3200)).ShouldBeAnswered("after", daemon);
    }

    private static async Task<(LabHost P0, LabHost P1, ISwitch Daemon)> StartAsync(Lab lab, DatapathKind datapath)
    {
        LabHost p0 = await lab.AddStationAsync("p0", "10.1.1.1/24");
        LabHost p1 = await lab.AddStationAsync("p1", $"{Peer}/24");
        ISwitch daemon = await DaemonProcess.StartAsync(lab,
            new SwitchConfiguration(datapath, new BridgeConfiguration("br0", PortConfiguration.Of(p0, 1), PortConfiguration.Of(p1, 2))));
        return (p0, p1, daemon);
    }

    /// <summary>Says it, and waits until the flows of before are translated anew.</summary>
    private static async Task OfctlAsync(Lab lab, ISwitch daemon, string command, params string[] arguments)
    {
        await Command.RunAsync("ovs-ofctl", [command, $"unix:{Path.Combine(lab.Folder, "br0.mgmt")}", .. arguments]);
        await daemon.AppctlAsync("revalidator/wait");
    }

    private static Task<(int Code, string Output)> TryPingAsync(LabHost from, params string[] arguments) =>
        from.TryAsync(["ping", "-n", "-c", "3", "-W", "2", .. arguments, Peer]);

    private static async Task<bool> IsUpAsync(Lab lab, LabHost station) =>
        (await lab.Switch.RunAsync("ip", "-o", "link", "show", station.Port)).Contains(",UP", StringComparison.Ordinal);
}
