using UpcallActors.Odp.Text;

namespace UpcallActors.Odp.Tests;

public sealed class TextTests
{
    private static readonly OdpPortNames Names = new([KeyValuePair.Create(1u, "br0"), KeyValuePair.Create(2u, "clone")]);

    public static TheoryData<string> Flows => [.. TextExamples.Flows];

    public static TheoryData<string> Actions => [.. TextExamples.Actions];

    [Theory]
    [MemberData(nameof(Flows))]
    public void A_flow_prints_as_it_was_read(string text)
    {
        (byte[] key, byte[] mask) = FlowText.Parse(text, null);
        FlowText.Format(key, mask, null, verbose: true).ShouldBe(text);
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public void An_action_list_prints_as_it_was_read_and_is_well_formed(string text)
    {
        byte[] actions = ActionText.Parse(text, null);
        OvsActionList.Check(actions).ShouldBe(OdpParseError.None);
        ActionText.Format(actions, null).ShouldBe(text);
    }

    [Fact]
    public void Ports_are_printed_and_read_by_name_and_a_name_wins_over_an_action()
    {
        byte[] actions = ActionText.Parse("br0,clone,clone(3)", Names);
        ActionText.Format(actions, Names).ShouldBe("br0,clone,clone(3)");
        ActionText.Format(actions, null).ShouldBe("1,2,clone(3)");
        (byte[] key, byte[] mask) = FlowText.Parse("in_port(br0)", Names);
        FlowText.Format(key, mask, null, verbose: false).ShouldBe("in_port(1)");
    }

    [Fact]
    public void Wildcarded_fields_are_printed_only_when_verbose()
    {
        const string Verbose = "recirc_id(0),dp_hash(0/0),ct_state(0x22/0x23),ct_zone(0/0),eth(src=00:00:00:00:00:00/00:00:00:00:00:00,"
            + "dst=00:00:00:00:00:00/00:00:00:00:00:00),eth_type(0x0800),ipv4(src=0.0.0.0/0.0.0.0,dst=192.0.2.1,proto=1,tos=0/0,ttl=0/0,"
            + "frag=no)";
        (byte[] key, byte[] mask) = FlowText.Parse(Verbose, null);
        FlowText.Format(key, mask, null, verbose: false)
            .ShouldBe("recirc_id(0),ct_state(-new+est+trk),eth(),eth_type(0x0800),ipv4(dst=192.0.2.1,proto=1,frag=no)");
    }

    [Fact]
    public void A_dump_line_without_m_has_neither_id_nor_layer()
    {
        const string Line = "recirc_id(0),in_port(1),eth(),eth_type(0x0800),ipv4(proto=6,frag=no), packets:3, bytes:200, used:0.004s, "
            + "flags:SFP., actions:2";
        FlowDumpLine flow = FlowDumpLine.Parse(Line, null);
        flow.TcpFlags.ShouldBe((byte)0x1b);
        flow.UsedAgo.ShouldBe(4);
        flow.Ufid.ShouldBeNull();
        flow.Format(null, verbose: false).ShouldBe(Line);
    }

    [Fact]
    public void A_partly_masked_set_is_masked_and_a_full_one_is_not()
    {
        ActionText.Parse("set(tcp(src=80,dst=8080))", null)[2].ShouldBe((byte)OvsActionAttribute.Set);
        ActionText.Parse("set(tcp(src=80))", null)[2].ShouldBe((byte)OvsActionAttribute.SetMasked);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("nonsense(1)", 0)]
    [InlineData("in_port(1", 9)]
    [InlineData("in_port(nobody)", 8)]
    [InlineData("ct_zone(65536)", 8)]
    [InlineData("ipv4(src=1.2.3)", 9)]
    [InlineData("ipv4(src=1.2.3.4.5)", 9)]
    [InlineData("ipv4(frag=maybe)", 10)]
    [InlineData("eth(src=00:01:02:03:04)", 8)]
    [InlineData("eth(src=00:01:02:03:04:055)", 8)]
    [InlineData("ipv6(src=fe80::1%eth0)", 9)]
    [InlineData("ct_state(+est+est)", 14)]
    [InlineData("tcp_flags(+nope)", 11)]
    [InlineData("key32(0)", 6)]
    [InlineData("in_port(1) trailing", 19)]
    [InlineData("mpls(label=1048576,tc=0,ttl=0,bos=0)", 11)]
    public void A_flow_that_cannot_be_read_says_where(string text, int position) =>
        Should.Throw<OdpTextException>(() => FlowText.Parse(text, null)).Position.ShouldBe(position);

    [Theory]
    [InlineData("nonsense", 0)]
    [InlineData("1 nonsense(", 2)]
    [InlineData("trunc(", 6)]
    [InlineData("clone(1", 7)]
    [InlineData("sample(sample=101%,actions(1))", 14)]
    [InlineData("ct(zone=65536)", 8)]
    [InlineData("ct(commit,force_commit)", 22)]
    [InlineData("ct(helper=abcdefghijklmnop)", 26)]
    [InlineData("check_pkt_len(size=10,gt(1))", 26)]
    [InlineData("set(ipv4())x", 11)]
    [InlineData("hash(l5(0))", 5)]
    [InlineData("push_vlan(vid=4096,pcp=0)", 14)]
    [InlineData("set(ipv6(label=0x100000))", 15)]
    public void Actions_that_cannot_be_read_say_where(string text, int position) =>
        Should.Throw<OdpTextException>(() => ActionText.Parse(text, null)).Position.ShouldBe(position);

    [Fact]
    public void A_field_too_long_to_set_is_refused_and_not_cut()
    {
        string options = string.Concat(Enumerable.Repeat("{class=0x1,type=0x2,len=124,0x1}", 20));
        Should.Throw<OdpTextException>(
            () => ActionText.Parse($"set(tunnel(tun_id=0x1,dst=1.2.3.4,ttl=64,geneve({options}),flags(key)))", null));
    }

    /// <summary>The kernel refuses a mask with a bit above the label's 20 (<c>validate_set</c>).</summary>
    [Fact]
    public void A_label_set_in_full_has_a_mask_of_20_bits()
    {
        byte[] actions = ActionText.Parse("set(ipv6(label=0x5))", null);
        Convert.ToHexStringLower(actions).ShouldContain("00000005");
        Convert.ToHexStringLower(actions).ShouldContain("000fffff");
        Convert.ToHexStringLower(actions).ShouldNotContain("ffffffff");
    }

    [Fact]
    public void Actions_nested_too_deeply_are_refused()
    {
        string text = string.Concat(Enumerable.Repeat("clone(", 40)) + "1" + new string(')', 40);
        Should.Throw<OdpTextException>(() => ActionText.Parse(text, null));
    }

    [Fact]
    public void Keys_nested_too_deeply_are_refused_and_printed_only_so_far()
    {
        string text = string.Concat(Enumerable.Repeat("encap(", 40)) + "eth_type(0x0800)" + new string(')', 40);
        Should.Throw<OdpTextException>(() => FlowText.Parse(text, null)).Message.ShouldContain("nesting");
        byte[] key = new byte[40 * 4];
        for (int level = 0; level < 40; level++)
            (key[4 * level], key[(4 * level) + 2]) = ((byte)(key.Length - (4 * level)), (byte)OvsKeyAttribute.Encap);
        FlowText.Format(key, [], null, verbose: true).Split("encap(").Length.ShouldBeLessThan(12);
    }

    [Fact]
    public void Bytes_that_are_no_attributes_are_printed_as_such()
    {
        FlowText.Format([1, 2, 3], [], null, verbose: true).ShouldContain("leftover bytes*** (010203)");
        ActionText.Format([8, 0, 1, 0, 5, 0, 0, 0, 1, 2], null).ShouldBe("5,***2 leftover bytes*** (0102)");
    }
}
