using System.Net;
using System.Net.Sockets;
using UpcallActors.OpenFlow;
using UpcallActors.Switch.Tests.Reconciling;

namespace UpcallActors.Switch.Tests.PacketIns;

/// <summary>What a controller with a rate limit gets, over its socket, while time stands still until the test moves it.</summary>
public sealed class PacketInRateTests : IDisposable
{
    private const int Rate = 100;
    private const int Burst = 25;
    private const int AtOnce = 16;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1) / Rate;
    private static readonly PacketInType[] _types = Enum.GetValues<PacketInType>();
    private static readonly PacketInLoss[] _losses = Enum.GetValues<PacketInLoss>();

    private readonly SteppedTime _time = new();
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);

    public PacketInRateTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Any.MapToIPv6(), 0));
        _listener.Listen();
    }

    private BridgeConfiguration Limited => ServedSwitch.Bridge with
    {
        Controllers =
        [
            new ControllerConfiguration($"tcp:127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}")
            {
                InactivityProbe = TimeSpan.Zero,
                RateLimit = Rate,
                BurstLimit = Burst,
            },
        ],
    };

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_flood_of_one_port_is_cut_to_the_rate_and_keeps_no_other_port_s_packet_away()
    {
        await using ControlledSwitch bridge = await StartAsync("actions=controller");
        using OpenFlowPeer controller = await TakeInAsync();

        await ReceiveAsync(bridge, "p1", 100);
        Assert.Equal(Burst, (await controller.FlushAsync()).Count);
        await ReceiveAsync(bridge, "p2", 1);
        await ReceiveAsync(bridge, "p1", 100);

        Assert.Empty(await controller.FlushAsync());
        var told = new List<uint>();
        for (int i = 0; i < Burst; i++)
        {
            _time.Now += _interval - TimeSpan.FromTicks(1);
            Assert.Empty(await controller.FlushAsync());
            _time.Now += TimeSpan.FromTicks(1);
            told.Add(InPortOf(Assert.Single(await controller.FlushAsync())));
        }

        Assert.Equal([1u, 2u], told.Take(2).Order());
        Assert.DoesNotContain(2u, told.Skip(2));
        _time.Now += TimeSpan.FromHours(1);
        Assert.Empty(await controller.FlushAsync());
        PacketInCounters counted = bridge.Running.PacketIns;
        Assert.Equal(
            (2L * Burst, 176, 151, 0),
            (counted.Sent(PacketInType.Action), counted.Limited(PacketInType.Action),
                counted.Dropped(PacketInType.Action, PacketInLoss.RateLimit), counted.Waiting(PacketInType.Action)));
    }

    [Fact]
    public async Task After_a_pause_packets_of_several_turns_go_at_once()
    {
        await using ControlledSwitch bridge = await StartAsync(
            "actions=controller", Limited with { Controllers = [Limited.Controllers[0] with { BurstLimit = 60 }] });
        using OpenFlowPeer controller = await TakeInAsync();
        await ReceiveAsync(bridge, "p1", 120);
        Assert.Equal(60, (await controller.FlushAsync()).Count);

        _time.Now += TimeSpan.FromSeconds(2);
        int told = (await controller.FlushAsync()).Count;
        // A turn sends 50, and asks for the next one.
        while (told < 60)
        {
            _time.Now += TimeSpan.Zero;
            told += (await controller.FlushAsync()).Count;
        }

        Assert.Equal(60, told);
    }

    [Fact]
    public async Task Missed_packets_and_those_of_actions_have_the_rate_each_to_themselves()
    {
        await using ControlledSwitch bridge = await StartAsync("priority=0,actions=controller\nin_port=1,actions=controller");
        using OpenFlowPeer controller = await TakeInAsync();

        await ReceiveAsync(bridge, "p1", 100);
        await ReceiveAsync(bridge, "p2", 100);

        Assert.Equal([1u, 2u], (await controller.FlushAsync()).Select(InPortOf).CountBy(port => port)
            .Where(port => port.Value == Burst).Select(port => port.Key).Order());
        Assert.All(_types, type => Assert.Equal(
            (Burst, Burst, 100 - (2 * Burst)),
            (bridge.Running.PacketIns.Sent(type), bridge.Running.PacketIns.Waiting(type),
                bridge.Running.PacketIns.Dropped(type, PacketInLoss.RateLimit))));
        _time.Now += _interval;
        Assert.Equal([1u, 2u], (await controller.FlushAsync()).Select(InPortOf).Order());
    }

    [Fact]
    public async Task A_limit_that_changes_holds_for_the_connection_that_is_there()
    {
        await using ControlledSwitch bridge = await StartAsync("actions=controller");
        using OpenFlowPeer controller = await TakeInAsync();
        await ReceiveAsync(bridge, "p1", 60);
        Assert.Equal(Burst, (await controller.FlushAsync()).Count);

        BridgeConfiguration unlimited = Limited with { Controllers = [Limited.Controllers[0].AsConnected] };
        await bridge.Running.ApplyAsync(new SwitchConfiguration { Bridges = [unlimited] });
        Assert.Equal(Burst, (await controller.FlushAsync()).Count);
        await ReceiveAsync(bridge, "p1", 60);
        Assert.Equal(60, (await controller.FlushAsync()).Count);

        await bridge.Running.ApplyAsync(new SwitchConfiguration { Bridges = [Limited] });
        await ReceiveAsync(bridge, "p1", 60);
        Assert.Equal(Burst, (await controller.FlushAsync()).Count);
        await bridge.Running.ApplyAsync(
            new SwitchConfiguration { Bridges = [Limited with { Controllers = [Limited.Controllers[0] with { RateLimit = 1000 }] }] });
        _time.Now += _interval;
        Assert.Equal(10, (await controller.FlushAsync()).Count);
    }

    [Fact]
    public async Task What_waits_for_a_controller_that_goes_is_counted_as_lost()
    {
        await using ControlledSwitch bridge = await StartAsync("actions=controller");
        using (OpenFlowPeer controller = await TakeInAsync())
        {
            await ReceiveAsync(bridge, "p1", 60);
            await controller.FlushAsync();
        }

        PacketInCounters counted = bridge.Running.PacketIns;
        await Eventually.HoldsAsync(() => counted.Dropped(PacketInType.Action, PacketInLoss.Disconnected) == Burst);
        Assert.Equal(0, counted.Waiting(PacketInType.Action));
        // Its timer goes off for nobody.
        _time.Now += _interval;
        await ReceiveAsync(bridge, "p1", 1);
        Assert.Equal(1, counted.Dropped(PacketInType.Action, PacketInLoss.NoClient));
    }

    [Fact]
    public async Task Clients_that_come_to_a_place_have_its_limit_and_those_of_the_bridge_s_own_socket_none()
    {
        int port;
        using (var free = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            free.Bind(new IPEndPoint(IPAddress.Loopback.MapToIPv6(), 0));
            port = ((IPEndPoint)free.LocalEndPoint!).Port;
        }

        BridgeConfiguration listening = Limited with
        {
            Controllers = [new ControllerConfiguration($"ptcp:{port}:127.0.0.1") { RateLimit = Rate, BurstLimit = Burst }],
        };
        await using ControlledSwitch bridge = await StartAsync("actions=controller", listening);
        using OpenFlowPeer own = await bridge.ConnectControllerAsync(OpenFlowVersion.V13);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        using OpenFlowPeer guest = await OpenFlowPeer.OverAsync(new NetworkStream(socket, ownsSocket: true), OpenFlowVersion.V13);
        guest.Send(MessageType.Hello, HelloMessage.Offer(OpenFlowVersions.Of(OpenFlowVersion.V13)));
        guest.Send(MessageType.SetConfig, new SwitchConfigMessage(Flags: 0, MissSendLength: 128));
        await guest.FlushAsync();

        await ReceiveAsync(bridge, "p1", 60, clients: 2);

        Assert.Equal(Burst, (await guest.FlushAsync()).Count);
        Assert.Equal(60, (await own.FlushAsync()).Count);
    }

    private Task<ControlledSwitch> StartAsync(string flows, BridgeConfiguration? bridge = null) =>
        ControlledSwitch.StartAsync(flows, bridge ?? Limited, time: _time);

    /// <summary>Takes in the switch, which has taken in this controller when this ends.</summary>
    private async Task<OpenFlowPeer> TakeInAsync()
    {
        OpenFlowPeer controller = await OpenFlowPeer.TakeInAsync(_listener, OpenFlowVersion.V13);
        await controller.FlushAsync();
        return controller;
    }

    /// <summary>Packets come in on a port, and the bridge has got all of them when this ends.</summary>
    private static async Task ReceiveAsync(ControlledSwitch bridge, string port, int packets, int clients = 1)
    {
        long before = Told(bridge.Running.PacketIns);
        // A few at a time: a pipeline that is slow today sheds what is more.
        for (int left = packets; left > 0; left -= AtOnce)
            await bridge.ReceiveAsync(port, ControlledSwitch.Frame(), Math.Min(left, AtOnce));
        await Eventually.HoldsAsync(() => Told(bridge.Running.PacketIns) == before + (packets * clients));
    }

    private static long Told(PacketInCounters counted) => _types.Sum(type =>
        counted.Sent(type) + counted.Waiting(type) + _losses.Sum(cause => counted.Dropped(type, cause)));

    private static uint InPortOf(DecodedMessage told) =>
        (uint)MatchFields.Get("in_port").Read(Assert.IsType<PacketInMessage>(told.Body).Metadata.ToValue());
}
