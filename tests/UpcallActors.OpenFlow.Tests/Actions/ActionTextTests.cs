namespace UpcallActors.OpenFlow.Tests;

public class ActionTextTests
{
    private static readonly FlowNames _names = new([KeyValuePair.Create("ovs-p1", 7u)], [KeyValuePair.Create("acl", (byte)9)]);

    [Theory]
    [InlineData("output:2")]
    [InlineData("output:NXM_NX_REG0[]")]
    [InlineData("output:NXM_NX_REG0[0..15]")]
    [InlineData("output(port=2,max_len=100)")]
    [InlineData("LOCAL")]
    [InlineData("IN_PORT")]
    [InlineData("FLOOD")]
    [InlineData("ALL")]
    [InlineData("NORMAL")]
    [InlineData("drop")]
    [InlineData("CONTROLLER:65535")]
    [InlineData("CONTROLLER:128")]
    [InlineData("controller(reason=no_match,max_len=128,id=7,userdata=01.02.ff)")]
    [InlineData("resubmit:2")]
    [InlineData("resubmit(2,1)")]
    [InlineData("resubmit(,1)")]
    [InlineData("resubmit(,1,ct)")]
    [InlineData("goto_table:3")]
    [InlineData("set_field:10.0.0.1->ip_src")]
    [InlineData("set_field:0x10/0xf0->reg0")]
    [InlineData("set_field:aa:bb:cc:dd:ee:ff->eth_dst")]
    [InlineData("set_field:00:00:00:00:00:01/00:00:00:00:00:ff->eth_dst")]
    [InlineData("set_field:fc00::1->ipv6_dst")]
    [InlineData("load:0x1->NXM_NX_REG0[]")]
    [InlineData("load:0x1->NXM_NX_REG0[4..7]")]
    [InlineData("move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]")]
    [InlineData("move:NXM_NX_REG0[0..15]->NXM_OF_TCP_DST[]")]
    [InlineData("mod_dl_src:aa:bb:cc:dd:ee:ff")]
    [InlineData("mod_dl_dst:aa:bb:cc:dd:ee:ff")]
    [InlineData("mod_nw_src:10.0.0.9")]
    [InlineData("mod_nw_dst:10.0.0.9")]
    [InlineData("mod_nw_tos:16")]
    [InlineData("mod_nw_ecn:2")]
    [InlineData("mod_nw_ttl:9")]
    [InlineData("mod_tp_src:80")]
    [InlineData("mod_tp_dst:80")]
    [InlineData("dec_ttl")]
    [InlineData("dec_ttl(1,2)")]
    [InlineData("mod_vlan_vid:5")]
    [InlineData("mod_vlan_pcp:3")]
    [InlineData("set_vlan_vid:5")]
    [InlineData("set_vlan_pcp:3")]
    [InlineData("set_tunnel:0x64")]
    [InlineData("set_tunnel64:0x5")]
    [InlineData("set_tunnel:0")]
    [InlineData("load:0->NXM_NX_REG0[0..7]")]
    [InlineData("load:0x6->OXM_OF_VLAN_VID[]")]
    [InlineData("controller(reason=packet_out)")]
    [InlineData("push_vlan:0x8100")]
    [InlineData("push_vlan:0x88a8")]
    [InlineData("strip_vlan")]
    [InlineData("pop_vlan")]
    [InlineData("ct()")]
    [InlineData("ct(commit,zone=9),output:2")]
    [InlineData("ct(commit,force,zone=9)")]
    [InlineData("ct(table=0,zone=9)")]
    [InlineData("ct(table=1,zone=NXM_NX_REG0[0..15],nat)")]
    [InlineData("ct(commit,nat(src=10.0.0.1-10.0.0.9:1000-2000,persistent,random))")]
    [InlineData("ct(commit,nat(dst=10.0.0.1:80,hash))")]
    [InlineData("ct(commit,nat(src))")]
    [InlineData("ct(commit,nat(src=fc00::1-fc00::9))")]
    [InlineData("ct(commit,nat(src=[fc00::1]-[fc00::9]:1000))")]
    [InlineData("ct(commit,exec(set_field:0x1/0xff->ct_mark,load:0x2->NXM_NX_CT_LABEL[0..7],move:NXM_NX_REG0[]->NXM_NX_CT_MARK[]))")]
    [InlineData("ct(commit,alg=ftp)")]
    [InlineData("ct_clear")]
    [InlineData("clone()")]
    [InlineData("clone(mod_dl_src:aa:bb:cc:dd:ee:ff,clone(output:1)),output:2")]
    public void What_ovs_ofctl_prints_is_read_and_printed_the_same(string text)
    {
        var cursor = new TextCursor(text);
        ActionList.Parse(ref cursor).ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("2", "output:2")]
    [InlineData("2,3", "output:2,output:3")]
    [InlineData("2 3", "output:2,output:3")]
    [InlineData("normal", "NORMAL")]
    [InlineData("local", "LOCAL")]
    [InlineData("OUTPUT:LOCAL", "LOCAL")]
    [InlineData("output:reg0[]", "output:NXM_NX_REG0[]")]
    [InlineData("ovs-p1", "output:7")]
    [InlineData("output:ovs-p1", "output:7")]
    [InlineData("resubmit(ovs-p1,)", "resubmit:7")]
    [InlineData("0xfffe", "LOCAL")]
    [InlineData("4294967294", "LOCAL")]
    [InlineData("controller", "CONTROLLER:65535")]
    [InlineData("output:CONTROLLER", "CONTROLLER:65535")]
    [InlineData("0xfffd", "CONTROLLER:65535")]
    [InlineData("CONTROLLER:0x80", "CONTROLLER:128")]
    [InlineData("controller(max_len=5)", "CONTROLLER:5")]
    [InlineData("resubmit(IN_PORT,4)", "resubmit(,4)")]
    [InlineData("set_field:1->NXM_NX_REG1", "set_field:0x1->reg1")]
    [InlineData("load:5->reg0[0..3]", "load:0x5->NXM_NX_REG0[0..3]")]
    [InlineData("mod_nw_tos=16", "mod_nw_tos:16")]
    [InlineData("dec_ttl()", "dec_ttl")]
    [InlineData("push_vlan:33024", "push_vlan:0x8100")]
    [InlineData("ct", "ct()")]
    [InlineData("output(2),output(LOCAL)", "output:2,LOCAL")]
    [InlineData("output(CONTROLLER)", "CONTROLLER:65535")]
    [InlineData("output(\"ovs-p1\"),\"ovs-p1\"", "output:7,output:7")]
    [InlineData("output(reg0[0..15]),output_reg:reg1[]", "output:NXM_NX_REG0[0..15],output:NXM_NX_REG1[]")]
    [InlineData("mod_dl_src(02:00:00:00:00:01),mod_tp_src(80),set_tunnel(5)", "mod_dl_src:02:00:00:00:00:01,mod_tp_src:80,set_tunnel:0x5")]
    [InlineData(
        "resubmit(2),set_field(1->reg0),load(1->reg1[]),move(reg0[]->reg1[])",
        "resubmit:2,set_field:0x1->reg0,load:0x1->NXM_NX_REG1[],move:NXM_NX_REG0[]->NXM_NX_REG1[]")]
    [InlineData("CONTROLLER(128)", "CONTROLLER:128")]
    [InlineData("set_tunnel:0x100000064", "set_tunnel64:0x100000064")]
    [InlineData("set_nw_ttl:3", "mod_nw_ttl:3")]
    [InlineData("resubmit(,acl),ct(table=acl),goto_table:acl", "resubmit(,9),ct(table=9),goto_table:9")]
    [InlineData("controller(userdata=0102.03)", "controller(userdata=01.02.03)")]
    [InlineData("set_field:6->vlan_vid", "set_field:4102->vlan_vid")]
    [InlineData(
        "load:0x1122334455667788aabb->NXM_NX_XXREG0[]",
        "load:0x334455667788aabb->NXM_NX_XXREG0[0..63],load:0x1122->NXM_NX_XXREG0[64..127]")]
    [InlineData("ct(zone=0)", "ct()")]
    [InlineData(" drop ", "drop")]
    [InlineData("", "drop")]
    public void Other_spellings_are_read_too(string text, string printed)
    {
        var cursor = new TextCursor(text) { Names = _names };
        ActionList.Parse(ref cursor).ToString().ShouldBe(printed);
    }

    [Theory]
    [InlineData("bogus", 1, "unknown action 'bogus'")]
    [InlineData("output:1,bogus:2", 10, "unknown action 'bogus'")]
    [InlineData("output:nowhere", 8, "there is no port or field 'nowhere'")]
    [InlineData("output", 7, "a port is missing here")]
    [InlineData("output:99999", 8, "there is no port or field '99999'")]
    [InlineData("output:reg0[40]", 13, "reg0 has 32 bits, there is no bit 40")]
    [InlineData("output(port=2)", 8, "there is no port or field 'port=2'")]
    [InlineData("output(port=2,max_len=3)", 8, "of 14 or more")]
    [InlineData("output(port=NORMAL,max_len=30)", 8, "cannot cut a packet to NORMAL")]
    [InlineData("output(prt=2)", 8, "there is no port or field 'prt=2'")]
    [InlineData("output(port=2,max_len=20,x=1)", 26, "'x' is no argument")]
    [InlineData("clone(goto_table:3)", 7, "is not allowed here")]
    [InlineData("goto_table:nat", 12, "a number or a table's name, not 'nat'")]
    [InlineData("drop,2", 6, "no action can follow 'drop'")]
    [InlineData("2,drop", 3, "'drop' must stand alone")]
    [InlineData("goto_table:1,2", 14, "no action can follow 'goto_table:1'")]
    [InlineData("goto_table:255", 12, "the table must be at most 254")]
    [InlineData("controller(pause)", 12, "'pause' is not supported yet")]
    [InlineData("controller(reason=boredom)", 19, "'boredom' is no reason")]
    [InlineData("controller(userdata=0g)", 21, "two hexadecimal digits")]
    [InlineData("controller(userdata=01.2)", 24, "two hexadecimal digits")]
    [InlineData("set_vlan_vid:4096", 14, "at most 4095")]
    [InlineData("move:OXM_OF_VLAN_VID[12]->NXM_NX_REG0[0]", 22, "vlan_vid has 12 bits, there is no bit 12")]
    [InlineData("CONTROLLER:65536", 12, "the length must be at most 65535")]
    [InlineData("resubmit(,)", 10, "needs a port or a table")]
    [InlineData("resubmit(,1,xx)", 13, "only 'ct' can stand here")]
    [InlineData("set_field:1", 11, "'value->field' is missing here")]
    [InlineData("set_field:1->regg0", 14, "unknown field 'regg0'")]
    [InlineData("set_field:1->ct_state", 14, "ct_state cannot be changed")]
    [InlineData("set_field:1->arp_op", 14, "arp_op cannot be changed in the datapath")]
    [InlineData("set_field:300->nw_ttl", 11, "does not fit")]
    [InlineData("set_field:1->ct_mark", 1, "must stand in ct(exec(...))")]
    [InlineData("load:0x10->NXM_NX_REG0[0..3]", 6, "does not fit into 4 bits")]
    [InlineData("move:reg0[]->eth_src[]", 14, "32 bits")]
    [InlineData("move:reg0[]", 12, "'->' is missing here")]
    [InlineData("mod_dl_src:aa:bb", 12, "'aa:bb' is no value of eth_src")]
    [InlineData("mod_nw_src:10.0.0.0/8", 12, "takes no mask")]
    [InlineData("mod_vlan_vid:4096", 14, "at most 4095")]
    [InlineData("mod_vlan_pcp:8", 14, "at most 7")]
    [InlineData("push_vlan:0x800", 11, "0x8100 or 0x88a8")]
    [InlineData("strip_vlan:3", 12, "'3' is too much here")]
    [InlineData("ct(force)", 4, "force needs commit")]
    [InlineData("ct(zone=NXM_NX_REG0[])", 9, "a zone has 16 bits")]
    [InlineData("ct(commit,commitment)", 11, "'commitment' is no argument of ct(...)")]
    [InlineData("ct(commit,exec(2))", 16, "has no place in ct(exec(...))")]
    [InlineData("ct(commit,exec(drop))", 16, "'drop' must stand alone")]
    [InlineData("ct(commit,nat(src=10.0.0.9-10.0.0.1))", 28, "ends before it begins")]
    [InlineData("ct(commit,nat(src,dst))", 19, "either src or dst")]
    [InlineData("ct(commit,nat(random))", 15, "flags of nat need src or dst")]
    [InlineData("ct(commit,nat(src,hash,random))", 24, "by hash or at random")]
    [InlineData("ct(commit,nat(src=10.0.0.1:0))", 28, "the range of ports is empty")]
    [InlineData("ct(commit,nat(src=nowhere))", 19, "'nowhere' is no address")]
    [InlineData("ct(commit,alg=smtp)", 15, "no application gateway")]
    [InlineData("clone(2", 6, "never closed")]
    [InlineData("2)", 2, "')' closes nothing")]
    [InlineData(":2", 1, "an action's name is missing here")]
    public void What_cannot_be_understood_is_refused_at_its_place(string text, int column, string message)
    {
        FlowSyntaxException exception = Should.Throw<FlowSyntaxException>(() => Parse(text));
        exception.Message.ShouldContain(message);
        exception.Column.ShouldBe(column);
    }

    [Fact]
    public void Nesting_has_a_limit()
    {
        const int Deep = 150;
        string text = string.Concat(Enumerable.Repeat("clone(", Deep)) + "2" + new string(')', Deep);
        Should.Throw<FlowSyntaxException>(() => Parse(text)).Message.ShouldContain("nested too deeply");
    }

    private static ActionList Parse(string text)
    {
        var cursor = new TextCursor(text) { Names = _names };
        return ActionList.Parse(ref cursor);
    }
}
