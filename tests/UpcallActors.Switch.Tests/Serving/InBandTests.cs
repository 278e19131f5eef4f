using System.Net;
using System.Net.Sockets;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>A bridge that reaches its controller through itself, and what clients see of that: nothing.</summary>
public sealed class InBandTests
{
    private const string Target = "tcp:127.0.0.1:1";
    private const ulong Hop = 0x0200_0000_0001;
    private const ulong OtherHop = 0x0200_0000_0002;

    [Fact]
    public async Task The_rules_are_there_while_they_are_wanted_and_the_connection_stays()
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any.MapToIPv6(), 0));
        listener.Listen();
        string target = $"tcp:127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}";
        await using ServedSwitch served = await ServedSwitch.StartAsync(BridgeTo(target));
        using OpenFlowPeer controller = await OpenFlowPeer.TakeInAsync(listener, OpenFlowVersion.V13);
        await controller.FlushAsync();
        Assert.Equal([180_005, 180_006, 180_007, 180_008], PrioritiesIn(served));
        Assert.True(served.Running.Translators.Bridges[0].HasInBand);

        foreach (BridgeConfiguration bridge in (BridgeConfiguration[])[BridgeTo(target, ConnectionMode.OutOfBand), BridgeTo(target),
            BridgeTo(target) with { DisableInBand = true }])
        {
            await ApplyAsync(served, bridge);

            bool isInBand = bridge.Controllers[0].ConnectionMode == ConnectionMode.InBand && !bridge.DisableInBand;
            Assert.Equal(isInBand ? 4 : 0, PrioritiesIn(served).Length);
            Assert.Equal(isInBand, served.Running.Translators.Bridges[0].HasInBand);
        }

        Assert.Single(await controller.AskAsync(MessageType.EchoRequest, new EchoMessage([])));
    }

    [OfctlTheory]
    [InlineData("OpenFlow10")]
    [InlineData("OpenFlow13")]
    [InlineData("OpenFlow15")]
    public async Task No_client_sees_or_deletes_the_rules(string version)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(BridgeTo(Target));
        string bridge = $"unix:{served.Socket}";
        await AskAsync("add-flow", bridge, "priority=7,actions=drop");

        string flows = await AskAsync("-O", version, "--no-stats", "dump-flows", bridge);
        string sums = await AskAsync("-O", version, "dump-aggregate", bridge);
        string tables = await AskAsync("-O", version, "dump-tables", bridge);
        await AskAsync("-O", version, "del-flows", bridge);
        await AskAsync("-O", version, "mod-flows", bridge, "actions=1");

        string flow = Assert.Single(flows.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith("priority=7 actions=drop", flow, StringComparison.Ordinal);
        Assert.Contains("flow_count=1", sums, StringComparison.Ordinal);
        Assert.Contains("active=1,", tables, StringComparison.Ordinal);
        Assert.DoesNotContain("active=5", tables, StringComparison.Ordinal);
        Assert.Equal([180_005, 180_006, 180_007, 180_008], PrioritiesIn(served));
        Assert.All(RulesIn(served), rule => Assert.Equal("NORMAL", rule.Actions.ToString()));
    }

    [Fact]
    public async Task No_monitor_is_told_of_the_rules()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(BridgeTo(Target));
        using OpenFlowPeer peer = await served.ConnectAsync(OpenFlowVersion.V14);
        const FlowMonitorFlags All = FlowMonitorFlags.Initial | FlowMonitorFlags.Add | FlowMonitorFlags.Removed | FlowMonitorFlags.Modify;

        IReadOnlyList<DecodedMessage> initial = await peer.AskAsync(
            MessageType.FlowMonitorRequest,
            new EntriesMessage<FlowMonitorRequest>([new FlowMonitorRequest { Id = 1, Flags = All, Table = byte.MaxValue }]));
        await ApplyAsync(served, BridgeTo(Target, ConnectionMode.OutOfBand));
        await ApplyAsync(served, BridgeTo(Target));

        Assert.Empty(Assert.IsType<EntriesMessage<FlowUpdate>>(Assert.Single(initial).Body).Entries);
        Assert.Empty(await peer.FlushAsync());
    }

    [Fact]
    public async Task They_follow_the_bridges_own_address_and_the_next_hop()
    {
        var hops = new ScriptedHops();
        await using ServedSwitch served = await ServedSwitch.StartAsync(options => options with { NextHops = hops }, BridgeTo(Target));
        Assert.Equal([180_005, 180_006, 180_007, 180_008], PrioritiesIn(served));

        served.Ports.SetAddress("br0", 0x0200_0000_00aa);
        await Eventually.HoldsAsync(() => Has(served, "dl_src=02:00:00:00:00:aa"), () => "no rule for the address");
        Assert.Equal([180_000, 180_001, 180_002, 180_005, 180_006, 180_007, 180_008], PrioritiesIn(served));

        served.Ports.SetAddress("br0", 0x0200_0000_00bb);
        await Eventually.HoldsAsync(() => Has(served, "dl_src=02:00:00:00:00:bb"), () => "no rule for the new address");
        Assert.False(Has(served, "dl_src=02:00:00:00:00:aa"));

        hops.Address = Hop;
        await Eventually.HoldsAsync(() => Has(served, "arp,dl_dst=02:00:00:00:00:01,arp_op=2"), () => "no rule for the next hop");
        Assert.Equal([.. Enumerable.Range(180_000, 9)], PrioritiesIn(served));

        // The controllers change, so that it is looked up at once.
        hops.Address = OtherHop;
        await ApplyAsync(served, BridgeTo("tcp:127.0.0.1:2"));
        Assert.True(Has(served, "arp,dl_dst=02:00:00:00:00:02,arp_op=2"));
        Assert.False(Has(served, "arp,dl_dst=02:00:00:00:00:01,arp_op=2"));
    }

    [Fact]
    public async Task A_controller_that_there_is_no_way_to_is_told_of_once()
    {
        var hops = new ScriptedHops { Obstacle = "Network is unreachable" };
        await using ServedSwitch served = await ServedSwitch.StartAsync(options => options with { NextHops = hops }, BridgeTo(Target));

        await Eventually.HoldsAsync(() => hops.Asked >= 3, () => "it is not asked for again");

        const string Said = "cannot find route for controller (127.0.0.1): Network is unreachable";
        Assert.Single(served.Log.All, line => line.Contains(Said, StringComparison.Ordinal));
        Assert.Equal([180_005, 180_006, 180_007, 180_008], PrioritiesIn(served));
    }

    [Fact]
    public async Task They_are_there_when_the_bridge_has_forgotten_all_flows_and_when_it_begins_anew()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(Standalone(BridgeTo(Target)));
        await Eventually.HoldsAsync(() => PrioritiesIn(served).Contains(0xf0f0f0), () => "the bridge does not forward by itself");
        Assert.Equal([180_005, 180_006, 180_007, 180_008, 0xf0f0f0], PrioritiesIn(served));

        await ApplyAsync(served, ServedSwitch.Bridge);
        Assert.Empty(PrioritiesIn(served));
        await ApplyAsync(served, BridgeTo(Target));
        Assert.Equal([180_005, 180_006, 180_007, 180_008], PrioritiesIn(served));
    }

    [Fact]
    public async Task What_belongs_to_the_controller_passes_whatever_the_flows_say()
    {
        await using ControlledSwitch bridge = await ControlledSwitch.StartAsync(
            "priority=65535,actions=drop", BridgeTo("tcp:10.1.0.1:6653"));

        await bridge.ReceiveAsync("p1", Tcp(6654));
        await bridge.ReceiveAsync("p1", Tcp(6653));

        Assert.Equal(Tcp(6653), Assert.Single(bridge.Sent("p2")));
    }

    [Fact]
    public async Task What_it_cannot_do_is_told()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(BridgeTo("tcp:controller.invalid") with { InBandQueue = 5 });

        Assert.Equal(
            ["in-band control of tcp:controller.invalid", "in-band-queue 5"],
            served.Running.State.Bridges[0].Unsupported.Select(part => part.Part));
        Assert.Empty(PrioritiesIn(served));
    }

    private static byte[] Tcp(ushort port)
    {
        byte[] frame = ControlledSwitch.Frame();
        // To 10.1.0.1 by TCP.
        frame[23] = 6;
        (frame[30], frame[31], frame[32], frame[33]) = (10, 1, 0, 1);
        (frame[36], frame[37]) = ((byte)(port >> 8), (byte)port);
        frame[46] = 0x50;
        return frame;
    }

    private static BridgeConfiguration BridgeTo(string target, ConnectionMode mode = ConnectionMode.InBand) =>
        ServedSwitch.Bridge with { Controllers = [new ControllerConfiguration(target) { ConnectionMode = mode }] };

    private static BridgeConfiguration Standalone(BridgeConfiguration bridge) => bridge with
    {
        FailMode = FailMode.Standalone,
        Controllers = [bridge.Controllers[0] with { InactivityProbe = TimeSpan.FromMilliseconds(50) }],
    };

    private static Task ApplyAsync(ServedSwitch served, BridgeConfiguration bridge) =>
        served.Running.ApplyAsync(new SwitchConfiguration { Bridges = [bridge] });

    private static Rule[] RulesIn(ServedSwitch served) =>
        [.. served.Running.Translators.Bridges[0].Tables.GetAllRules().Where(rule => rule.Priority > ushort.MaxValue)];

    private static int[] PrioritiesIn(ServedSwitch served) => [.. RulesIn(served).Select(rule => rule.Priority).Order()];

    private static bool Has(ServedSwitch served, string match) =>
        RulesIn(served).Any(rule => rule.Match.ToString().Contains(match, StringComparison.Ordinal));

    private static async Task<string> AskAsync(params string[] arguments)
    {
        (int code, string output, string errors) = await Ofctl.RunAsync(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: {errors}");
        return output;
    }

    /// <summary>A way to all controllers that a test decides about.</summary>
    private sealed class ScriptedHops : INextHops
    {
        private long _address;
        private int _asked;

        public ulong Address
        {
            get => (ulong)Volatile.Read(ref _address);
            set => Volatile.Write(ref _address, (long)value);
        }

        public string? Obstacle { get; init; }

        public int Asked => Volatile.Read(ref _asked);

        public string? Find(IPAddress destination, out ulong address)
        {
            Interlocked.Increment(ref _asked);
            address = Address;
            return Obstacle;
        }
    }
}
