namespace UpcallActors.Ofproto.Tests;

public class TraceFuzzTests
{
    internal static string[] Corpus { get; } =
    [
        "in_port=1,icmp,dl_src=50:54:00:00:00:01,nw_src=10.1.1.1,nw_dst=10.1.1.2,nw_ttl=64,icmp_type=8,icmp_code=0",
        "in_port=p2,tcp6,dl_vlan=100,ipv6_src=fc00::1,nw_frag=later,tcp_src=0x10,tcp_flags=syn|ack",
        "in_port=3,arp,arp_op=1,arp_spa=10.0.0.1,arp_sha=00:00:00:00:00:01,vlan_tci=0x1064",
        "in_port=LOCAL,icmp6,icmpv6_type=135,icmpv6_code=0,nd_target=fe80::1,nd_sll=02:00:00:00:00:01",
        "in_port=4,udp,tun_id=7,tun_src=10.0.0.1,tun_dst=10.0.0.9,ct_state=+trk+est,ct_zone=5,ct_mark=0x7,pkt_mark=1,udp_dst=53",
        "recirc_id=1,in_port=2,ip,nw_proto=99,nw_tos=32,nw_ecn=1,ct_label=0x5",
        "trk,est|rpl+dnat",
    ];

    [Fact]
    public void Mangled_packets_are_traced_or_refused_and_nothing_else() => MangledFlows.Run(input => TraceFuzz.Run(input), Corpus);
}
