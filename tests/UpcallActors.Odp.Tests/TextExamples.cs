namespace UpcallActors.Odp.Tests;

/// <summary>
/// Texts that Open vSwitch prints for the attributes and actions which the recordings do not have; of the forms that its own tests accept.
/// </summary>
internal static class TextExamples
{
    private const string Head =
        "recirc_id(0),dp_hash(0),skb_priority(0),in_port(1),skb_mark(0),eth(src=00:01:02:03:04:05,dst=10:11:12:13:14:15),";

    public static string[] Flows =>
    [
        Head + "eth_type(0x1234)",
        Head + "eth_type(0x0800),ipv4(src=192.0.2.1,dst=198.51.100.2,proto=5,tos=0x80,ttl=128,frag=first)",
        Head + "eth_type(0x0800),ipv4(src=192.0.2.0/255.255.255.0,dst=198.51.100.2,proto=6,tos=0,ttl=64,frag=no),tcp(src=80/0xff00,"
            + "dst=8080),tcp_flags(syn|ack)",
        Head
            + "eth_type(0x0800),ipv4(src=192.0.2.1,dst=198.51.100.2,proto=6,tos=0,ttl=64,frag=no),tcp(src=80,dst=8080),tcp_flags(+syn-ack)",
        Head + "eth_type(0x0800),ipv4(src=192.0.2.1,dst=198.51.100.2,proto=17,tos=0,ttl=64,frag=no),udp(src=81,dst=6632/0xff)",
        Head + "eth_type(0x0800),ipv4(src=192.0.2.1,dst=198.51.100.2,proto=132,tos=0,ttl=64,frag=no),sctp(src=82,dst=6633)",
        Head + "eth_type(0x86dd),ipv6(src=::1,dst=2001:db8::2/ffff:ffff::,label=0x123,proto=10,tclass=0x70,hlimit=128,frag=later)",
        Head + "eth_type(0x86dd),ipv6(src=::ffff:192.0.2.1,dst=2001:db8:0:1:1:1:1:1,label=0/0xf0,proto=58,tclass=0,hlimit=128,frag=no),"
            + "icmpv6(type=136,code=0),nd(target=::3,sll=00:05:06:07:08:09,tll=00:0a:0b:0c:0d:0e)",
        Head + "eth_type(0x0806),arp(sip=192.0.2.3,tip=198.51.100.4,op=1,sha=00:0f:10:11:12:13,tha=00:14:15:16:17:18)",
        Head + "eth_type(0x8847),mpls(label=100,tc=3,ttl=64,bos=0,label=200,tc=0,ttl=1,bos=1)",
        Head + "eth_type(0x8848),mpls(label=100/0xff,tc=7/7,ttl=64/0xff,bos=1/1)",
        Head + "eth_type(0x894f),nsh(flags=0,ttl=63,mdtype=1,np=3,spi=0x123456,si=255,c1=0x1,c2=0x2,c3=0x3,c4=0x4)",
        Head + "eth_type(0x8100),vlan(vid=99,pcp=7),encap(eth_type(0x88a8),vlan(vid=1/0x1,pcp=0),encap(eth_type(0x0800),ipv4(src=192.0.2.1,"
            + "dst=198.51.100.2,proto=0,tos=0,ttl=0,frag=no)))",
        "recirc_id(0x5),ct_state(0x22/0x23),ct_zone(0x9),ct_mark(0x12345678/0xffff),ct_label(0x1234567890abcdef1234567890abcdef),"
            + "ct_tuple4(src=192.0.2.1,dst=198.51.100.2,proto=6,tp_src=1,tp_dst=2),in_port(1)",
        "ct_tuple6(src=2001:db8::1,dst=2001:db8::2,proto=58,src_port=128,dst_port=0),packet_type(ns=1,id=0x800)",
        "tunnel(tun_id=0xfedcba9876543210,src=192.0.2.1,dst=198.51.100.2,tos=0x8,ttl=128,tp_src=1,tp_dst=4789,vxlan(gbp(id=10,flags=0xb)),"
            + "flags(oam|df|csum|key)),in_port(1/0xff)",
        "tunnel(tun_id=0x7f10354/0xff,src=192.0.2.0/255.255.255.0,dst=198.51.100.0/255.255.255.0,ttl=64,geneve({class=0,type=0,len=4,0xa/"
            + "0xff}{class=0xffff,type=0x1,len=4,0xffffffff}),flags(-df+csum+key))",
        "tunnel(tun_id=0x1,ipv6_src=2001:db8::1,ipv6_dst=2001:db8::2,ttl=1,erspan(ver=2,dir=1,hwid=0x17),flags(key))",
        "tunnel(tun_id=0x1,ipv6_src=2001:db8::1,ipv6_dst=2001:db8::2,ttl=1,erspan(ver=1,idx=0x7/0xffffffff),key40(01 02/ff 00),flags(key))",
        "in_port(1),eth(src=00:01:02:03:04:05/ff:ff:ff:ff:ff:f0,dst=10:11:12:13:14:15),key32(00 00/00 00),key77(de ad be ef),eth_type(0/"
            + "0xffff)",
    ];

    public static string[] Actions =>
    [
        "1,2,3",
        "drop",
        "userspace(pid=9765,userdata(0102030405060708090a0b0c0d0e0f),actions,tunnel_out_port=10)",
        "userspace(pid=4294967295)",
        "userspace(pid=6633,sFlow(vid=9,pcp=7,output=10),actions,tunnel_out_port=10)",
        "userspace(pid=9765,slow_path(0)),userspace(pid=9765,slow_path(cfm,match),tunnel_out_port=10),userspace(pid=1,slow_path(action,"
            + "0x100))",
        "userspace(pid=6633,flow_sample(probability=123,collector_set_id=1234,obs_domain_id=2345,obs_point_id=3456,output_port=10,egress),"
            + "tunnel_out_port=10)",
        "userspace(pid=6633,flow_sample(probability=123,collector_set_id=1234,obs_domain_id=2345,obs_point_id=3456,output_port=10))",
        "userspace(pid=6633,ipfix(output_port=10))",
        "userspace(pid=6633,controller(reason=1,dont_send=0,continuation=1,recirc_id=4444,rule_cookie=0x5555,controller_id=0,"
            + "max_len=65535))",
        "set(eth(src=00:01:02:03:04:05,dst=10:11:12:13:14:15/ff:ff:ff:00:00:00))",
        "set(ipv4(src=192.0.2.1,dst=198.51.100.2,proto=5,tos=0x80,ttl=128,frag=no))",
        "set(ipv4(tos=0/0x3))",
        "set(ipv6(label=0/0xfff,proto=10,tclass=0x70/0x70))",
        "set(tcp(src=80/0xff00,dst=8080)),set(udp(dst=6633)),set(sctp(src=82)),set(icmp(type=1,code=2))",
        "set(vlan(vid=5/0x3)),3",
        "set(skb_mark(0x1234)),set(skb_priority(0x1/0xf))",
        "set(mpls(label=100,tc=3,ttl=64,bos=1))",
        "set(nsh(flags=2,ttl=63,spi=0x123456,c1=0x7))",
        "set(tunnel(tun_id=0xabcdef1234567890,src=192.0.2.1,dst=198.51.100.2,ttl=64,flags(df|csum|key)))",
        "set(tunnel(tun_id=0x1,ipv6_src=2001:db8::1,ipv6_dst=2001:db8::2,ttl=64,geneve({class=0xffff,type=0x80,len=8,0x1122334455667788}),"
            + "flags(key)))",
        "push_vlan(vid=12,pcp=0),push_vlan(tpid=0x88a8,vid=13,pcp=5,cfi=0),pop_vlan",
        "push_mpls(label=100,tc=3,ttl=64,bos=1,eth_type=0x8847),pop_mpls(eth_type=0x800),add_mpls(label=1,tc=0,ttl=64,bos=1,"
            + "eth_type=0x8847)",
        "push_eth(src=00:01:02:03:04:05,dst=10:11:12:13:14:15),pop_eth",
        "push_nsh(flags=0,ttl=63,mdtype=1,np=3,spi=0x123,si=255,c1=0x1,c2=0x2,c3=0x3,c4=0x4),pop_nsh()",
        "push_nsh(flags=0,ttl=63,mdtype=2,np=3,spi=0x123,si=255,md2=0x1001000100000000)",
        "sample(sample=9.7%,actions(1,2,3,push_vlan(vid=1,pcp=2)))",
        "clone(clone(push_vlan(vid=12,pcp=0),2),1)",
        "check_pkt_len(size=200,gt(drop),le(5)),check_pkt_len(size=200,gt(ct(nat)),le(drop))",
        "dec_ttl(le_1(userspace(pid=1))),trunc(100),hash(l4(0)),hash(sym_l4(7)),recirc(0x1f),meter(6)",
        "psample(group=12,cookie=0xf1020304),psample(group=12)",
        "ct,ct_clear,ct(nat)",
        "ct(commit,zone=5,mark=0xa0a0a0a0/0xfefefefe,label=0x1234567890abcdef1234567890abcdef/0xf1f2f3f4f5f6f7f8f9f0fafbfcfdfeff,"
            + "helper=ftp,timeout=ovs_tp_1_tcp4,nat(src=192.0.2.240-192.0.2.254:32768-65535,persistent,random))",
        "ct(force_commit,zone=9,nat(dst=[2001:db8::1]-[2001:db8::5]:255-4096,hash))",
        "ct(commit,nat(src=2001:db8::20c:29ff:fe88:1-2001:db8::20c:29ff:fe88:a18b))",
        "ct(commit,nat(src)),ct(commit,nat(dst=192.0.2.1))",
        "action99(00 01 ff),action98",
    ];
}
