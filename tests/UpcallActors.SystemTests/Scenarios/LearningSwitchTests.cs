using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>Two stations at a bridge that learns addresses: the action NORMAL.</summary>
public sealed class LearningSwitchTests
{
    private const int Vlan = 100;

    [SwitchTheory]
    [EveryDatapath("10.1.1.2")]
    [EveryDatapath("fc00::2")]
    [EveryDatapath("10.2.2.2")]
    [EveryDatapath("fc00:1::2")]
    public async Task A_ping_is_answered_plain_and_on_a_VLAN(DatapathKind datapath, string address)
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost p0, _, ISwitch daemon) = await StartAsync(lab, datapath);
        (await Ping.SendAsync(p0, address)).ShouldBeAnswered(address, daemon);
    }

    [SwitchTheory]
    [EveryDatapath("10.1.1.2")]
    [EveryDatapath("fc00::2")]
    public async Task A_TCP_stream_of_5_seconds_passes_without_a_storm_of_retransmissions(DatapathKind datapath, string address)
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost p0, LabHost p1, _) = await StartAsync(lab, datapath);
        Iperf stream = await Iperf.RunAsync(lab, p0, p1, address, "--time", "5");
        stream.ReceivedBytes.ShouldBeGreaterThan(0);
        long segments = stream.SentBytes / 1448;
        // One in fifty: what a sender that finds its bandwidth loses to full queues is far below, a switch that loses or reorders is above.
        stream.Retransmits.ShouldBeLessThanOrEqualTo(segments / 50, $"of {segments} segments");
    }

    [SwitchTheory]
    [EveryDatapath]
    public async Task A_UDP_stream_of_5_seconds_passes(DatapathKind datapath)
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost p0, LabHost p1, _) = await StartAsync(lab, datapath);
        // As slow as any machine can take, so that what is lost was lost by the switch.
        Iperf stream = await Iperf.RunAsync(lab, p0, p1, "10.1.1.2", "--udp", "--bitrate", "2M", "--time", "5");
        stream.Packets.ShouldBeGreaterThan(100);
        stream.LostPackets.ShouldBeLessThanOrEqualTo(stream.Packets / 50);
    }

    private static async Task<(LabHost P0, LabHost P1, ISwitch Daemon)> StartAsync(Lab lab, DatapathKind datapath)
    {
        LabHost p0 = await lab.AddStationAsync("p0", "10.1.1.1/24", "fc00::1/96");
        LabHost p1 = await lab.AddStationAsync("p1", "10.1.1.2/24", "fc00::2/96");
        await p0.AddVlanAsync(Vlan, "10.2.2.1/24");
        await p1.AddVlanAsync(Vlan, "10.2.2.2/24");
        await p0.AddAddressAsync("p0.100", "fc00:1::1/96");
        await p1.AddAddressAsync("p1.100", "fc00:1::2/96");
        ISwitch daemon = await DaemonProcess.StartAsync(lab,
            new SwitchConfiguration(datapath, new BridgeConfiguration("br0", PortConfiguration.Of(p0, 1), PortConfiguration.Of(p1, 2))));
        return (p0, p1, daemon);
    }
}
