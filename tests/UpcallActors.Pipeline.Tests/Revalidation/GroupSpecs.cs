using Akka.TestKit.Xunit2;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Groups on a datapath: who gets the packets, how they are counted, and what a change of a group or port does to flows.</summary>
public sealed class GroupSpecs() : TestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    private const int Hosts = 40;
    private const int Times = 3;

    [Fact]
    public async Task Connections_are_spread_over_buckets_and_each_packet_is_counted_once()
    {
        await using RevalidatedSwitch bridge = await StartAsync("group_id=1,type=select,bucket=output:2,bucket=output:3");
        for (byte host = 1; host <= Hosts; host++)
            await bridge.SendAsync(101, RevalidatedSwitch.Udp(host, 200), Times);
        await bridge.RoundAsync(2);

        GroupStatistics counted = Statistics(bridge);
        (counted.Packets, counted.Bytes, counted.References).ShouldBe(((ulong)(Hosts * Times), (ulong)(Hosts * Times * 60), 1u));
        counted.Buckets.Aggregate(0ul, (sum, bucket) => sum + bucket.Packets).ShouldBe(counted.Packets);
        counted.Buckets.ShouldAllBe(bucket => bucket.Packets > 0);
        bridge.Datapath.Counters.UpcallsQueued.ShouldBeInRange(3, 1 + 16, "a flow that hashes, and one for each value of four bits");
        bridge.Flows().Count(flow => flow.Contains("hash(l4(0)),recirc(", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Flows_follow_a_port_that_goes_down_and_comes_up()
    {
        await using RevalidatedSwitch bridge = await StartAsync(
            "group_id=1,type=ff,bucket=watch_port:2,output:2,bucket=watch_port:3,output:3");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 200), Times);
        bridge.Flows().ShouldHaveSingleItem().ShouldEndWith("actions:102");

        SetLive(bridge, number: 2, isLive: false);
        await bridge.RoundAsync(2);
        bridge.Flows().ShouldHaveSingleItem().ShouldEndWith("actions:103");

        SetLive(bridge, number: 2, isLive: true);
        await bridge.RoundAsync(2);
        bridge.Flows().ShouldHaveSingleItem().ShouldEndWith("actions:102");
    }

    [Fact]
    public async Task Flows_follow_a_group_that_is_changed_and_go_with_one_that_is_deleted()
    {
        await using RevalidatedSwitch bridge = await StartAsync("group_id=1,type=indirect,bucket=output:2");
        await bridge.SendAsync(101, RevalidatedSwitch.Udp(1, 200), Times);

        Make(bridge, "modify group_id=1,type=all,bucket=output:2,bucket=output:3");
        await bridge.RoundAsync(2);
        bridge.Flows().ShouldHaveSingleItem().ShouldEndWith("actions:102,103");

        Make(bridge, "delete group_id=1");
        await bridge.RoundAsync(2);
        bridge.Flows().ShouldHaveSingleItem().ShouldEndWith("actions:drop");
    }

    [Fact]
    public async Task Flows_behind_the_datapath_s_hash_follow_a_group_that_is_changed()
    {
        await using RevalidatedSwitch bridge = await StartAsync("group_id=1,type=select,bucket=output:2,bucket=output:3");
        for (byte host = 1; host <= Hosts; host++)
            await bridge.SendAsync(101, RevalidatedSwitch.Udp(host, 200), Times);
        await bridge.RoundAsync(2);
        bridge.Flows().ShouldContain(flow => flow.EndsWith("actions:103", StringComparison.Ordinal));

        Make(bridge, "modify group_id=1,type=select,bucket=output:2");
        await bridge.RoundAsync(2);
        bridge.Flows().ShouldNotContain(flow => flow.EndsWith("actions:103", StringComparison.Ordinal));
        bridge.Flows().ShouldContain(flow => flow.EndsWith("actions:102", StringComparison.Ordinal));
    }

    private static async Task<RevalidatedSwitch> WithFlowAsync(RevalidatedSwitch bridge, string group)
    {
        // What comes back from the datapath's hash has met its rule before, and is credited to the group alone.
        bridge.IsAccounted = false;
        Make(bridge, group);
        bridge.Tables.Apply(FlowSyntax.ParseFlow("in_port=1,actions=group:1"));
        await bridge.RoundAsync();
        return bridge;
    }

    private async Task<RevalidatedSwitch> StartAsync(string group) =>
        await WithFlowAsync(await RevalidatedSwitch.StartAsync(Sys, "priority=0,actions=drop"), group);

    private static void Make(RevalidatedSwitch bridge, string group)
    {
        using TableTransaction transaction = bridge.Tables.Begin(default);
        transaction.Make(GroupSyntax.Parse(group)).ShouldBeNull();
        transaction.Commit();
    }

    private static GroupStatistics Statistics(RevalidatedSwitch bridge) => bridge.Tables.GetStatistics(bridge.Tables.GetGroups(1)[0]);

    private static void SetLive(RevalidatedSwitch bridge, uint number, bool isLive)
    {
        Bridge before = bridge.Factory.Bridges[0];
        IEnumerable<BridgePort> ports = before.Ports.Select(port => port.Number == number ? port with { IsLive = isLive } : port);
        bridge.Factory.Replace([new Bridge(before.Name, before.FailMode, before.Tables, ports, before.MacLearning)]);
    }
}
