using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>
/// Pings that conntrack puts together from fragments, and that go through a controller before they leave: without their MRU, which OpenFlow
/// has no field for, they would be lost.
/// </summary>
public sealed class ControllerTests
{
    private const string Large = "3200";
    private const string Client = "10.1.1.1/24";
    private const string Server = "10.1.1.2";

    // Each direction is tracked, so each large packet is whole when the controller gets it.
    private const string Track = "priority=10,arp,actions=normal\npriority=100,icmp,ct_state=-trk,actions=ct(commit,zone=9,table=1)\n";

    [SwitchTheory]
    [EveryDatapath]
    public Task Large_pings_are_answered_that_wait_for_a_controller_on_their_way(DatapathKind datapath) =>
        PingThroughControllerAsync(
            datapath, "table=1,in_port=1,actions=controller(pause),2\ntable=1,in_port=2,actions=controller(pause),1\n");

    [SwitchTheory]
    [EveryDatapath]
    public Task Large_pings_are_answered_that_a_controller_sends_on_by_itself(DatapathKind datapath) =>
        PingThroughControllerAsync(datapath, "table=1,actions=controller\n");

    private static async Task PingThroughControllerAsync(DatapathKind datapath, string flows)
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost client = await lab.AddStationAsync("p0", Client);
        LabHost server = await lab.AddStationAsync("p1", $"{Server}/24");
        ISwitch daemon = await DaemonProcess.StartAsync(lab, new SwitchConfiguration(datapath,
            new BridgeConfiguration("br0", PortConfiguration.Of(client, 1), PortConfiguration.Of(server, 2)) { Flows = Track + flows }));
        await using ForwardingController controller = await ForwardingController.StartAsync(Path.Combine(lab.Folder, "br0.mgmt"));

        // One at a time: an emulated machine may take seconds for each, and what is known of a packet is forgotten after ten.
        for (int packet = 0; packet < 3; packet++)
        {
            (int code, string output) = await client.TryAsync("ping", "-n", "-c", "1", "-W", "100", "-s", Large, Server);
            code.ShouldBe(0, $"{output}{await daemon.AppctlAsync("upcall/show")}{daemon.Log}");
        }
    }
}
