using UpcallActors.Linux;
using UpcallActors.Odp.Text;

namespace UpcallActors.Odp.Tests;

public class ActionComparisonTests
{
    private readonly ActionComparison _comparison = new();

    [Theory]
    [InlineData("2,3", "2,3")]
    [InlineData("drop", "drop")]
    [InlineData("ct(commit,zone=9,mark=0x5/0xffffffff,nat(src=10.0.0.1)),recirc(0x7)",
        "ct(commit,zone=9,mark=0x5/0xffffffff,nat(src=10.0.0.1)),recirc(0x7)")]
    public void Equal_actions_are_equal(string installed, string own)
    {
        _comparison.AreEqual(Parse(installed), Parse(own)).ShouldBeTrue();
        _comparison.Recirculations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2,3", "3,2")]
    [InlineData("2", "2,3")]
    [InlineData("2,3", "2")]
    [InlineData("ct(commit,zone=9)", "ct(zone=9)")]
    [InlineData("ct(zone=9)", "ct(commit,zone=9)")]
    [InlineData("ct(zone=9)", "ct(zone=8)")]
    [InlineData("ct(commit,nat(src=10.0.0.1))", "ct(commit,nat(dst=10.0.0.1))")]
    [InlineData("clone(2),3", "clone(3),3")]
    [InlineData("set(ipv4(tos=0x40/0xfc)),2", "set(ipv4(tos=0x80/0xfc)),2")]
    [InlineData("check_pkt_len(size=200,gt(2),le(3))", "check_pkt_len(size=200,gt(3),le(2))")]
    public void Other_actions_are_not(string installed, string own) =>
        _comparison.AreEqualButForIds(Parse(installed), Parse(own)).ShouldBeFalse();

    [Fact]
    public void Order_within_a_ct_action_means_nothing()
    {
        _comparison.AreEqual(
            Ct((ref NetlinkWriter ct) => ct.PutFlag(OvsCtAttribute.Commit), (ref NetlinkWriter ct) => ct.PutU16(OvsCtAttribute.Zone, 9),
                (ref NetlinkWriter ct) => ct.PutU32(OvsCtAttribute.EventMask, 0x487)),
            Ct((ref NetlinkWriter ct) => ct.PutFlag(OvsCtAttribute.Commit), (ref NetlinkWriter ct) => ct.PutU32(OvsCtAttribute.EventMask,
                0x487), (ref NetlinkWriter ct) => ct.PutU16(OvsCtAttribute.Zone, 9))).ShouldBeTrue();
    }

    [Fact]
    public void Of_an_attribute_that_is_there_twice_the_last_counts_and_none_hides_another()
    {
        byte[] twice = Ct((ref NetlinkWriter ct) => ct.PutU16(OvsCtAttribute.Zone, 8),
            (ref NetlinkWriter ct) => ct.PutU16(OvsCtAttribute.Zone, 9));
        byte[] marked = Ct((ref NetlinkWriter ct) => ct.PutU16(OvsCtAttribute.Zone, 9),
            (ref NetlinkWriter ct) => ct.PutU32(OvsCtAttribute.EventMask, 1));
        _comparison.AreEqual(twice, Ct((ref NetlinkWriter ct) => ct.PutU16(OvsCtAttribute.Zone, 9))).ShouldBeTrue();
        _comparison.AreEqual(twice, Ct((ref NetlinkWriter ct) => ct.PutU16(OvsCtAttribute.Zone, 8))).ShouldBeFalse();
        _comparison.AreEqual(Ct((ref NetlinkWriter ct) => ct.PutU16(OvsCtAttribute.Zone, 9),
            (ref NetlinkWriter ct) => ct.PutU16(OvsCtAttribute.Zone, 9)), marked).ShouldBeFalse();
    }

    [Fact]
    public void Recirculation_ids_are_told_apart_however_deep_they_are()
    {
        _comparison.AreEqualButForIds(Parse("clone(ct(zone=1),recirc(0x5)),check_pkt_len(size=200,gt(recirc(0x6)),le(2)),recirc(0x7)"),
            Parse("clone(ct(zone=1),recirc(0x15)),check_pkt_len(size=200,gt(recirc(0x6)),le(2)),recirc(0x17)")).ShouldBeTrue();
        _comparison.Recirculations.ShouldBe([(0x5u, 0x15u), (0x7u, 0x17u)]);
        _comparison.AreEqual(Parse("recirc(0x5)"), Parse("recirc(0x6)")).ShouldBeFalse();
    }

    [Fact]
    public void Ids_in_our_cookies_and_sockets_are_told_apart_and_the_rest_of_a_cookie_counts()
    {
        _comparison.AreEqualButForIds(Userspace(1, UserspaceReason.Controller, 5, 77), Userspace(2, UserspaceReason.Controller, 6, 77))
            .ShouldBeTrue();
        _comparison.Recirculations.ShouldBe([(5u, 6u)]);
        _comparison.PortIdsDiffer.ShouldBeTrue();
        _comparison.AreEqualButForIds(Userspace(1, UserspaceReason.Controller, 5, 77), Userspace(1, UserspaceReason.Controller, 5, 78))
            .ShouldBeFalse();
        _comparison.AreEqualButForIds(Userspace(1, UserspaceReason.Controller, 5, 77), Userspace(1, UserspaceReason.SlowPath, 5, 77))
            .ShouldBeFalse();
        _comparison.AreEqualButForIds(Userspace(1, UserspaceReason.Controller, 0, 77), Userspace(1, UserspaceReason.Controller, 5, 77))
            .ShouldBeFalse();
        _comparison.AreEqual(Userspace(1, UserspaceReason.Controller, 5, 77), Userspace(1, UserspaceReason.Controller, 5, 77))
            .ShouldBeTrue();
    }

    [Fact]
    public void Ids_are_collected_from_everywhere()
    {
        var ids = new List<uint>();
        byte[] actions = [.. Parse("clone(recirc(0x5)),sample(sample=50.0%,actions(recirc(0x6))),recirc(0x7)"),
            .. Userspace(1, UserspaceReason.Controller, 8, 0)];
        ActionComparison.CollectRecirculationIds(actions, ids);
        ids.ShouldBe([5u, 6u, 7u, 8u]);
    }

    private static byte[] Parse(string actions) => ActionText.Parse(actions, null);

    private static byte[] Ct(params Put[] puts)
    {
        var writer = new NetlinkWriter(new byte[256]);
        int nest = writer.BeginNest(OvsActionAttribute.Ct);
        foreach (Put put in puts)
            put(ref writer);
        writer.EndNest(nest);
        return writer.Written.ToArray();
    }

    private static byte[] Userspace(uint pid, UserspaceReason reason, uint recirculation, ulong argument)
    {
        var written = new UserspaceCookie(reason, recirculation, argument);
        byte[] cookie = new byte[written.Length];
        written.Write(cookie);
        var writer = new NetlinkWriter(new byte[256]);
        new OvsUserspaceAction { Pid = pid, UserData = cookie }.Write(ref writer);
        return writer.Written.ToArray();
    }

    private delegate void Put(ref NetlinkWriter writer);
}
