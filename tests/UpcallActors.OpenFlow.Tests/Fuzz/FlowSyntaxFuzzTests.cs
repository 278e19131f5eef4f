namespace UpcallActors.OpenFlow.Tests;

public class FlowSyntaxFuzzTests
{
    internal static string[] Corpus { get; } =
    [
        "priority=100,in_port=2,ct_state=-trk,icmp,action=ct(table=0,zone=9)",
        "cookie=0x1/-1,table=3,tcp,tp_src=0x10/0xfff0,tcp_flags=+syn-ack,actions=output:NXM_NX_REG0[0..15]",
        "reg0[0..7]=5,metadata=0x10/0xffff0,xxreg0=0x1/0xf,in_port=LOCAL actions=load:0x5->NXM_NX_REG1[],resubmit(,1)",
        "arp,arp_tpa=10.0.0.0/8,arp_sha=00:00:00:00:00:01/00:00:00:00:00:ff,actions=normal",
        "icmp6,icmp_type=135,nd_target=fe80::1,nd_sll=02:00:00:00:00:01 actions=drop\ndelete ip,nw_frag=later",
        "# comment\n\ndl_vlan=100,dl_vlan_pcp=3,vlan_tci=0x1000/0x1000 actions=strip_vlan,set_field:10.0.0.1->ip_src",
        "modify_strict ipv6,ipv6_src=2001:db8::/32,ipv6_label=0x12,nw_tos=32,nw_ecn=1 actions=clone(ct(commit,exec(set_field:1->ct_mark)),"
            + "2)",
    ];

    [Fact]
    public void Mangled_flows_are_read_or_refused_and_nothing_else() => MangledFlows.Run(FlowSyntaxFuzz.Run, Corpus);
}
