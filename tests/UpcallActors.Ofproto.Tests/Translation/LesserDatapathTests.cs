using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Translations for a datapath that cannot do all: what it cannot do is in no action and in no mask.</summary>
public class LesserDatapathTests
{
    private const string Copy = "ip,actions=clone(ct(commit),2),3";

    private static readonly string[] _connection =
        ["ct_state", "ct_zone", "ct_mark", "ct_label", "ct_state_nat", "ct_zero_snat", "ct_orig_tuple", "recirc"];

    [Fact]
    public void Without_SET_MASKED_a_whole_header_is_set_and_matched()
    {
        FlowKey key = Packets.Tcp();
        TestSwitch.Outcome outcome = Translate("tcp,actions=mod_nw_dst:9.9.9.9,mod_tp_dst:77,mod_dl_src:02:00:00:00:00:09,2",
            features => features with { MaskedSet = false }, key);

        outcome.Text.ShouldBe(
            $"set(eth(src=02:00:00:00:00:09,dst={Mac(key.EthDst)})),"
            + $"set(ipv4(src={Ip(key.Ipv4Src)},dst=9.9.9.9,proto=6,tos=0,ttl={key.NwTtl},frag=no)),set(tcp(src={key.TpSrc},dst=77)),102");
        outcome.Mask.EthDst.ShouldBe(0xffff_ffff_fffful);
        outcome.Mask.Ipv4Src.ShouldBe(uint.MaxValue);
        outcome.Mask.NwProto.ShouldBe(byte.MaxValue);
        outcome.Mask.NwTtl.ShouldBe(byte.MaxValue);
        outcome.Mask.TpSrc.ShouldBe(ushort.MaxValue);
    }

    [Fact]
    public void Without_SET_MASKED_a_part_of_the_mark_is_set_with_the_rest()
    {
        FlowKey key = Packets.Tcp();
        key.SkbMark = 0x30;
        TestSwitch.Outcome outcome = Translate(
            "actions=set_field:0x5/0xf->pkt_mark,2", features => features with { MaskedSet = false }, key);

        outcome.Text.ShouldBe("set(skb_mark(0x35)),102");
        outcome.Mask.SkbMark.ShouldBe(uint.MaxValue);
    }

    [Fact]
    public void Without_CLONE_a_sample_of_all_packets_is_the_copy() =>
        Translate(Copy, features => features with { CloneAction = false }).Text
            .ShouldBe("sample(sample=100.0%,actions(ct(commit),102)),103");

    [Fact]
    public void Without_CLONE_a_copy_that_nothing_follows_is_the_packet_itself() =>
        Translate("ip,actions=clone(clone(ct(commit),2),3)", features => features with { CloneAction = false }).Text
            .ShouldBe("sample(sample=100.0%,actions(ct(commit),102)),103");

    [Fact]
    public void Without_CLONE_a_copy_that_can_be_undone_is_no_action() =>
        Translate("tcp,actions=clone(mod_tp_dst:77,2),3", features => features with { CloneAction = false }).Text
            .ShouldBe(Translate("tcp,actions=clone(mod_tp_dst:77,2),3", features => features).Text);

    [Fact]
    public void Samples_nest_no_deeper_than_the_datapath_takes_them()
    {
        const string Nested = "ip,actions=clone(clone(ct(commit),2),ct(commit),3),3";
        Translate(Nested, features => features with { CloneAction = false, SampleNesting = 2 }).Text
            .ShouldBe("sample(sample=100.0%,actions(sample(sample=100.0%,actions(ct(commit),102)),ct(commit),103)),103");
        Fails(Nested, features => features with { CloneAction = false, SampleNesting = 1 });
        Fails(Copy, features => features with { CloneAction = false, SampleNesting = 0 });
    }

    [Fact]
    public void Without_TRUNC_an_output_that_must_cut_fails() =>
        Fails("actions=output(port=2,max_len=100)", features => features with { Trunc = false });

    [Fact]
    public void Without_an_event_mask_a_commit_has_none()
    {
        Translate("ip,actions=ct(commit),2", features => features with { CtEventMask = false }).Actions.Length
            .ShouldBe(Translate("ip,actions=ct(commit),2", features => features).Actions.Length - 8);
    }

    [Fact]
    public void Without_CT_CLEAR_tables_alone_forget_the_connection()
    {
        const string Forgetting = "table=0,ct_state=+trk,actions=ct_clear,resubmit(,1)\ntable=1,ct_state=-trk,actions=2";
        Translate(Forgetting, features => features, Tracked()).Text.ShouldBe("ct_clear,102");
        Translate(Forgetting, features => features with { CtClear = false }, Tracked()).Text.ShouldBe("102");
    }

    [Theory]
    [InlineData("ip,actions=ct(commit)", "ct_state")]
    [InlineData("ip,actions=ct(commit,zone=5)", "ct_zone")]
    [InlineData("ip,actions=ct(commit,exec(set_field:1->ct_mark))", "ct_mark")]
    [InlineData("ip,actions=ct(commit,exec(set_field:1->ct_label))", "ct_label")]
    [InlineData("ip,actions=ct(commit,nat(src=1.2.3.4))", "ct_state_nat")]
    [InlineData("ip,actions=ct(commit,nat(src=0.0.0.0))", "ct_zero_snat", "ct_state_nat")]
    [InlineData("ip,actions=ct(commit,force)", "ct_orig_tuple")]
    [InlineData("ip,actions=ct(table=1)", "recirc")]
    public void A_connection_is_tracked_with_what_the_datapath_has(string flow, params string[] needed)
    {
        Translate(flow, features => features).Translation.Error.ShouldBe(XlateError.None);
        foreach (string missing in needed)
            Fails(flow, features => Without(features, missing));
        foreach (string other in _connection.Except([.. needed, "ct_state"]))
            Translate(flow, features => Without(features, other)).Translation.Error.ShouldBe(XlateError.None, other);
    }

    [Theory]
    [InlineData("ct_state=+trk", "ct_state")]
    [InlineData("ct_state=+trk,ct_zone=5", "ct_zone")]
    [InlineData("ct_state=+trk,ct_mark=6", "ct_mark")]
    [InlineData("ct_state=+trk,ct_label=7", "ct_label")]
    [InlineData("ct_state=+snat", "ct_state_nat")]
    [InlineData("ct_state=+trk+est,ip,ct_nw_src=1.2.3.4", "ct_orig_tuple")]
    public void No_flow_matches_a_field_that_the_datapath_does_not_have(string match, string needed)
    {
        FlowKey key = Tracked();
        key.CtState |= CtState.SourceNat;
        key.CtZone = 5;
        key.CtMark = 6;
        key.CtLabels = 7;
        key.CtOrigProto = 6;
        key.CtOrigIpv4Src = 0x01020304;
        string flows = $"priority=9,{match},actions=2\npriority=1,actions=3";
        Translate(flows, features => features, key).Outputs.ShouldBe([102u]);

        TestSwitch.Outcome outcome = Translate(flows, features => Without(features, needed), key);

        outcome.Outputs.ShouldBe([103u]);
        FlowKey limited = outcome.Mask;
        new OdpSupport { Features = Without(OdpSupport.Everything, needed) }.Limit(isIpv6: false, ref limited);
        outcome.Mask.ShouldBe(limited);
    }

    [Theory]
    [InlineData("ct_orig_tuple6", false)]
    [InlineData("ct_orig_tuple", true)]
    public void The_original_addresses_of_a_connection_are_a_feature_for_each_family(string missing, bool matches)
    {
        FlowKey key = Packets.Tcp();
        key.EthType = EtherTypes.Ipv6;
        key.CtState = CtState.Tracked | CtState.Established;
        key.CtOrigProto = 6;
        key.CtOrigIpv6Src = 1;

        TestSwitch.Outcome outcome = Translate(
            "priority=9,ct_state=+trk+est,ipv6,ct_ipv6_src=::1,actions=2\npriority=1,actions=3",
            features => Without(features, missing), key);

        outcome.Outputs.ShouldBe([matches ? 102u : 103u]);
    }

    [Theory]
    [InlineData(0, "hash(l4(0))")]
    [InlineData(1, "hash(sym_l4(0))")]
    public void A_group_hashes_by_no_algorithm_above_the_highest_of_the_datapath(int most, string hash)
    {
        var bridge = new TestSwitch("", support: new OdpSupport { Features = OdpSupport.Everything with { MaxHashAlgorithm = most } });
        bridge.AddGroups("group_id=1,type=select,bucket=output:2,bucket=output:3");
        bridge.Add("actions=group:1");

        bridge.Translate(Packets.Tcp()).Text.ShouldStartWith(hash);
    }

    private static DatapathSupport Without(DatapathSupport features, string name) => name switch
    {
        "ct_state" => features with { CtState = false },
        "ct_zone" => features with { CtZone = false },
        "ct_mark" => features with { CtMark = false },
        "ct_label" => features with { CtLabel = false },
        "ct_state_nat" => features with { CtStateNat = false },
        "ct_zero_snat" => features with { CtZeroSnat = false },
        "ct_orig_tuple" => features with { CtOrigTuple = false },
        "ct_orig_tuple6" => features with { CtOrigTuple6 = false },
        _ => features with { Recirc = false },
    };

    private static void Fails(string flows, Func<DatapathSupport, DatapathSupport> change)
    {
        TestSwitch.Outcome outcome = Translate(flows, change);
        outcome.Translation.Error.ShouldBe(XlateError.NotSupported);
        outcome.Actions.ShouldBeEmpty();
        outcome.Translation.InstallFlow.ShouldBeTrue("packets like it are dropped by the datapath");
    }

    private static TestSwitch.Outcome Translate(string flows, Func<DatapathSupport, DatapathSupport> change, FlowKey? key = null) =>
        new TestSwitch(flows, support: new OdpSupport { Features = change(OdpSupport.Everything) }).Translate(key ?? Packets.Tcp());

    private static FlowKey Tracked()
    {
        FlowKey key = Packets.Tcp();
        key.CtState = CtState.Tracked | CtState.Established;
        return key;
    }

    private static string Mac(ulong address) =>
        string.Join(':', Enumerable.Range(0, 6).Select(i => $"{(byte)(address >> (40 - (8 * i))):x2}"));

    private static string Ip(uint address) => string.Join('.', Enumerable.Range(0, 4).Select(i => (byte)(address >> (24 - (8 * i)))));
}
