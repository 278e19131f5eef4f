using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public class FlowSyntaxTests
{
    [Theory]
    [InlineData("actions=ct(exec(set_field:1->ct_mark))")]
    [InlineData("actions=ct(nat(src=10.0.0.1))")]
    [InlineData("actions=ct(force)")]
    public void Parts_of_ct_that_a_kernel_refuses_without_commit_are_refused_here(string flow)
    {
        FlowSyntaxException exception = Should.Throw<FlowSyntaxException>(() => FlowSyntax.ParseFlow(flow));
        exception.Column.ShouldBe(12);
        exception.Error.Message.ShouldEndWith("needs commit");
    }

    [Theory]
    [InlineData("actions=")]
    [InlineData("priority=")]
    [InlineData("actions=ct(zone=1)")]
    public void An_error_in_a_line_of_megabytes_is_told_in_a_line(string start)
    {
        string flow = start + new string('x', 5_000_000);
        Should.Throw<FlowSyntaxException>(() => FlowSyntax.ParseFlow(flow)).Error.Message.Length.ShouldBeLessThan(400);
    }

    // On the right what ovs-ofctl --no-stats dump-flows prints.
    [Theory]
    [InlineData("actions=drop", "actions=drop")]
    [InlineData("action=drop", "actions=drop")]
    [InlineData("priority=32768,actions=drop", "actions=drop")]
    [InlineData("priority=100,in_port=1,icmp,action=drop", "priority=100,icmp,in_port=1 actions=drop")]
    [InlineData("priority=100,in_port=2,ct_state=+trk+est-new,icmp,actions=drop",
        "priority=100,ct_state=-new+est+trk,icmp,in_port=2 actions=drop")]
    [InlineData("ct_state=trk|est actions=drop", "ct_state=est|trk actions=drop")]
    [InlineData("ct_state=0x21/0x23 actions=drop", "ct_state=+new-est+trk actions=drop")]
    [InlineData("ct_zone=9,ct_mark=0x10/0xf0,ct_label=5 actions=drop", "ct_zone=9,ct_mark=0x10/0xf0,ct_label=0x5 actions=drop")]
    [InlineData("ct_state=+trk+est,ct_nw_src=10.0.0.0/8,ct_nw_proto=6,ct_tp_dst=80 actions=drop",
        "ct_state=+est+trk,ct_nw_src=10.0.0.0/8,ct_nw_proto=6,ct_tp_dst=80 actions=drop")]
    [InlineData("table=3,cookie=0x12,idle_timeout=10,hard_timeout=020 actions=drop",
        "cookie=0x12, table=3, idle_timeout=10, hard_timeout=16, actions=drop")]
    [InlineData("tcp,tp_src=1000,tcp_dst=80,tcp_flags=+syn-ack actions=drop", "tcp,tp_src=1000,tp_dst=80,tcp_flags=+syn-ack actions=drop")]
    [InlineData("tcp6,tcp_flags=syn|ack actions=drop", "tcp6,tcp_flags=syn|ack actions=drop")]
    [InlineData("udp,tp_src=0x10/0xfff0 actions=drop", "udp,tp_src=0x10/0xfff0 actions=drop")]
    [InlineData("sctp6,tp_dst=5 actions=drop", "sctp6,tp_dst=5 actions=drop")]
    [InlineData("icmp,icmp_type=8,icmp_code=0 actions=drop", "icmp,icmp_type=8,icmp_code=0 actions=drop")]
    [InlineData("icmp6,icmpv6_type=128 actions=drop", "icmp6,icmp_type=128 actions=drop")]
    [InlineData("icmp6,icmp_type=135,nd_target=fe80::1,nd_sll=02:00:00:00:00:01 actions=drop",
        "icmp6,icmp_type=135,nd_target=fe80::1,nd_sll=02:00:00:00:00:01 actions=drop")]
    [InlineData("icmp6,icmp_type=136,nd_tll=02:00:00:00:00:01 actions=drop", "icmp6,icmp_type=136,nd_tll=02:00:00:00:00:01 actions=drop")]
    [InlineData("arp,arp_op=1,arp_tpa=10.0.0.0/255.255.0.0,arp_sha=00:00:00:00:00:01/00:00:00:00:00:ff actions=drop",
        "arp,arp_tpa=10.0.0.0/16,arp_op=1,arp_sha=00:00:00:00:00:01/00:00:00:00:00:ff actions=drop")]
    [InlineData("arp,nw_src=10.0.0.1,nw_proto=2 actions=drop", "arp,arp_spa=10.0.0.1,arp_op=2 actions=drop")]
    [InlineData("rarp actions=drop", "rarp actions=drop")]
    [InlineData("ip,nw_src=10.0.0.1,nw_dst=10.1.0.0/255.0.255.0,nw_proto=47 actions=drop",
        "ip,nw_src=10.0.0.1,nw_dst=10.0.0.0/255.0.255.0,nw_proto=47 actions=drop")]
    [InlineData("dl_type=0x800,nw_proto=6 actions=drop", "tcp actions=drop")]
    [InlineData("eth_type=0x88cc actions=drop", "dl_type=0x88cc actions=drop")]
    [InlineData("ipv6,ipv6_src=2001:db8::/32,ipv6_dst=::1,ipv6_label=0x12 actions=drop",
        "ipv6,ipv6_src=2001:db8::/32,ipv6_dst=::1,ipv6_label=0x00012 actions=drop")]
    [InlineData("ip,nw_tos=0x20,nw_ecn=1,nw_ttl=64 actions=drop", "ip,nw_tos=32,nw_ecn=1,nw_ttl=64 actions=drop")]
    [InlineData("ip,ip_dscp=8 actions=drop", "ip,nw_tos=32 actions=drop")]
    [InlineData("ip,nw_frag=later actions=drop", "ip,nw_frag=later actions=drop")]
    [InlineData("ip,ip_frag=no actions=drop", "ip,nw_frag=no actions=drop")]
    [InlineData("ip,nw_frag=not_later actions=drop", "ip,nw_frag=not_later actions=drop")]
    [InlineData("ip,nw_frag=yes actions=drop", "ip,nw_frag=yes actions=drop")]
    [InlineData("dl_vlan=100,dl_vlan_pcp=3 actions=drop", "dl_vlan=100,dl_vlan_pcp=3 actions=drop")]
    [InlineData("vlan_vid=0x1064 actions=drop", "dl_vlan=100 actions=drop")]
    [InlineData("dl_vlan=0xffff actions=drop", "vlan_tci=0x0000 actions=drop")]
    [InlineData("vlan_tci=0/0x1fff actions=drop", "vlan_tci=0x0000/0x1fff actions=drop")]
    [InlineData("vlan_tci=0x1000/0x1000,vlan_pcp=2 actions=drop", "dl_vlan_pcp=2 actions=drop")]
    [InlineData("dl_src=02:00:00:00:00:01,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=drop",
        "dl_src=02:00:00:00:00:01,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=drop")]
    [InlineData("in_port=LOCAL actions=drop", "in_port=LOCAL actions=drop")]
    [InlineData("in_port=65534 actions=drop", "in_port=LOCAL actions=drop")]
    [InlineData("in_port=0xfffffffe actions=drop", "in_port=LOCAL actions=drop")]
    [InlineData("reg0=0,reg1=0x5/0xff,metadata=0x10/0xffff0 actions=drop", "reg0=0,reg1=0x5/0xff,metadata=0x10/0xffff0 actions=drop")]
    [InlineData("xreg0=0x100000002 actions=drop", "reg0=0x1,reg1=0x2 actions=drop")]
    [InlineData("reg0[0..7]=5,reg0[16..31]=0x10 actions=drop", "reg0=0x100005/0xffff00ff actions=drop")]
    [InlineData("NXM_NX_REG2[]=7 actions=drop", "reg2=0x7 actions=drop")]
    [InlineData("pkt_mark=1/1,recirc_id=0,tun_id=5 actions=drop", "pkt_mark=0x1/0x1,recirc_id=0,tun_id=0x5 actions=drop")]
    [InlineData("send_flow_rem,priority=5,in_port=1,actions=drop", "send_flow_rem priority=5,in_port=1 actions=drop")]
    [InlineData(
        "cookie=0x1, duration=582.849s, table=0, n_packets=336, n_bytes=40169, reset_counts priority=3,in_port=1 actions=drop",
        "cookie=0x1, reset_counts priority=3,in_port=1 actions=drop")]
    [InlineData(
        "no_byte_counts,check_overlap no_packet_counts,in_port=1,actions=drop",
        "check_overlap no_packet_counts no_byte_counts in_port=1 actions=drop")]
    [InlineData(
        "idle_timeout=10, importance=3, priority=4,in_port=1 actions=drop",
        "idle_timeout=10, importance=3, priority=4,in_port=1 actions=drop")]
    [InlineData("in_port(1),priority:5,tcp,tp_dst(80) actions=drop", "priority=5,tcp,in_port=1,tp_dst=80 actions=drop")]
    [InlineData("table=255,actions=drop", "actions=drop")]
    [InlineData("tun_id=5,tun_src=1.2.3.4,tun_dst=1.2.3.0/24,tun_ipv6_src=::2 actions=drop",
        "tun_id=0x5,tun_src=1.2.3.4,tun_dst=1.2.3.0/24,tun_ipv6_src=::2 actions=drop")]
    [InlineData("reg0=*,in_port=1 actions=drop", "in_port=1 actions=drop")]
    [InlineData("  add , in_port=1 ,, tcp\tactions=drop  ", "tcp,in_port=1 actions=drop")]
    [InlineData(" cookie=0x0, duration=5.123s, table=0, n_packets=3, n_bytes=180, idle_age=3, priority=5,ip actions=drop",
        "priority=5,ip actions=drop")]
    public void A_flow_is_printed_as_ovs_ofctl_prints_it(string text, string printed)
    {
        Print(text).ShouldBe(printed);
        Print(printed).ShouldBe(printed);
    }

    [Theory]
    [InlineData("priority=1", 11, "actions are missing")]
    [InlineData("in_port=1,delete", 11, "unknown keyword 'delete'")]
    [InlineData("priority=70000,actions=drop", 10, "at most 65535")]
    [InlineData("priority=abc,actions=drop", 10, "must be a number")]
    [InlineData("priority=,actions=drop", 10, "priority needs a value")]
    [InlineData("table=256,actions=drop", 7, "at most 255")]
    [InlineData("table=acl,actions=drop", 7, "a number or a table's name, not 'acl'")]
    [InlineData("send_flow_rem=1,actions=drop", 14, "name is missing before '='")]
    [InlineData("delete send_flow_rem", 8, "has no place in Delete")]
    [InlineData("modify importance=5,actions=drop", 8, "has no place in Modify")]
    [InlineData("  in_porr=1,actions=drop", 3, "unknown keyword 'in_porr'")]
    [InlineData("in_port=bogus,actions=drop", 9, "'bogus' is no value of in_port")]
    [InlineData("in_port=70000,actions=drop", 9, "'70000' is no value of in_port")]
    [InlineData("in_port=65300,actions=drop", 9, "'65300' is no value of in_port")]
    [InlineData("in_port,actions=drop", 1, "in_port needs a value")]
    [InlineData("tcp,tp_src=70000,actions=drop", 12, "does not fit into tcp_src")]
    [InlineData("ip,nw_src=10.0.0,actions=drop", 11, "'10.0.0' is no value of ip_src")]
    [InlineData("ip,nw_src=10.0.0.1/33,actions=drop", 20, "'33' is no mask of ip_src")]
    [InlineData("ip,nw_src=10.0.0.256,actions=drop", 11, "no value of ip_src")]
    [InlineData("ip,nw_src=10.0.0.1/8/8,actions=drop", 21, "too much")]
    [InlineData("ip,nw_proto=6/7,actions=drop", 13, "nw_proto cannot have a mask")]
    [InlineData("nw_src=10.0.0.1,actions=drop", 1, "nw_src needs ip in the match")]
    [InlineData("ipv6,nw_src=10.0.0.1,actions=drop", 6, "nw_src needs ip in the match")]
    [InlineData("ip,tp_dst=80,actions=drop", 4, "tp_dst needs tcp or tcp6 in the match")]
    [InlineData("icmp6,icmp_type=128,nd_target=::1,actions=drop", 21, "nd_target needs icmp6,icmp_type=135 or 136")]
    [InlineData("ip,ip6,actions=drop", 4, "dl_type has another value already")]
    [InlineData("reg0=1,reg0[0..3]=2,actions=drop", 8, "reg0 has another value already")]
    [InlineData("reg0[0..3]=16,actions=drop", 12, "does not fit into 4 bits")]
    [InlineData("reg0[0..33]=16,actions=drop", 9, "there is no bit 33")]
    [InlineData("reg0[0..3]]=1,actions=drop", 11, "too much for a field")]
    [InlineData("dl_src=02:00:00:00:00,actions=drop", 8, "no value of eth_src")]
    [InlineData("dl_src=02:00:00:00:00:001,actions=drop", 8, "no value of eth_src")]
    [InlineData("ipv6,ipv6_src=fe80::1%3,actions=drop", 15, "no value of ipv6_src")]
    [InlineData("ipv6,ipv6_src=12,actions=drop", 15, "no value of ipv6_src")]
    [InlineData("ct_state=+trk+bogus,actions=drop", 15, "'bogus' is no flag of ct_state")]
    [InlineData("ct_state=+trk-trk,actions=drop", 15, "trk is given twice")]
    [InlineData("ct_state=+trk|est,actions=drop", 14, "'+' or '-' expected")]
    [InlineData("ct_state=0x100,actions=drop", 10, "does not fit")]
    [InlineData("ip,nw_frag=maybe,actions=drop", 12, "'maybe' is no kind of fragment")]
    [InlineData("ip,nw_tos=33,actions=drop", 11, "does not fit into nw_tos")]
    [InlineData("cookie=1/1,actions=drop", 8, "not added by a cookie's mask")]
    [InlineData("delete cookie=1", 15, "needs a mask")]
    [InlineData("delete in_port=1,actions=drop", 18, "a deletion has no actions")]
    [InlineData("delete priority=1", 8, "has no place in Delete")]
    [InlineData("actions", 8, "'=' is missing at the end")]
    [InlineData("=1,actions=drop", 1, "name is missing before '='")]
    [InlineData(")actions=drop", 1, "name is missing before ')'")]
    public void What_is_wrong_is_said_with_its_place(string text, int column, string message)
    {
        FlowSyntaxException exception = Should.Throw<FlowSyntaxException>(() => FlowSyntax.ParseFlow(text, "flows.of", 7));
        exception.Error.Message.ShouldContain(message);
        exception.Error.Source.ShouldBe("flows.of");
        exception.Line.ShouldBe(7);
        exception.Column.ShouldBe(column, exception.Message);
    }

    [Fact]
    public void A_file_reports_all_its_errors_and_keeps_the_rest()
    {
        FlowFile file = FlowSyntax.ParseFile("""
            # a comment

            priority=1,actions=drop   # and another
            priority=x,actions=drop
              in_port=1
            in_port=2,actions=drop
            """, "a.of");

        file.Changes.Select(change => change.Match.ToString()).ShouldBe(["", "in_port=2"]);
        file.Errors.Select(error => (error.Source, error.Line, error.Column)).ShouldBe([("a.of", 4, 10), ("a.of", 5, 12)]);
        file.Errors[0].ToString().ShouldStartWith("a.of:4:10: ");
    }

    [Fact]
    public void Ports_may_go_by_name()
    {
        var names = new FlowNames([KeyValuePair.Create("p0", 1u)]);
        FlowSyntax.ParseFlow("in_port=p0 actions=drop", names: names).Match.ToString().ShouldBe("in_port=1");
        Should.Throw<FlowSyntaxException>(() => FlowSyntax.ParseFlow("in_port=p1 actions=drop", names: names)).Column.ShouldBe(9);
    }

    [Theory]
    [InlineData("delete", FlowCommand.Delete)]
    [InlineData("delete_strict priority=4,in_port=1", FlowCommand.DeleteStrict)]
    [InlineData("modify in_port=1,actions=drop", FlowCommand.Modify)]
    [InlineData("modify_strict in_port=1,actions=drop", FlowCommand.ModifyStrict)]
    [InlineData("in_port=1,actions=drop", FlowCommand.Add)]
    public void A_line_may_begin_with_a_command(string text, FlowCommand command) =>
        FlowSyntax.ParseFlow(text).Command.ShouldBe(command);

    [Fact]
    public void Every_recorded_flow_file_is_read()
    {
        string[] files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "captures"), "*.flows.of", SearchOption.AllDirectories);
        files.Length.ShouldBe(11);
        foreach (string path in files)
        {
            FlowFile file = FlowSyntax.ParseFile(File.ReadAllText(path), path);
            file.Errors.ShouldBeEmpty();
            file.Changes.Length.ShouldBe(File.ReadAllLines(path).Count(line => line.Trim().Length > 0));
        }
    }

    private static string Print(string text)
    {
        var tables = new FlowTables();
        tables.Apply(FlowSyntax.ParseFlow(text));
        return tables.GetRules().Single().ToString();
    }
}
