using System.Text.RegularExpressions;

namespace UpcallActors.Switch.Tests;

/// <summary>What flows of the tables wait for, because the switch does not have it yet: the only list of those.</summary>
internal static class WaitingFlows
{
    private static readonly Waiting[] _all =
    [
        new("conjunction", @"conjunction\(", "ip,nw_src=10.0.0.1,actions=conjunction(7,1/2)"),
        new("write_metadata", "write_metadata:", "actions=write_metadata:0x1/0xff,goto_table:1"),
        new("write_actions", @"write_actions\(", "actions=write_actions(output:1)"),
        new("clear_actions", "clear_actions", "actions=clear_actions,goto_table:1"),
        new("learn", @"learn\(", "actions=learn(table=1,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])"),
        new("push", "push:", "actions=push:NXM_NX_REG0[]"),
        new("pop", "pop:", "actions=pop:NXM_NX_REG0[]"),
        new("multipath", @"multipath\(", "actions=multipath(eth_src,50,modulo_n,1,0,NXM_NX_REG0[])"),
        new("bundle", @"bundle\(", "actions=bundle(eth_src,0,hrw,ofport,members:1,2)"),
        new("bundle_load", @"bundle_load\(", "actions=bundle_load(eth_src,0,hrw,ofport,NXM_NX_REG0[],members:1,2)"),
        new("check_pkt_larger", @"check_pkt_larger\(", "ip,actions=check_pkt_larger(1500)->NXM_NX_REG0[0]"),
        new("note", "note:", "actions=note:01.02.03"),
        new("sample", @"sample\(", "actions=sample(probability=5,collector_set_id=1)"),
        new("fin_timeout", @"fin_timeout\(", "tcp,actions=fin_timeout(idle_timeout=5)"),
        new("enqueue", "enqueue:", "actions=enqueue:1:2"),
        new("set_queue", "set_queue:", "actions=set_queue:3,output:1"),
        new("delete_field", "delete_field:", "actions=delete_field:tun_metadata0"),
        new("exit", @"\bexit\b", "actions=exit"),
        new("arp_op", "->(NXM_OF_ARP_OP|arp_op)", "arp,actions=load:2->NXM_OF_ARP_OP[]"),
        new("arp_spa", "->(NXM_OF_ARP_SPA|arp_spa)", "arp,actions=load:2->NXM_OF_ARP_SPA[]"),
        new("arp_tpa", "->(NXM_OF_ARP_TPA|arp_tpa)", "arp,actions=load:2->NXM_OF_ARP_TPA[]"),
        new("arp_sha", "->(NXM_NX_ARP_SHA|arp_sha)", "arp,actions=load:2->NXM_NX_ARP_SHA[]"),
        new("arp_tha", "->(NXM_NX_ARP_THA|arp_tha)", "arp,actions=load:2->NXM_NX_ARP_THA[]"),
        new("icmp_type", "->(NXM_OF_ICMP_TYPE|icmp_type)", "icmp,actions=load:0->NXM_OF_ICMP_TYPE[]"),
        new("nd_target", "->(NXM_NX_ND_TARGET|nd_target)", "icmp6,icmp_type=135,actions=set_field:2001:db8::1->nd_target"),
        new("nd_sll", "->(NXM_NX_ND_SLL|nd_sll)", "icmp6,icmp_type=135,actions=load:2->NXM_NX_ND_SLL[]"),
        new("nd_tll", "->(NXM_NX_ND_TLL|nd_tll)", "icmp6,icmp_type=136,actions=load:2->NXM_NX_ND_TLL[]"),
        new("tun_metadata", "tun_metadata|TUN_METADATA", "tun_metadata0=1,actions=drop"),
        new("packet_type", "packet_type", "packet_type=(0,0),actions=drop"),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Waiting> All => _all;

    /// <summary>Whether the switch takes a flow.</summary>
    public static bool Takes(string flow) => !_all.Any(waiting => waiting.Pattern.IsMatch(flow));

    /// <summary>An action, or a field that is matched or written.</summary>
    internal sealed record Waiting(string Name, string Sign, string Flow)
    {
        /// <summary>What a flow with it has in it.</summary>
        public Regex Pattern { get; } = new(Sign);
    }
}
