using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>Packets to and from the clients of a bridge.</summary>
public sealed class ControllerPacketTests
{
    [Fact]
    public async Task A_paused_packet_goes_on_when_the_client_gives_it_back()
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("cookie=5,in_port=1,actions=controller(pause),2");
        using OpenFlowPeer peer = await bridge.ConnectControllerAsync(OpenFlowVersion.V13);

        await bridge.ReceiveAsync("p1", ControlledSwitch.Frame());
        DecodedMessage told = await peer.ReceiveAsync();
        var packet = Assert.IsType<PacketInMessage>(told.Body);
        Assert.Equal((0u, 5ul), (told.Header.Xid, packet.Cookie));
        Assert.Equal(ControlledSwitch.Frame(), packet.Packet);
        Assert.Empty(bridge.Sent("p2"));
        Assert.Empty(await peer.AskAsync(MessageType.Resume, packet));

        Assert.Equal(ControlledSwitch.Frame(), Assert.Single(bridge.Sent("p2")));
    }

    [Theory]
    [InlineData(1, 0u, MessageType.PacketIn)]
    [InlineData(6, 0u, MessageType.PacketIn)]
    [InlineData(4, 1u, MessageType.PacketIn)]
    [InlineData(1, 2u, MessageType.PacketIn2)]
    public async Task A_client_gets_packets_in_its_version_and_the_format_that_it_asked_for(int version, uint format, object type)
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("actions=controller");
        using OpenFlowPeer peer = await bridge.ConnectControllerAsync((OpenFlowVersion)version, format);
        await bridge.ReceiveAsync("p1", ControlledSwitch.Frame());
        DecodedMessage told = await peer.ReceiveAsync();
        Assert.Equal((MessageType)type, told.Type);
        Assert.Equal(format == 0, told.Form.Space == MessageSpace.Standard);
        Assert.Equal(version, told.Header.Version);
    }

    [Fact]
    public async Task A_client_that_has_said_nothing_is_told_nothing_and_others_get_what_is_theirs()
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync(
            "in_port=1,actions=controller(id=7)\nin_port=2,actions=controller\nin_port=3,ip,actions=dec_ttl,1");
        using OpenFlowPeer silent = await bridge.ConnectAsync(OpenFlowVersion.V13);
        using OpenFlowPeer seventh = await bridge.ConnectControllerAsync(OpenFlowVersion.V13);
        using OpenFlowPeer told = await bridge.ConnectControllerAsync(OpenFlowVersion.V10, flags: 4);
        Assert.Empty(await seventh.AskAsync(MessageType.SetControllerId, new ShortNumberMessage(7)));

        await bridge.ReceiveAsync("p1", ControlledSwitch.Frame());
        await bridge.ReceiveAsync("p2", ControlledSwitch.Frame());
        await bridge.ReceiveAsync("p3", ControlledSwitch.Frame(timeToLive: 1));

        Assert.Equal(1u, InPortOf(await seventh.ReceiveAsync()));
        Assert.Equal(2u, InPortOf(await told.ReceiveAsync()));
        DecodedMessage expired = await told.ReceiveAsync();
        Assert.Equal((byte)ControllerReason.InvalidTtl, ((PacketInMessage)expired.Body).Reason);
        Assert.Empty(await silent.FlushAsync());
        Assert.Empty(await seventh.FlushAsync());
    }

    [Fact]
    public async Task A_packet_out_has_left_before_the_barrier_behind_it_is_answered()
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("actions=drop");
        using OpenFlowPeer peer = await bridge.ConnectAsync(OpenFlowVersion.V13);
        PacketOutMessage message = Out("2,3");
        Assert.Empty(await peer.AskAsync(MessageType.PacketOut, message));
        Assert.Single(bridge.Sent("p2"));
        Assert.Single(bridge.Sent("p3"));

        DecodedMessage refused = Assert.Single(await peer.AskAsync(MessageType.PacketOut, message with { BufferId = 3 }));
        Assert.Equal((1, 8), ErrorOf(refused));
        DecodedMessage stale = Assert.Single(await peer.AskAsync(MessageType.Resume, new PacketInMessage { Packet = message.Packet }));
        Assert.Equal(MessageType.Error, stale.Type);
    }

    [Fact]
    public async Task A_client_that_does_not_read_loses_packets_and_nothing_else()
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("actions=controller");
        using OpenFlowPeer peer = await bridge.ConnectControllerAsync(OpenFlowVersion.V13);
        PacketInCounters counted = bridge.Running.PacketIns;
        await Eventually.HoldsAsync(async () =>
        {
            await bridge.ReceiveAsync("p1", ControlledSwitch.Frame(length: 1400), times: 50);
            return counted.Dropped(PacketInType.Action, PacketInLoss.QueueOverflow) > 0;
        });
        int told = 0;
        await Eventually.HoldsAsync(async () =>
        {
            told += (await peer.FlushAsync()).Count;
            return counted.Waiting(PacketInType.Action) == 0 && counted.Sent(PacketInType.Action) == told;
        });
        Assert.InRange(told, 100, int.MaxValue);
        Assert.Contains(bridge.Log.All, line => line.Contains("dropping packet-in due to queue overflow", StringComparison.Ordinal));
        await bridge.ReceiveAsync("p2", ControlledSwitch.Frame());
        // What waited for the switch itself may still come before.
        while (InPortOf(await peer.ReceiveAsync()) != 2)
        {
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1)]
    public async Task A_client_whose_socket_has_room_loses_nothing_of_a_burst(int queueSize)
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync(
            "actions=controller", ServedSwitch.Bridge with { ControllerQueueSize = queueSize });
        using OpenFlowPeer peer = await bridge.ConnectControllerAsync(OpenFlowVersion.V13);

        await bridge.ReceiveAsync("p1", ControlledSwitch.Frame(), 150);
        await bridge.ReceiveAsync("p2", ControlledSwitch.Frame());

        int told = 1;
        while (InPortOf(await peer.ReceiveAsync()) != 2)
            told++;
        Assert.InRange(told, 100, 151);
        PacketInCounters counted = bridge.Running.PacketIns;
        Assert.Equal(0, counted.Dropped(PacketInType.Action, PacketInLoss.QueueOverflow));
        Assert.Equal((told, 0), (counted.Sent(PacketInType.Action), counted.Waiting(PacketInType.Action)));
    }

    [Theory]
    // As recorded of Open vSwitch.
    [InlineData(4, "000000030000000000000007000000070000000f00000000")]
    [InlineData(6, "0000000800000000000100080000003b000200080000000700030008000000070004000800000000000500080000003f"
        + "0006000800000000000700080000000000080008000000000009000800000000000a000800000000000b000800000000")]
    public async Task What_a_client_is_told_unasked_is_the_default_until_it_says_otherwise(int version, string expected)
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("actions=controller");
        using OpenFlowPeer peer = await bridge.ConnectAsync((OpenFlowVersion)version);
        Assert.Equal(expected, await MasksOfAsync(peer));

        peer.Send(MessageType.SetAsync, new AsyncConfigMessage([new AsyncMask(1, 1)]));
        string changed = await MasksOfAsync(peer);
        Assert.NotEqual(expected, changed);
        // An action is no reason to tell it of a packet any more; and that it said so does not change how much it is told.
        var config = (SwitchConfigMessage)Assert.Single(await peer.AskAsync(MessageType.GetConfigRequest, new EmptyMessage())).Body;
        Assert.Equal(128, config.MissSendLength);
        await bridge.ReceiveAsync("p1", ControlledSwitch.Frame());
        Assert.Single(await peer.AskAsync(MessageType.GetAsyncRequest, new EmptyMessage()));
    }

    [Fact]
    public async Task A_format_that_nobody_knows_is_refused()
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("actions=drop");
        using OpenFlowPeer peer = await bridge.ConnectAsync(OpenFlowVersion.V10);
        DecodedMessage refused = Assert.Single(await peer.AskAsync(MessageType.SetPacketInFormat, new NumberMessage(3)));
        Assert.Equal((1, 5), ErrorOf(refused));
    }

    [Theory]
    [InlineData("group:77", 2, 9)]
    [InlineData("meter:77,output:1", 12, 2)]
    // A frame of UDP has no field of TCP.
    [InlineData("set_field:5->tcp_dst,output:1", 2, 10)]
    public async Task A_packet_is_refused_whose_actions_a_flow_for_it_could_not_have(string actions, int type, int code)
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("actions=drop");
        using OpenFlowPeer peer = await bridge.ConnectAsync(OpenFlowVersion.V15);
        PacketOutMessage message = Out("output:1") with { Actions = FlowSyntax.ParseFlow("tcp,actions=" + actions).Actions! };

        Assert.Equal((type, code), ErrorOf(Assert.Single(await peer.AskAsync(MessageType.PacketOut, message))));
        Assert.Empty(bridge.Sent("p1"));
    }

    private static async Task<string> MasksOfAsync(OpenFlowPeer peer)
    {
        DecodedMessage reply = Assert.Single(await peer.AskAsync(MessageType.GetAsyncRequest, new EmptyMessage()));
        var writer = new WireWriter();
        reply.Body.Encode(new WireContext((OpenFlowVersion)reply.Header.Version, reply.Form, HasTableId: false), writer);
        return Convert.ToHexStringLower(writer.Written);
    }

    private static PacketOutMessage Out(string actions)
    {
        var metadata = new MatchBuilder();
        metadata.Set(MatchFields.Get("in_port"), OpenFlowPorts.None);
        return new PacketOutMessage
        {
            Metadata = metadata.Build(),
            Actions = FlowSyntax.ParseFlow("actions=" + actions).Actions!,
            Packet = [.. ControlledSwitch.Frame()],
        };
    }

    private static uint InPortOf(DecodedMessage told) =>
        (uint)MatchFields.Get("in_port").Read(Assert.IsType<PacketInMessage>(told.Body).Metadata.ToValue());

    private static (int Type, int Code) ErrorOf(DecodedMessage refused)
    {
        var error = Assert.IsType<ErrorMessage>(refused.Body);
        return (error.Code.Type, error.Code.Code);
    }
}
