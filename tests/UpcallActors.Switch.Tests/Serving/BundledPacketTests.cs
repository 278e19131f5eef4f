using System.Text.RegularExpressions;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>Packets in bundles: what they meet, what they leave behind, and what is wrong with them.</summary>
public sealed partial class BundledPacketTests
{
    private const OpenFlowVersion Version = OpenFlowVersion.V14;
    private const ushort Ordered = 2;
    private const uint NoForward = 1 << 5;

    public static TheoryData<string> Cases => [.. _cases.Keys];

    private static readonly Dictionary<string, (MessageType Type, OpenFlowMessage Body)[]> _cases = new()
    {
        ["flows as they are in its place"] =
        [
            Flow("cookie=1,priority=1,actions=output:2"), Packet("TABLE"), Flow("cookie=2,priority=2,ip,actions=output:3"), Packet("TABLE"),
            Packet("TABLE"), Deletion("priority=1"), Flow("cookie=3,priority=3,ip,actions=IN_PORT"), Flow("cookie=1,priority=1,actions=2"),
        ],
        ["groups as they are in its place"] =
        [
            Group(GroupCommand.Add, 1, "output:2"), Packet("group:1"), Group(GroupCommand.Modify, 1, "output:3"), Packet("group:1"),
        ],
        ["a group that comes after it"] = [Flow("cookie=1,actions=2"), Packet("TABLE"), Packet("group:1"), Group(GroupCommand.Add, 1, "2")],
        ["a group that went before it"] =
            [Group(GroupCommand.Add, 1, "2"), Packet("group:1"), Group(GroupCommand.Delete, 1, null), Packet("group:1")],
        ["circles"] = [Packet("output:2"), Flow("cookie=1,actions=resubmit(,0)"), Packet("TABLE")],
        ["an action that does not fit it"] = [Flow("cookie=1,actions=2"), Packet("set_field:5->tcp_dst", "tcp"), Packet("TABLE")],
        ["a buffer"] = [Flow("cookie=1,actions=2"), Buffered(), Packet("TABLE")],
    };

    [RealSwitchTheory]
    [MemberData(nameof(Cases))]
    public async Task A_packet_in_a_bundle_fares_as_with_the_real_switch(string name)
    {
        using RealSwitch real = await RealSwitch.StartAsync();
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);

        Assert.Equal(await OutcomeAsync(real.Socket, _cases[name]), await OutcomeAsync(served.Socket, _cases[name]));
    }

    [Fact]
    public async Task A_packet_leaves_by_the_flows_that_are_there_in_its_place_and_through_ports_as_they_were()
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("priority=0,actions=drop");
        using OpenFlowPeer peer = await bridge.ConnectAsync(Version);

        Assert.Empty(await CommitAsync(
            peer,
            (MessageType.PortMod, new PortModMessage(3, 0, NoForward, NoForward, 0)),
            Flow("priority=7,actions=output:2"), Packet("TABLE"), Flow("priority=7,actions=output:3"), Packet("TABLE"),
            Deletion("priority=7"), Packet("TABLE")));

        Assert.Single(bridge.Sent("p2"));
        Assert.Single(bridge.Sent("p3"));
        Assert.Empty(bridge.Sent("p1"));
    }

    [Fact]
    public async Task A_packet_of_a_bundle_that_fails_leaves_nothing_behind_and_others_are_learned_from()
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("priority=1,actions=normal");
        using OpenFlowPeer peer = await bridge.ConnectAsync(Version);

        Assert.Equal(2, (await CommitAsync(peer, Packet("TABLE"), Packet("group:77"))).Count);
        Assert.Empty(bridge.Sent("p2"));
        Assert.Empty(bridge.Running.Translators.Bridges[0].MacLearning.List());
        Assert.Equal(0u, Assert.Single(bridge.Tables.GetRules()).Counters.Packets);

        Assert.Empty(await CommitAsync(peer, Packet("TABLE")));
        Assert.Single(bridge.Sent("p2"));
        Assert.Equal(1u, Assert.Single(bridge.Running.Translators.Bridges[0].MacLearning.List()).Port);
        Assert.Equal(1u, Assert.Single(bridge.Tables.GetRules()).Counters.Packets);
    }

    [Fact]
    public async Task A_flow_that_goes_in_the_bundle_has_counted_the_packet_before()
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync("priority=1,send_flow_rem,actions=2");
        using OpenFlowPeer peer = await bridge.ConnectControllerAsync(Version);

        IReadOnlyList<DecodedMessage> told = await CommitAsync(peer, Packet("TABLE"), Deletion("priority=1"));

        Assert.Equal(1u, Assert.IsType<FlowRemovedMessage>(Assert.Single(told).Body).Counters.Packets);
    }

    /// <summary>What is answered, and what flows and groups there are then and have counted.</summary>
    private static async Task<string> OutcomeAsync(string socket, (MessageType Type, OpenFlowMessage Body)[] messages)
    {
        using OpenFlowPeer peer = await OpenFlowPeer.ConnectAsync(socket, OpenFlowVersions.Of(Version));
        IEnumerable<string> answers = (await CommitAsync(peer, messages)).Select(
            answer => answer.Body is ErrorMessage error ? $"{error.Code} of {answer.Header.Xid}" : answer.Type.ToString());
        string[] asked = ["dump-flows", "dump-group-stats"];
        var counted = new List<string>();
        foreach (string command in asked)
        {
            (_, string output, string errors) = await Ofctl.RunAsync(["-O", "OpenFlow14", command, $"unix:{socket}"]);
            counted.AddRange(output.Split('\n').Select(line => Passing().Replace(line, "")).Order());
            counted.Add(errors);
        }

        return string.Join('\n', [.. answers, .. counted]);
    }

    [GeneratedRegex("(duration|idle_age)=[^, ]*|xid=[^)]*")]
    private static partial Regex Passing();

    /// <summary>What is answered beside what says that all is well.</summary>
    private static async Task<IReadOnlyList<DecodedMessage>> CommitAsync(
        OpenFlowPeer peer, params (MessageType Type, OpenFlowMessage Body)[] messages)
    {
        const ushort open = 0;
        const ushort commit = 4;
        peer.Send(MessageType.BundleControl, new BundleControlMessage(1, open, Ordered));
        foreach ((MessageType type, OpenFlowMessage body) in messages)
            peer.SendInBundle(1, Ordered, type, body);
        IReadOnlyList<DecodedMessage> answers =
            await peer.AskAsync(MessageType.BundleControl, new BundleControlMessage(1, commit, Ordered));
        return [.. answers.Where(answer => answer.Type != MessageType.BundleControl)];
    }

    private static (MessageType Type, OpenFlowMessage Body) Flow(string text) =>
        (MessageType.FlowMod, new FlowModMessage(FlowSyntax.ParseFlow(text) with { Table = 0 }, FlowModMessage.NoBuffer));

    private static (MessageType Type, OpenFlowMessage Body) Deletion(string text)
    {
        FlowChange change = FlowSyntax.ParseFlow($"delete_strict {text}");
        return (MessageType.FlowMod, new FlowModMessage(change with { Table = 0 }, FlowModMessage.NoBuffer));
    }

    private static (MessageType Type, OpenFlowMessage Body) Group(GroupCommand command, uint id, string? actions)
    {
        GroupBucket[] buckets = actions is null ? [] : [new GroupBucket { Actions = FlowSyntax.ParseFlow($"actions={actions}").Actions! }];
        return (MessageType.GroupMod, new GroupModMessage(new GroupChange { Command = command, Id = id, Buckets = [.. buckets] }));
    }

    private static (MessageType Type, OpenFlowMessage Body) Buffered() =>
        (MessageType.PacketOut, (PacketOutMessage)Packet("output:2").Body with { BufferId = 3, Packet = [] });

    private static (MessageType Type, OpenFlowMessage Body) Packet(string actions, string match = "")
    {
        var metadata = new MatchBuilder();
        metadata.Set(MatchFields.Get("in_port"), 1);
        return (MessageType.PacketOut, new PacketOutMessage
        {
            Metadata = metadata.Build(),
            Actions = FlowSyntax.ParseFlow($"{match}{(match.Length > 0 ? "," : "")}actions={actions}").Actions!,
            Packet = [.. ControlledSwitch.Frame()],
        });
    }
}
