using System.Net;
using System.Net.Sockets;
using UpcallActors.OpenFlow;
using UpcallActors.Switch.Tests;
using UpcallActors.SystemTests.Harness;
using UpcallActors.SystemTests.Live;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>A controller behind a port of the bridge itself, which drops all packets but those of its hidden flows.</summary>
public sealed class InBandTests
{
    private const string Address = "10.1.1.1";

    [SwitchTheory]
    [EveryDatapath]
    public async Task A_bridge_without_flows_reaches_its_controller_through_itself(DatapathKind datapath)
    {
        await using Lab lab = await Lab.CreateAsync();
        (LabHost station, Socket listener, ISwitch daemon) = await StartAsync(lab, datapath, isInBand: true);
        using Socket listening = listener;

        using OpenFlowPeer controller = await OpenFlowPeer.TakeInAsync(listener, OpenFlowVersion.V13);
        (await controller.AskAsync(MessageType.EchoRequest, new EchoMessage([]))).ShouldHaveSingleItem();

        string hop = $"dl_dst={await station.MacAsync()},arp_op=2";
        string flows = "";
        await Eventually.HoldsAsync(
            async () => (flows = await daemon.AppctlAsync("bridge/dump-flows", "br0")).Contains(hop, StringComparison.Ordinal),
            () => $"no flow for the controller's own address:\n{flows}");
        string[] own = [.. flows.Split('\n').Where(line => line.Contains("priority=", StringComparison.Ordinal)
            && !line.StartsWith("table_id=254", StringComparison.Ordinal))];
        own.Length.ShouldBe(9, flows);
        own.ShouldAllBe(line => line.Contains("priority=18000", StringComparison.Ordinal));
    }

    [SwitchTheory]
    [EveryDatapath]
    public async Task Out_of_band_it_does_not(DatapathKind datapath)
    {
        await using Lab lab = await Lab.CreateAsync();
        (_, Socket listener, ISwitch daemon) = await StartAsync(lab, datapath, isInBand: false);
        using Socket listening = listener;

        await Eventually.HoldsAsync(() => daemon.Log.Contains("timed out", StringComparison.Ordinal), () => daemon.Log);

        listener.Poll(0, SelectMode.SelectRead).ShouldBeFalse(daemon.Log);
    }

    private static async Task<(LabHost Station, Socket Listener, ISwitch Daemon)> StartAsync(Lab lab, DatapathKind datapath, bool isInBand)
    {
        LabHost station = await lab.AddStationAsync("p0", $"{Address}/24");
        Socket listener = await NamespaceThread.RunAsync(station.Name, Listen);
        var bridge = new BridgeConfiguration("br0", PortConfiguration.Of(station, 1))
        {
            Flows = "",
            Controller = $"tcp:{Address}:6653",
            InBand = isInBand,
        };
        ISwitch daemon = await DaemonProcess.StartAsync(lab, new SwitchConfiguration(datapath, bridge), keepsRules: false);
        await lab.Switch.AddAddressAsync("br0", "10.1.1.100/24");
        await lab.Switch.IpAsync("link set br0 up");
        return (station, listener, daemon);
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, 6653));
        listener.Listen();
        return listener;
    }
}
