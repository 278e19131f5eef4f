using FsCheck.Xunit;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

public class MatchFieldTests
{
    public static TheoryData<string> Names => [.. MatchFields.All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_written_to_a_field_is_read_back_and_nothing_else_changes(string name)
    {
        MatchField field = MatchFields.Get(name);
        var random = new RandomTables(field.Name.Length);
        for (int i = 0; i < 50; i++)
        {
            Flow before = default;
            foreach (ref ulong word in before.Words)
                word = (ulong)random.Bits();
            UInt128 value = random.Bits() & field.Bits;
            Flow after = before;
            field.Write(ref after, value);
            field.Read(after).ShouldBe(value);

            Flow mask = default;
            field.MarkUsed(ref mask);
            for (int word = 0; word < Flow.WordCount; word++)
                ((before.Words[word] ^ after.Words[word]) & ~mask.Words[word]).ShouldBe(0UL);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_field_is_found_by_each_of_its_names(string name)
    {
        MatchField field = MatchFields.Get(name);
        foreach (string other in field.Aliases)
            MatchFields.Get(other).ShouldBeSameAs(field);
        if (field.Nxm is { } nxm)
            MatchFields.Get(nxm.Name).ShouldBeSameAs(field);
        if (field.Oxm is { } oxm)
            MatchFields.Get(oxm.Name).ShouldBeSameAs(field);
    }

    [Fact]
    public void No_two_fields_share_a_header()
    {
        uint[] headers = [.. MatchFields.All.SelectMany(field => new[] { field.Nxm, field.Oxm }).OfType<FieldHeader>()
            .Select(header => header.Value)];
        headers.ShouldBeUnique();
    }

    [Fact]
    public void A_header_has_room_for_the_field()
    {
        foreach (MatchField field in MatchFields.All)
        {
            foreach (FieldHeader header in new[] { field.Nxm, field.Oxm }.OfType<FieldHeader>())
                (header.Length * 8).ShouldBeGreaterThanOrEqualTo(field.Width, field.Name);
        }
    }

    // Values of nicira-ext.h and openflow-1.3.h.
    [Theory]
    [InlineData("NXM_OF_IN_PORT", 0x00000002u)]
    [InlineData("NXM_OF_ETH_TYPE", 0x00000602u)]
    [InlineData("NXM_OF_VLAN_TCI", 0x00000802u)]
    [InlineData("NXM_OF_IP_SRC", 0x00000e04u)]
    [InlineData("NXM_NX_REG0", 0x00010004u)]
    [InlineData("NXM_NX_REG15", 0x00011e04u)]
    [InlineData("NXM_NX_TUN_ID", 0x00012008u)]
    [InlineData("NXM_NX_CT_STATE", 0x0001d204u)]
    [InlineData("NXM_NX_CT_LABEL", 0x0001d810u)]
    [InlineData("NXM_NX_XXREG0", 0x0001de10u)]
    [InlineData("OXM_OF_METADATA", 0x80000408u)]
    [InlineData("OXM_OF_IPV6_ND_TLL", 0x80004206u)]
    [InlineData("OXM_OF_PKT_REG0", 0x80010008u)]
    public void Headers_are_those_of_the_protocol(string name, uint value)
    {
        MatchField field = MatchFields.Get(name);
        FieldHeader header = field.Nxm?.Name == name ? field.Nxm.Value : field.Oxm!.Value;
        header.Value.ShouldBe(value);
    }

    [Property]
    public void Wide_registers_are_the_narrow_ones_side_by_side(uint a, uint b, uint c, uint d)
    {
        Flow flow = default;
        MatchFields.Get("reg4").Write(ref flow, a);
        MatchFields.Get("reg5").Write(ref flow, b);
        MatchFields.Get("reg6").Write(ref flow, c);
        MatchFields.Get("reg7").Write(ref flow, d);
        MatchFields.Get("xreg2").Read(flow).ShouldBe(((UInt128)a << 32) | b);
        MatchFields.Get("xxreg1").Read(flow).ShouldBe(((UInt128)a << 96) | ((UInt128)b << 64) | ((UInt128)c << 32) | d);
        MatchFields.Get("reg6").Read(flow).ShouldBe((UInt128)c);
    }

    [Fact]
    public void Writing_the_tos_leaves_the_ECN_bits_alone()
    {
        Flow flow = default;
        flow.Key.NwTos = 0x03;
        MatchFields.Get("nw_tos").Write(ref flow, 0xff);
        flow.Key.NwTos.ShouldBe((byte)0xff);
        MatchFields.Get("ip_dscp").Write(ref flow, 0);
        flow.Key.NwTos.ShouldBe((byte)0x03);
        MatchFields.Get("nw_tos").Read(flow).ShouldBe(UInt128.Zero);
    }

    [Fact]
    public void Writing_an_OpenFlow_1_0_VLAN_field_makes_the_tag_present()
    {
        Flow flow = default;
        MatchFields.Get("dl_vlan").Write(ref flow, 100);
        flow.Key.VlanTci.ShouldBe((ushort)0x1064);
    }

    [Theory]
    [InlineData("ip_src", "ip", true)]
    [InlineData("ip_src", "ipv6", false)]
    [InlineData("arp_op", "rarp", true)]
    [InlineData("tcp_src", "tcp6", true)]
    [InlineData("tcp_src", "udp", false)]
    [InlineData("vlan_pcp", "vlan_tci=0x1000/0x1000", true)]
    [InlineData("vlan_pcp", "vlan_tci=0", false)]
    [InlineData("nd_sll", "icmp6,icmp_type=135", true)]
    [InlineData("nd_sll", "icmp6,icmp_type=136", false)]
    [InlineData("nd_target", "icmp6,icmp_type=136", true)]
    [InlineData("ct_nw_src", "ct_state=+trk+est", true)]
    [InlineData("ct_nw_src", "ct_state=+trk+inv", false)]
    [InlineData("reg0", "", true)]
    public void A_prerequisite_holds_for_the_packets_that_have_the_field(string name, string packet, bool holds)
    {
        Match match = FlowSyntax.ParseFlow(packet + " actions=drop").Match;
        FieldPrerequisite prerequisite = MatchFields.Get(name).Prerequisite;
        prerequisite.Holds(match.ToValue()).ShouldBe(holds);
        prerequisite.HoldsForMatch(match.ToValue(), match.ToMask()).ShouldBe(holds);
        prerequisite.HoldsForMatch(match.ToValue(), default).ShouldBe(prerequisite == FieldPrerequisite.None);
    }

    [Fact]
    public void The_input_port_of_a_match_is_OpenFlows_number_and_not_the_datapaths()
    {
        MatchField field = MatchFields.Get("in_port");
        var flow = new Flow(new FlowKey { DatapathPort = 0x00ab_cdef }, inPort: 7);
        field.Read(flow).ShouldBe((UInt128)7);

        field.Write(ref flow, OpenFlowPorts.Local);
        MatchFields.Get("conj_id").Write(ref flow, uint.MaxValue);

        (flow.InPort, flow.Key.DatapathPort).ShouldBe((OpenFlowPorts.Local, 0x00ab_cdefu));
    }

    [Fact]
    public void A_key_fills_the_words_behind_the_pipeline_fields()
    {
        FlowKey key = default;
        key.TpDst = 0xbeef;
        var flow = new Flow(key, inPort: 0);
        MatchFields.Get("metadata").Write(ref flow, 7);
        flow.Words[0].ShouldBe(7UL);
        flow.Words[Flow.WordCount - 1].ShouldBe(0xbeefUL << 32);
        flow.PipelineState.Length.ShouldBe(Flow.KeyStart);
    }
}
