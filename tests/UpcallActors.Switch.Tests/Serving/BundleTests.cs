using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>Bundles beside what recordings have of them.</summary>
public sealed class BundleTests
{
    private const ushort Ordered = 2;

    [Fact]
    public async Task A_change_of_a_port_in_a_bundle_is_refused_and_disturbs_nobody()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer other = await served.ConnectAsync(OpenFlowVersion.V14);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V14);
        await peer.AskAsync(MessageType.BundleControl, new BundleControlMessage(1, 0, Ordered));
        uint added = peer.SendInBundle(1, Ordered, MessageType.PortMod, new PortModMessage(77, 0, 1, 1, 0));

        IReadOnlyList<DecodedMessage> answers = await peer.AskAsync(MessageType.BundleControl, new BundleControlMessage(1, 4, Ordered));

        Assert.Equal(
            [PortModFailed.BadPort.In(OpenFlowVersion.V14), BundleFailed.MessageFailed.In(OpenFlowVersion.V14)],
            answers.Select(answer => (ErrorCode?)((ErrorMessage)answer.Body).Code));
        Assert.Equal(added, answers[0].Header.Xid);
        Assert.Empty(await other.FlushAsync());
    }

    [Fact]
    public async Task A_monitor_has_its_first_flows_before_news_of_them_and_news_before_the_barrier()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V14);
        var monitor = new FlowMonitorRequest { Id = 1, Flags = (FlowMonitorFlags)0x2f, Table = 255 };
        var flow = new FlowChange { Table = 0, Priority = 9, Actions = ActionList.Empty };

        uint asked = peer.Send(MessageType.FlowMonitorRequest, new EntriesMessage<FlowMonitorRequest>([monitor]));
        peer.Send(MessageType.FlowMod, new FlowModMessage(flow, FlowModMessage.NoBuffer));
        IReadOnlyList<DecodedMessage> answers = await peer.FlushAsync();

        Assert.Equal([asked, 0u], answers.Select(answer => answer.Header.Xid));
        Assert.Empty(((EntriesMessage<FlowUpdate>)answers[0].Body).Entries);
        FlowUpdate news = Assert.Single(((EntriesMessage<FlowUpdate>)answers[1].Body).Entries);
        Assert.Equal((FlowUpdateEvent.Added, (ushort)9), (news.Event, news.Priority));
    }

    [Fact]
    public async Task A_client_that_wants_it_is_told_which_groups_another_changes()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer other = await served.ConnectAsync(OpenFlowVersion.V14);
        const ushort forwards = 11;
        await other.AskAsync(MessageType.SetAsync, new AsyncConfigMessage([new AsyncMask(forwards, 3)]));
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V15);
        uint sent = peer.Send(MessageType.GroupMod, new GroupModMessage(new GroupChange { Command = GroupCommand.Delete, Id = 7 }));
        Assert.Empty(await peer.FlushAsync());

        DecodedMessage told = await other.ReceiveAsync();

        var forwarded = Assert.IsType<RequestForwardMessage>(told.Body);
        Assert.Null(OpenFlowCodec.Decode([.. forwarded.Request], out DecodedMessage? inner));
        Assert.Equal((sent, 7u), (inner!.Header.Xid, ((GroupModMessage)inner.Body).Change.Id));
    }
}
