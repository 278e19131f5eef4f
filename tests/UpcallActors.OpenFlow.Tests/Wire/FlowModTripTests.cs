namespace UpcallActors.OpenFlow.Tests;

/// <summary>Flows of text that go over the wire and come back.</summary>
public sealed class FlowModTripTests
{
    public static TheoryData<string> Flows =>
    [
        "priority=100,in_port=1,actions=output:2,LOCAL,NORMAL",
        "table=3,tcp,nw_src=10.0.0.0/8,tp_dst=0x50/0xfff0,tcp_flags=+syn-ack,actions=resubmit(,4)",
        "udp,tp_src=53,nw_tos=32,nw_ecn=1,nw_ttl=64,actions=resubmit(1,2),output:NXM_NX_REG0[0..15]",
        "icmp,icmp_type=8,icmp_code=0,nw_frag=not_later,actions=dec_ttl,IN_PORT",
        "icmp6,icmp_type=135,nd_target=fe80::1,nd_sll=02:00:00:00:00:01,actions=drop",
        "ipv6,ipv6_src=2001:db8::/32,ipv6_label=0x12345,actions=move:NXM_NX_REG0[0..7]->NXM_NX_REG1[8..15]",
        "arp,arp_op=1,arp_spa=10.0.0.1,arp_tha=02:00:00:00:00:01,actions=CONTROLLER:65535",
        "dl_vlan=100,dl_vlan_pcp=3,actions=output:1",
        "vlan_tci=0x1000/0x1000,dl_src=02:00:00:00:00:00/fe:ff:ff:ff:ff:ff,actions=output:1",
        "vlan_tci=0x0000/0x1fff,actions=controller(reason=no_match,max_len=128,id=7,userdata=01.02.03)",
        "ip,actions=controller(pause),resubmit(,1),controller(id=3,userdata=00.01,pause),2",
        "ct_state=+trk+new,ct_zone=5,ct_mark=0x1/0xf,ct_label=0x1,ip,actions=ct(commit,zone=9,exec(move:NXM_NX_REG0[]->NXM_NX_CT_MARK[]))",
        "ip,ct_state=-trk,actions=ct(table=1,zone=NXM_NX_REG0[0..15],nat)",
        "tcp,actions=ct(commit,force,nat(src=10.0.0.1-10.0.0.9:1000-2000,random,persistent),alg=ftp),2",
        "ipv6,actions=ct(commit,nat(dst=fc00::1)),ct_clear,clone(output:1,output:2)",
        "reg0=1,reg1=0x2/0xff,reg15=3,metadata=0x5/0xff,tun_id=0x64,tun_src=10.0.0.1,pkt_mark=0x1,conj_id=4,actions=output:1",
        "sctp,tp_src=1,actions=output(port=2,max_len=100)",
        "ip,actions=controller(meter_id=5),controller(id=3,userdata=01.02,pause,meter_id=4294901760)",
        "ip,actions=group:1,clone(group:0xffffff00)",
        "recirc_id=0,in_port=LOCAL,idle_timeout=10,hard_timeout=20,cookie=0x1234,send_flow_rem,check_overlap,actions=goto_table:9",
    ];

    private static (MessageForm Form, OpenFlowVersion Version)[] Layouts { get; } =
    [
        (Form("NXT_FLOW_MOD"), OpenFlowVersion.V10),
        (Form("OFPT11_FLOW_MOD"), OpenFlowVersion.V12),
        (Form("OFPT11_FLOW_MOD"), OpenFlowVersion.V13),
        (Form("OFPT11_FLOW_MOD"), OpenFlowVersion.V14),
        (Form("OFPT11_FLOW_MOD"), OpenFlowVersion.V15),
    ];

    [Theory]
    [MemberData(nameof(Flows))]
    public void A_flow_is_the_same_after_a_trip_in_each_version(string text)
    {
        FlowChange sent = FlowSyntax.ParseFlow(text);
        foreach ((MessageForm form, OpenFlowVersion version) in Layouts)
        {
            FlowChange came = Trip(sent, form, version, hasTableId: true);
            came.Match.ShouldBe(sent.Match, $"{version}: {came.Match}");
            came.Priority.ShouldBe(sent.Priority);
            came.Cookie.ShouldBe(sent.Cookie ?? 0);
            came.Table.ShouldBe(sent.Table ?? 0);
            FlowFlags always = version < OpenFlowVersion.V12 ? FlowFlags.ResetCounts : FlowFlags.None;
            (came.IdleTimeout, came.HardTimeout, came.Flags).ShouldBe((sent.IdleTimeout, sent.HardTimeout, sent.Flags | always));
            if (version > OpenFlowVersion.V10 || !text.Contains("goto_table", StringComparison.Ordinal))
                came.Actions!.ToString().ShouldBe(sent.Actions!.ToString(), $"{version}");
        }
    }

    [Theory]
    [InlineData("OFPT10_FLOW_MOD", OpenFlowVersion.V10, "tcp,in_port=3,dl_vlan=5,nw_dst=10.1.0.0/16,tp_dst=80,actions=mod_vlan_vid:7,2")]
    [InlineData("OFPT10_FLOW_MOD", OpenFlowVersion.V10, "vlan_tci=0,arp,actions=mod_dl_src:02:00:00:00:00:01,strip_vlan,2")]
    [InlineData("OFPT11_FLOW_MOD", OpenFlowVersion.V11, "udp,nw_src=10.0.0.0/9,nw_tos=32,metadata=0x1/0xf,actions=mod_nw_dst:10.0.0.1,2")]
    public void A_flow_of_an_old_structure_is_the_same_after_a_trip(string form, object version, string text)
    {
        FlowChange sent = FlowSyntax.ParseFlow(text);

        FlowChange came = Trip(sent, Form(form), (OpenFlowVersion)version, hasTableId: false);

        came.Match.ShouldBe(sent.Match, came.Match.ToString());
        came.Actions!.ToString().ShouldBe(sent.Actions!.ToString());
    }

    [Fact]
    public void The_structure_of_1_1_says_no_more_than_is_read_of_it()
    {
        FlowChange sent = FlowSyntax.ParseFlow("ipv6,nw_tos=32,actions=2");

        Trip(sent, Form("OFPT11_FLOW_MOD"), OpenFlowVersion.V11, hasTableId: false).Match.ToString().ShouldBe("ipv6");
    }

    [Theory]
    [InlineData("NXT_FLOW_MOD", OpenFlowVersion.V10, "set_field:0x1->reg0", "load:0x1->NXM_NX_REG0[]")]
    [InlineData("NXT_FLOW_MOD", OpenFlowVersion.V10, "set_field:02:00:00:00:00:01->eth_src", "mod_dl_src:02:00:00:00:00:01")]
    [InlineData("OFPT11_FLOW_MOD", OpenFlowVersion.V13, "set_field:0x1->reg0", "set_field:0x1->reg0")]
    [InlineData("OFPT11_FLOW_MOD", OpenFlowVersion.V13, "set_field:0x1/0xf->reg0", "load:0x1->NXM_NX_REG0[0..3]")]
    [InlineData("OFPT11_FLOW_MOD", OpenFlowVersion.V15, "load:0x1->NXM_NX_REG0[0..3]", "set_field:0x1/0xf->reg0")]
    [InlineData("OFPT11_FLOW_MOD", OpenFlowVersion.V12, "mod_dl_dst:02:00:00:00:00:01", "set_field:02:00:00:00:00:01->eth_dst")]
    [InlineData("OFPT11_FLOW_MOD", OpenFlowVersion.V12, "set_tunnel:0x64", "set_field:0x64->tun_id")]
    public void A_version_says_an_action_with_what_it_has(string form, object version, string said, string came)
    {
        FlowChange sent = FlowSyntax.ParseFlow("actions=" + said);

        Trip(sent, Form(form), (OpenFlowVersion)version, hasTableId: false).Actions!.ToString().ShouldBe(came);
    }

    [Theory]
    [InlineData(OpenFlowVersion.V11, "group:1,goto_table:3")]
    [InlineData(OpenFlowVersion.V12, "group:1,goto_table:3")]
    [InlineData(OpenFlowVersion.V13, "meter:7,group:1,goto_table:3")]
    [InlineData(OpenFlowVersion.V14, "meter:7,group:1,goto_table:3")]
    [InlineData(OpenFlowVersion.V15, "meter:7,group:1,goto_table:3")]
    public void A_meter_is_left_out_where_a_version_has_none(object version, string came)
    {
        FlowChange sent = FlowSyntax.ParseFlow("actions=meter:7,group:1,goto_table:3");

        Trip(sent, Form("OFPT11_FLOW_MOD"), (OpenFlowVersion)version, hasTableId: false).Actions!.ToString().ShouldBe(came);
    }

    [Fact]
    public void A_meter_is_no_action_in_a_list_within_the_list()
    {
        var clone = new CloneAction(ActionList.Of(new MeterAction(1)));
        FlowChange sent = FlowSyntax.ParseFlow("actions=2") with { Actions = ActionList.Of(clone) };

        OpenFlowCodec.Decode(Encode(sent with { Table = 0 }, Form("OFPT11_FLOW_MOD"), OpenFlowVersion.V15, false), out _)
            .ShouldBe(BadAction.BadArgument);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xffff0001)]
    public void A_meter_that_there_can_never_be_is_refused(uint meter)
    {
        FlowChange sent = FlowSyntax.ParseFlow("actions=2") with { Table = 0, Actions = ActionList.Of(new MeterAction(meter)) };

        OpenFlowCodec.Decode(Encode(sent, Form("OFPT11_FLOW_MOD"), OpenFlowVersion.V13, false), out _)
            .ShouldBe(MeterModFailed.InvalidMeter);
    }

    [Fact]
    public void What_is_modified_adds_a_flow_before_1_2_only()
    {
        FlowChange sent = FlowSyntax.ParseFlow("modify cookie=1,in_port=1,actions=2");

        Trip(sent, Form("NXT_FLOW_MOD"), OpenFlowVersion.V10, hasTableId: false).MayAdd.ShouldBeTrue();
        Trip(sent with { Cookie = null }, Form("NXT_FLOW_MOD"), OpenFlowVersion.V10, hasTableId: false).MayAdd.ShouldBeFalse();
        Trip(sent, Form("OFPT11_FLOW_MOD"), OpenFlowVersion.V11, hasTableId: false).MayAdd.ShouldBeTrue();
        FlowChange newest = Trip(sent, Form("OFPT11_FLOW_MOD"), OpenFlowVersion.V13, hasTableId: false);
        newest.MayAdd.ShouldBeFalse();
        newest.Cookie.ShouldBeNull("a modification keeps the cookie");
    }

    [Fact]
    public void A_table_in_the_command_needs_the_extension_for_it()
    {
        FlowChange sent = FlowSyntax.ParseFlow("table=3,in_port=1,actions=2");
        byte[] message = Encode(sent, Form("NXT_FLOW_MOD"), OpenFlowVersion.V10, hasTableId: true);

        OpenFlowCodec.Decode(message, out _).ShouldBe(FlowModFailed.BadCommand);
    }

    [Fact]
    public void An_exact_match_of_1_0_has_the_highest_priority()
    {
        byte[] message = Encode(FlowSyntax.ParseFlow("priority=5,actions=2"), Form("OFPT10_FLOW_MOD"), OpenFlowVersion.V10, false);
        message.AsSpan(OpenFlowHeader.Size, sizeof(uint)).Clear();

        OpenFlowCodec.Decode(message, out DecodedMessage? decoded).ShouldBeNull();
        ((FlowModMessage)decoded!.Body).Change.Priority.ShouldBe(ushort.MaxValue);
    }

    [Fact]
    public void What_cannot_be_in_the_packets_is_dropped_from_a_match_of_1_0()
    {
        byte[] message = Encode(FlowSyntax.ParseFlow("ip,nw_src=10.0.0.1,actions=2"), Form("OFPT10_FLOW_MOD"), OpenFlowVersion.V10, false);
        message[8 + 22] = 0x88;
        message[8 + 23] = 0xcc;

        OpenFlowCodec.Decode(message, out DecodedMessage? decoded).ShouldBeNull();
        ((FlowModMessage)decoded!.Body).Change.Match.ToString().ShouldBe("dl_type=0x88cc");
    }

    private static MessageForm Form(string name) => MessageForms.All.Single(form => form.Name == name);

    private static byte[] Encode(FlowChange change, MessageForm form, OpenFlowVersion version, bool hasTableId)
    {
        var writer = new WireWriter();
        OpenFlowCodec.Encode(writer, (byte)version, 1, form, new FlowModMessage(change, FlowModMessage.NoBuffer), 0, hasTableId);
        return writer.Written.ToArray();
    }

    private static FlowChange Trip(FlowChange change, MessageForm form, OpenFlowVersion version, bool hasTableId)
    {
        byte[] message = Encode(change with { Table = change.Table ?? 0 }, form, version, hasTableId);
        OpenFlowCodec.Decode(message, out DecodedMessage? decoded, hasTableId).ShouldBeNull($"{version} {Convert.ToHexString(message)}");
        return ((FlowModMessage)decoded!.Body).Change;
    }
}
