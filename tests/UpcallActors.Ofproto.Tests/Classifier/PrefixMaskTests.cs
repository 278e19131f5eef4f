using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>How few bits of an address or a port a lookup needs.</summary>
public class PrefixMaskTests
{
    [Fact]
    public void A_prefix_that_no_rule_has_is_told_by_its_first_differing_bit()
    {
        FlowTables tables = Tables("""
            priority=20,ip,nw_dst=10.1.2.0/24,actions=1
            priority=20,ip,nw_dst=10.1.3.0/24,actions=2
            priority=1,actions=drop
            """);
        Flow flow = Packet("ip,nw_dst=11.0.0.1");
        Flow wildcards = default;
        tables.Lookup(0, flow, ref wildcards)!.Priority.ShouldBe((ushort)1);

        // 10 and 11 differ in the eighth bit.
        wildcards.Key.Ipv4Dst.ShouldBe(0xff000000u);
    }

    [Fact]
    public void A_longer_prefix_is_left_out_by_the_bits_that_tell_it_from_the_shorter()
    {
        FlowTables tables = Tables("""
            priority=30,ip,nw_dst=10.1.2.3,actions=1
            priority=20,ip,nw_dst=10.0.0.0/8,actions=2
            priority=1,actions=drop
            """);
        Flow flow = Packet("ip,nw_dst=10.128.0.1");
        Flow wildcards = default;
        tables.Lookup(0, flow, ref wildcards)!.Priority.ShouldBe((ushort)20);

        wildcards.Key.Ipv4Dst.ShouldBe(0xff800000u);
    }

    [Fact]
    public void A_prefix_that_went_is_not_looked_for_any_more()
    {
        var tables = new FlowTables();
        tables.Apply(FlowSyntax.ParseFile("""
            priority=20,ip,nw_dst=10.0.0.0/8,actions=2
            priority=1,actions=drop
            """).Changes.AsSpan());
        Flow flow = Packet("ip,nw_dst=10.1.2.4");
        Flow before = default;
        tables.Lookup(0, flow, ref before);
        tables.Apply(FlowSyntax.ParseFlow("priority=30,ip,nw_dst=10.1.2.3,actions=1"),
            FlowSyntax.ParseFlow("priority=30,ip,nw_dst=10.1.2.5/32,actions=1"));
        Flow during = default;
        tables.Lookup(0, flow, ref during);
        tables.Apply(FlowSyntax.ParseFlow("delete_strict priority=30,ip,nw_dst=10.1.2.3"),
            FlowSyntax.ParseFlow("delete_strict priority=30,ip,nw_dst=10.1.2.5"));
        Flow after = default;
        tables.Lookup(0, flow, ref after);

        during.Key.Ipv4Dst.ShouldBe(0xffffffffu);
        after.ShouldBe(before);
        after.Key.Ipv4Dst.ShouldBe(0xff000000u);
    }

    [Fact]
    public void The_trie_forgets_a_prefix_with_its_last_rule_though_another_mask_had_it_too()
    {
        var tables = new FlowTables();
        tables.Apply(FlowSyntax.ParseFile("""
            priority=30,tcp,nw_dst=10.1.2.0/24,actions=1
            priority=30,udp,nw_dst=10.1.2.0/24,tp_dst=53,actions=1
            priority=30,tcp,nw_dst=10.9.9.0/24,actions=1
            priority=1,actions=drop
            """).Changes.AsSpan());
        tables.Apply(FlowSyntax.ParseFlow("delete tcp,nw_dst=10.1.2.0/24"));
        Flow flow = Packet("tcp,nw_dst=10.1.2.1");
        Flow wildcards = default;
        tables.Lookup(0, flow, ref wildcards)!.Priority.ShouldBe((ushort)1);

        // The UDP flow still has the prefix, so all of it decides.
        wildcards.Key.Ipv4Dst.ShouldBe(0xffffff00u);
        tables.Apply(FlowSyntax.ParseFlow("delete udp"));
        wildcards = default;
        tables.Lookup(0, flow, ref wildcards);
        wildcards.Key.Ipv4Dst.ShouldBe(0xfff80000u);
    }

    [Fact]
    public void Only_an_address_mask_that_is_a_prefix_is_told_by_prefix()
    {
        FlowTables tables = Tables("""
            priority=20,ip,nw_src=10.0.0.1/255.0.0.255,actions=1
            priority=1,actions=drop
            """);
        Flow flow = Packet("ip,nw_src=11.0.0.1");
        Flow wildcards = default;
        tables.Lookup(0, flow, ref wildcards)!.Priority.ShouldBe((ushort)1);
        wildcards.Key.Ipv4Src.ShouldBe(0xff0000ffu);
    }

    [Fact]
    public void An_IPv6_prefix_across_both_words_is_told_by_its_first_differing_bit()
    {
        FlowTables tables = Tables("""
            priority=20,ipv6,ipv6_dst=2001:db8::1:0:0:0/80,actions=1
            priority=1,actions=drop
            """);
        Flow flow = Packet("ipv6,ipv6_dst=2001:db8::3:0:0:0");
        Flow wildcards = default;
        tables.Lookup(0, flow, ref wildcards)!.Priority.ShouldBe((ushort)1);

        // 1 and 3 differ in bit 79, counted from 1.
        wildcards.Key.Ipv6Dst.ShouldBe(UInt128.MaxValue << (128 - 79));
    }

    [Fact]
    public void Ports_are_looked_at_from_the_source_on()
    {
        FlowTables tables = Tables("""
            priority=20,tcp,tp_src=1000,tp_dst=80,actions=1
            priority=1,actions=drop
            """);
        Flow flow = Packet("tcp,tp_src=1000,tp_dst=443");
        Flow wildcards = default;
        tables.Lookup(0, flow, ref wildcards)!.Priority.ShouldBe((ushort)1);

        // 80 is 0x0050, 443 is 0x01bb: the eighth bit of the destination differs.
        wildcards.Key.TpSrc.ShouldBe(ushort.MaxValue);
        wildcards.Key.TpDst.ShouldBe((ushort)0xff00);
    }

    private static FlowTables Tables(string flows)
    {
        FlowFile file = FlowSyntax.ParseFile(flows);
        file.Errors.ShouldBeEmpty();
        return FilledTables.With(file.Changes.AsSpan());
    }

    private static Flow Packet(string text) => FlowSyntax.ParseFlow(text + ",actions=drop").Match.ToValue();
}
