using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>
/// The masks that ovs-vswitchd's classifier chose for the recorded tables, as tests/captures/*/*.flows.txt
/// show them, less what its translator adds to every megaflow (eth_type, in_port, nw_frag, recirc_id).
/// </summary>
public class RecordedMaskTests
{
    [Theory]
    [InlineData("ipv4-fragmentation", "icmp,in_port=1", "icmp,in_port=1", 100)]
    [InlineData("ipv4-fragmentation", "icmp,in_port=2,ct_state=0/0xff", "icmp,in_port=2,ct_state=-trk", 100)]
    [InlineData("ipv4-fragmentation", "icmp,in_port=2,ct_state=0x2a/0xff", "icmp,in_port=2,ct_state=-new+est+trk", 100)]
    [InlineData("ipv4-fragmentation", "arp,in_port=1", "arp,in_port=1,ct_state=-new-est-trk", 10)]
    [InlineData("ipv4-fragmentation", "arp,in_port=2", "arp,in_port=2,ct_state=-new-est-trk", 10)]
    [InlineData("vxlan-fragmentation", "icmp,in_port=LOCAL,ct_state=0x22/0xff", "icmp,in_port=LOCAL,ct_state=+est+trk", 100)]
    [InlineData("vxlan-fragmentation", "icmp,in_port=1", "icmp,in_port=1", 100)]
    [InlineData("ipv6-fragmentation", "icmp6,icmp_type=135,in_port=1", "icmp6,icmp_type=135", 100)]
    [InlineData("ipv6-fragmentation", "icmp6,icmp_type=136,in_port=2", "icmp6,icmp_type=136", 100)]
    public void A_packet_of_the_recording_is_looked_at_as_ovs_vswitchd_did(string recording, string packet, string looked, int priority)
    {
        Lookup(recording, packet, out Rule rule, out Flow wildcards);

        rule.Priority.ShouldBe((ushort)priority);
        wildcards.ShouldBe(FlowSyntax.ParseFlow(looked + ",actions=drop").Match.ToMask());
    }

    [Theory]
    [InlineData("icmp6,icmp_type=128,in_port=1", 0xfc)]
    [InlineData("icmp6,icmp_type=128,in_port=2,ct_state=0x2a/0xff", 0xfc)]
    [InlineData("icmp6,icmp_type=129,in_port=1", 0xfc)]
    [InlineData("icmp6,icmp_type=0,in_port=1", 0x80)]
    [InlineData("icmp6,icmp_type=137,in_port=1", 0xff)]
    public void The_type_of_an_ICMPv6_packet_is_looked_at_no_further_than_rules_it_out(string packet, int mask)
    {
        Lookup("ipv6-fragmentation", packet, out Rule rule, out Flow wildcards);

        rule.Priority.ShouldBe((ushort)10);
        ((int)wildcards.Key.TpSrc).ShouldBe(mask);
        ((int)wildcards.Key.TpDst).ShouldBe(0);
    }

    [Fact]
    public void Of_a_packet_that_is_no_ICMPv6_the_type_is_not_looked_at()
    {
        Lookup("ipv6-fragmentation", "ipv6,nw_proto=44,in_port=1", out _, out Flow wildcards);

        wildcards.Key.TpSrc.ShouldBe((ushort)0);
        wildcards.Key.NwProto.ShouldBe(byte.MaxValue);
    }

    private static void Lookup(string recording, string packet, out Rule rule, out Flow wildcards)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "captures", "linux-6.1", recording + ".flows.of");
        FlowTables tables = Tables(File.ReadAllText(path));
        wildcards = default;
        rule = tables.Lookup(0, Packet(packet), ref wildcards)!;
    }

    private static FlowTables Tables(string flows)
    {
        FlowFile file = FlowSyntax.ParseFile(flows);
        file.Errors.ShouldBeEmpty();
        return FilledTables.With(file.Changes.AsSpan());
    }

    private static Flow Packet(string text) => FlowSyntax.ParseFlow(text + ",actions=drop").Match.ToValue();
}
