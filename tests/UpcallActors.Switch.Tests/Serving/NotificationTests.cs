using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>What a client is told of what others do.</summary>
public sealed class NotificationTests
{
    [OfctlFact]
    public async Task A_flow_that_no_longer_outputs_to_a_monitored_port_is_told_of()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V14);
        await Ofctl.RunAsync(["add-flow", $"unix:{served.Socket}", "dl_vlan=122,actions=output:1,output:2"]);
        await peer.AskAsync(
            MessageType.FlowMonitorRequest,
            new EntriesMessage<FlowMonitorRequest>(
                [new FlowMonitorRequest { Id = 1, Flags = FlowMonitorFlags.Modify, Table = byte.MaxValue, OutPort = 2 }]));

        await Ofctl.RunAsync(["mod-flows", $"unix:{served.Socket}", "dl_vlan=122,actions=output:1"]);
        await Ofctl.RunAsync(["mod-flows", $"unix:{served.Socket}", "dl_vlan=122,actions=output:3"]);

        FlowUpdate told = Assert.Single(
            (await peer.FlushAsync()).SelectMany(message => ((EntriesMessage<FlowUpdate>)message.Body).Entries));
        Assert.Equal(FlowUpdateEvent.Modified, told.Event);
    }

    [OfctlTheory]
    [InlineData("OpenFlow10")]
    [InlineData("OpenFlow11")]
    [InlineData("OpenFlow13")]
    public async Task What_a_group_has_counted_is_understood_in_each_version(string version)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        string socket = $"unix:{served.Socket}";
        await Ofctl.RunAsync(["-O", "OpenFlow13", "add-group", socket, "group_id=7,type=all,bucket=output:1"]);

        (int code, string output, string errors) = await Ofctl.RunAsync(["-O", version, "dump-group-stats", socket]);

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("group_id=7,", output, StringComparison.Ordinal);
        Assert.EndsWith("bucket0:packet_count=0,byte_count=0", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    [InlineData(5, 1)]
    public async Task A_client_that_is_the_primary_no_more_is_told_so_though_it_has_asked_for_nothing(int version, int messages)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer before = await served.ConnectAsync((OpenFlowVersion)version);
        using OpenFlowPeer after = await served.ConnectAsync(OpenFlowVersion.V13);
        Assert.Single(await before.AskAsync(MessageType.RoleRequest, new RoleMessage(ControllerRole.Primary, 1)));

        Assert.Single(await after.AskAsync(MessageType.RoleRequest, new RoleMessage(ControllerRole.Primary, 2)));

        IReadOnlyList<DecodedMessage> told = await before.FlushAsync();
        Assert.Equal(messages, told.Count);
        Assert.All(told, message =>
        {
            RoleStatusMessage status = Assert.IsType<RoleStatusMessage>(message.Body);
            Assert.Equal((ControllerRole.Secondary, 2UL), (status.Role, status.GenerationId));
        });
    }
}
