using UpcallActors.Linux;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.SystemTests.Revalidation;

/// <summary>What the revalidators make of flows as the real kernel reports them.</summary>
public sealed class KernelFlowTests
{
    private const string Normal = "actions=NORMAL";

    private const string Tracked = """
        priority=1,action=drop
        priority=10,arp,action=normal
        priority=100,in_port=1,icmp,action=ct(commit,zone=9),2
        priority=100,in_port=2,ct_state=-trk,icmp,action=ct(table=0,zone=9)
        priority=100,in_port=2,ct_state=+trk+est-new,icmp,action=1
        """;

    private const string Tracked6 = """
        priority=1,action=drop
        priority=10,in_port=1,ipv6,action=ct(commit,zone=9),2
        priority=10,in_port=2,ct_state=-trk,ipv6,action=ct(table=0,zone=9)
        priority=10,in_port=2,ct_state=+trk+est-new,ipv6,action=1
        priority=100,icmp6,icmp_type=135,action=normal
        priority=100,icmp6,icmp_type=136,action=normal
        """;

    private const string Commit =
        "ct(commit,zone=9,exec(set_field:0x5->ct_mark,set_field:0x77->ct_label),nat(src=10.1.1.200))";

    private const string Rewriting = $"""
        priority=10,arp,action=normal
        priority=100,in_port=1,ip,action={Commit},mod_nw_tos:64,dec_ttl,2
        priority=100,in_port=2,ip,ct_state=-trk,action=ct(table=1,zone=9,nat)
        table=1,in_port=2,ip,ct_mark=5,action=set_field:0x3->pkt_mark,1
        """;

    [KernelDatapathFact]
    public Task Flows_of_NORMAL_stay_as_they_were_put_and_outlive_a_restart() => StayAsync(Normal, "10.1.1.2");

    [KernelDatapathFact]
    public Task Flows_of_NORMAL_with_VLAN_tags_stay_as_they_were_put_and_outlive_a_restart() => StayAsync(Normal, "10.2.2.2");

    [KernelDatapathFact]
    public Task Tracked_flows_stay_as_they_were_put_and_outlive_a_restart() => StayAsync(Tracked, "10.1.1.2");

    [KernelDatapathFact]
    public Task Tracked_flows_with_VLAN_tags_stay_as_they_were_put_and_outlive_a_restart() => StayAsync(Tracked, "10.2.2.2");

    [KernelDatapathFact]
    public Task Tracked_flows_of_IPv6_stay_as_they_were_put_and_outlive_a_restart() => StayAsync(Tracked6, "fc00::2");

    [KernelDatapathFact]
    public Task Flows_that_rewrite_and_translate_stay_as_they_were_put_and_outlive_a_restart() => StayAsync(Rewriting, "10.1.1.2");

    [KernelDatapathFact]
    public async Task With_sockets_by_vport_a_restart_gives_flows_the_new_sockets()
    {
        const string Flows = "priority=10,arp,action=normal\nin_port=1,action=controller,2\nin_port=2,action=controller,1";
        await using RevalidatedBridge bridge = await RevalidatedBridge.StartAsync(Flows, perVport: true);
        await bridge.PingAsync("10.1.1.2", 56);
        string before = string.Join('\n', bridge.Flows());
        await bridge.StopSlowPathAsync();
        // The first socket of a process gets the process's id, which would be the one before again.
        using var first = new NetlinkSocket(NetlinkProtocol.Generic);
        first.ConnectToKernel();
        await bridge.StartSlowPathAsync(Flows);
        string after = string.Join('\n', bridge.Flows());
        after.ShouldNotBe(before);
        after.ShouldContain($"userspace(pid={bridge.UserspacePid},");
        before.ShouldNotContain($"userspace(pid={bridge.UserspacePid},");
        bridge.Counters[RevalidationEvent.FlowModified].ShouldBe(2);
        bridge.Deleted.ShouldBe(0);
        await bridge.PingAsync("10.1.1.2", 56);
    }

    [KernelDatapathFact]
    public async Task Other_tables_change_the_kernels_flows_in_place()
    {
        await using RevalidatedBridge bridge = await RevalidatedBridge.StartAsync("in_port=1,actions=2\nin_port=2,actions=1");
        await bridge.PingAsync("10.1.1.2", 56);
        await bridge.RoundAsync();
        bridge.Tables.Apply(FlowSyntax.ParseFlow("priority=40000,ip,in_port=1,actions=ct(commit,zone=5),2"));
        await bridge.RoundAsync();
        string.Join('\n', bridge.Flows()).ShouldContain("ct(commit,zone=5");
        bridge.Counters[RevalidationEvent.FlowModified].ShouldBeGreaterThan(0);
        await bridge.PingAsync("10.1.1.2", 56);
        bridge.Counters.RequestErrors.Total.ShouldBe(0);
    }

    [KernelDatapathFact]
    public async Task Without_megaflows_the_kernel_takes_flows_of_one_key_each_and_they_stay()
    {
        await using RevalidatedBridge bridge = await RevalidatedBridge.StartAsync(Tracked, new RevalidatorSettings { Megaflows = false });
        await bridge.PingAsync("10.1.1.2", 56);
        await bridge.RoundAsync(2);
        bridge.Flows().ShouldContain(flow => flow.Contains("icmp(type=8", StringComparison.Ordinal));
        bridge.Pipeline.Counters.Lanes.Sum(lane => lane.FlowPutErrors.Total).ShouldBe(0);
        bridge.Deleted.ShouldBe(0);
        bridge.Counters[RevalidationEvent.FlowModified].ShouldBe(0);
    }

    [KernelDatapathFact]
    public async Task A_purge_leaves_no_flow_and_all_packets_credited()
    {
        await using RevalidatedBridge bridge =
            await RevalidatedBridge.StartAsync("priority=10,arp,action=normal\nin_port=1,icmp,actions=2\nin_port=2,icmp,actions=1");
        await bridge.Pipeline.Revalidation!.PurgeAsync().WaitAsync(TimeSpan.FromSeconds(60));
        ulong[] packets = [.. Counts()];
        await bridge.PingAsync("10.1.1.2", 56);
        await bridge.Pipeline.Revalidation!.PurgeAsync().WaitAsync(TimeSpan.FromSeconds(60));
        bridge.Flows().Where(flow => flow.Contains("icmp", StringComparison.Ordinal)).ShouldBeEmpty();
        Counts().ShouldBe(packets.Select(count => count + 3));

        IEnumerable<ulong> Counts() => bridge.Tables.GetRules().Where(rule => rule.ToString().Contains("icmp", StringComparison.Ordinal))
            .Select(rule => rule.Counters.Packets);
    }

    [KernelDatapathFact]
    public async Task An_idle_flow_goes()
    {
        await using RevalidatedBridge bridge = await RevalidatedBridge.StartAsync(Normal,
            new RevalidatorSettings { MaxIdle = TimeSpan.FromSeconds(1) });
        await bridge.PingAsync("10.1.1.2", 56);
        await Eventually.HoldsAsync(() => bridge.Counters.Deleted(FlowDeletionReason.FlowIdle) >= 2, () => "both directions go");
    }

    /// <summary>
    /// Pings, and looks on while rounds go by: the kernel's account of a flow must be recognised as what was
    /// put. Then the slow path starts anew over the same datapath, and the next pings need it for nothing.
    /// </summary>
    private static async Task StayAsync(string flows, string address)
    {
        bool ipv6 = address.Contains(':', StringComparison.Ordinal);
        await using RevalidatedBridge bridge = await RevalidatedBridge.StartAsync(flows, ipv6: ipv6);
        await PingAllAsync();
        await bridge.RoundAsync(3);
        string account = string.Join('\n', bridge.Flows());
        bridge.Counters[RevalidationEvent.FlowAdopted].ShouldBeGreaterThanOrEqualTo(2, account);
        bridge.Deleted.ShouldBe(0, account);
        // One station is news for the other's flow: a flow that flooded becomes one that does not.
        if (flows != Normal)
            bridge.Counters[RevalidationEvent.FlowModified].ShouldBe(0, account);

        string[] before = bridge.Flows();
        await bridge.StopSlowPathAsync();
        await bridge.StartSlowPathAsync(flows);
        await PingAllAsync();
        await bridge.RoundAsync(2);
        bridge.Counters[RevalidationEvent.FlowModified].ShouldBe(0, account);
        bridge.Deleted.ShouldBe(0, account);
        string[] after = bridge.Flows();
        before.ShouldBeSubsetOf(after);
        // Hosts with IPv6 say something of themselves now and then.
        if (ipv6)
            return;
        after.ShouldBe(before);
        bridge.Pipeline.Counters.Received.ShouldBe(0, account);

        async Task PingAllAsync()
        {
            for (int size = 56; size <= 3200; size += 1572)
                await bridge.PingAsync(address, size);
        }
    }
}
