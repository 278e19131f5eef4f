using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>What clients say of ports, who is told, and how long it holds.</summary>
public sealed class PortModTests
{
    private const ushort Ordered = 2;

    [Fact]
    public async Task Before_1_5_who_changes_a_port_is_not_told_and_others_are_as_far_as_they_can_see_it()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer first = await ListenAsync(served, OpenFlowVersion.V10);
        using OpenFlowPeer other = await ListenAsync(served, OpenFlowVersion.V10);
        using OpenFlowPeer late = await ListenAsync(served, OpenFlowVersion.V15);

        Assert.Empty(await first.AskAsync(MessageType.PortMod, Change(PortConfig.NoFlood)));
        Assert.Empty(await late.FlushAsync());
        Assert.Equal((3u, PortConfig.NoFlood), Told(Assert.Single(await other.FlushAsync())));

        Assert.Empty(await first.AskAsync(MessageType.PortMod, Change(PortConfig.NoFwd)));
        Assert.Equal((3u, PortConfig.NoFlood | PortConfig.NoFwd), Told(Assert.Single(await other.FlushAsync())));
        Assert.Equal((3u, PortConfig.NoFwd), Told(Assert.Single(await late.FlushAsync())));

        Assert.Equal((3u, PortConfig.NoFwd | PortConfig.NoRecv),
            Told(Assert.Single(await late.AskAsync(MessageType.PortMod, Change(PortConfig.NoRecv)))));
    }

    [Fact]
    public async Task Of_a_port_that_is_set_down_others_are_told_twice_and_who_did_it_of_the_link()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await ListenAsync(served, OpenFlowVersion.V13);
        using OpenFlowPeer other = await ListenAsync(served, OpenFlowVersion.V13);

        peer.Send(MessageType.PortMod, Change(PortConfig.PortDown));

        Assert.Equal([(1u, 0u), (1u, 1u)], [States(await other.ReceiveAsync()), States(await other.ReceiveAsync())]);
        Assert.Equal((1u, 1u), States(await peer.ReceiveAsync()));
    }

    [Fact]
    public async Task A_secondary_client_changes_no_port()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V13);
        await peer.AskAsync(MessageType.RoleRequest, new RoleMessage(ControllerRole.Secondary, 1));

        Assert.Equal(BadRequest.IsSecondary.In(OpenFlowVersion.V13), await RefusalCodeAsync(peer, Change(PortConfig.NoFwd)));
        Assert.Equal(PortConfig.None, served.Settings.ConfigOf(3));
    }

    [Theory]
    [InlineData("OpenFlow10")]
    [InlineData("OpenFlow13")]
    public async Task A_device_that_cannot_be_set_down_is_an_error_and_nothing_else_of_the_message_holds(string name)
    {
        OpenFlowVersion version = name == "OpenFlow10" ? OpenFlowVersion.V10 : OpenFlowVersion.V13;
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(version);
        served.Ports.Refuse("p3", "told to");
        OpenFlowError refused = version < OpenFlowVersion.V12 ? BadRequest.NotPermitted : PortModFailed.NotPermitted;

        Assert.Equal(refused.In(version), await RefusalCodeAsync(peer, Change(PortConfig.PortDown | PortConfig.NoFwd)));
        Assert.Equal(refused.In(version), await RefusalCodeAsync(peer, Change(PortConfig.NoFwd) with { Advertise = 0x20 }));

        Assert.Equal(PortConfig.None, served.Settings.ConfigOf(3));
        Assert.Contains("br0: cannot set port p3 up or down: told to", string.Join('\n', served.Log.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tunnel_which_shares_its_device_with_others_is_not_set_down()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(
            new BridgeConfiguration { Name = "br0", Ports = [PortConfiguration.Of(Configurations.Vxlan("t1", 4, 2))] });
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V13);

        Assert.Equal(PortModFailed.NotPermitted.In(OpenFlowVersion.V13), await RefusalCodeAsync(peer, Of(4, 0, PortConfig.PortDown)));
        Assert.Empty(await peer.AskAsync(MessageType.PortMod, Of(4, 0, PortConfig.NoFwd)));
        Assert.Equal(PortConfig.NoFwd, served.Settings.ConfigOf(4));
    }

    [Theory]
    [InlineData(3u, true)]
    [InlineData(77u, false)]
    public async Task In_a_bundle_a_port_that_is_not_there_undoes_all(uint second, bool isDone)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V14);
        var flow = new FlowChange { Table = 0, Priority = 9, Actions = ActionList.Empty };
        await peer.AskAsync(MessageType.BundleControl, new BundleControlMessage(1, 0, Ordered));
        peer.SendInBundle(1, Ordered, MessageType.FlowMod, new FlowModMessage(flow, FlowModMessage.NoBuffer));
        peer.SendInBundle(1, Ordered, MessageType.PortMod, Change(PortConfig.NoFwd));
        peer.SendInBundle(1, Ordered, MessageType.PortMod, Of(second, ServedSwitch.AddressOf(3), PortConfig.NoFwd));

        await peer.AskAsync(MessageType.BundleControl, new BundleControlMessage(1, 4, Ordered));

        Assert.Equal(isDone ? PortConfig.NoFwd : PortConfig.None, served.Settings.ConfigOf(3));
        Assert.Equal(isDone ? 1 : 0, served.Running.Translators.Bridges[0].Tables.RuleCount);
    }

    [Fact]
    public async Task What_was_said_of_a_port_outlives_other_configurations_and_goes_with_the_port()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V10);
        peer.Send(MessageType.SetConfig, new SwitchConfigMessage((ushort)FragmentHandling.Drop, 128));
        await peer.AskAsync(MessageType.PortMod, Change(PortConfig.NoFwd));

        await served.Running.UpdateAsync(before => before with
        {
            Bridges =
            [
                ServedSwitch.Bridge with
                {
                    FailMode = FailMode.Standalone,
                    Ports = [ServedSwitch.Bridge.Ports[2] with { VlanMode = VlanMode.Access, Tag = 5 }],
                },
            ],
        });
        Assert.Equal((PortConfig.NoFwd, FragmentHandling.Drop), (served.Settings.ConfigOf(3), served.Settings.Fragments));

        served.Ports.ReplaceDevice("p3");
        await served.SettleAsync();
        Assert.Equal((PortConfig.NoFwd, FragmentHandling.Drop), (served.Settings.ConfigOf(3), served.Settings.Fragments));

        served.Ports.RemoveDevice("p3");
        await served.SettleAsync();
        served.Ports.SetDevice("p3", 1500);
        await served.SettleAsync();
        Assert.Equal((PortConfig.None, FragmentHandling.Drop), (served.Settings.ConfigOf(3), served.Settings.Fragments));
        Assert.DoesNotContain(
            await peer.AskAsync(MessageType.PortMod, Change(PortConfig.NoFlood)), answer => answer.Type == MessageType.Error);
        Assert.Equal(PortConfig.NoFlood, served.Settings.ConfigOf(3));
    }

    [Fact]
    public async Task A_device_that_somebody_else_sets_down_is_a_port_that_is_down()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await ListenAsync(served, OpenFlowVersion.V13);

        served.Ports.SetDeviceUp("p3", up: false);
        Assert.Equal((1u, 1u), States(await peer.ReceiveAsync()));
        served.Ports.SetDeviceUp("p3", up: true);
        Assert.Equal((0u, 4u), States(await peer.ReceiveAsync()));
    }

    [Fact]
    public async Task Flags_of_a_configuration_that_there_are_not_are_an_error()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V13);

        DecodedMessage answer = Assert.Single(
            await peer.AskAsync(MessageType.SetConfig, new SwitchConfigMessage(4 + (ushort)FragmentHandling.Drop, 128)));
        peer.Send(MessageType.SetConfig, new SwitchConfigMessage((ushort)FragmentHandling.Reassemble, 128));
        DecodedMessage config = Assert.Single(await peer.AskAsync(MessageType.GetConfigRequest, new EmptyMessage()));

        Assert.Equal(SwitchConfigFailed.BadFlags.In(OpenFlowVersion.V13), ((ErrorMessage)answer.Body).Code);
        Assert.Equal(new SwitchConfigMessage((ushort)FragmentHandling.Normal, 128), config.Body);
        Assert.Contains("br0: unsupported fragment handling mode reassemble", string.Join('\n', served.Log.All), StringComparison.Ordinal);
    }

    private static PortModMessage Change(PortConfig config) => Of(3, ServedSwitch.AddressOf(3), config);

    private static PortModMessage Of(uint port, ulong address, PortConfig config) => new(port, address, (uint)config, (uint)config, 0);

    private static async Task<OpenFlowPeer> ListenAsync(ServedSwitch served, OpenFlowVersion version)
    {
        OpenFlowPeer peer = await served.ConnectAsync(version);
        Assert.Empty(await peer.AskAsync(MessageType.SetConfig, new SwitchConfigMessage(0, 128)));
        return peer;
    }

    private static async Task<ErrorCode?> RefusalCodeAsync(OpenFlowPeer peer, PortModMessage change) =>
        ((ErrorMessage)Assert.Single(await peer.AskAsync(MessageType.PortMod, change)).Body).Code;

    private static (uint Port, PortConfig Config) Told(DecodedMessage message)
    {
        OpenFlowPort port = ((PortStatusMessage)message.Body).Port;
        return (port.Number, (PortConfig)port.Config);
    }

    private static (uint Config, uint State) States(DecodedMessage message)
    {
        OpenFlowPort port = ((PortStatusMessage)message.Body).Port;
        return (port.Config, port.State);
    }
}
