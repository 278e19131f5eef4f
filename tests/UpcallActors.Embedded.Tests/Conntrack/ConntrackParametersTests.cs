using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>The ct action's attributes are taken, and refused, as the kernel does.</summary>
public class ConntrackParametersTests
{
    [Fact]
    public void All_attributes_are_read()
    {
        byte[] bytes = CtSession.Attributes(
            0xbeef, commit: true, force: true, (0x11223344, 0xff00ff00), ((UInt128)1 << 127, (UInt128)3 << 126),
            new Nat(true, "10.0.0.1", "10.0.0.9", 100, 200, Random: true, Persistent: true));

        Parse(bytes, 0x0800, out ConntrackParameters parameters).ShouldBe(ConntrackParseError.None);
        parameters.Zone.ShouldBe((ushort)0xbeef);
        parameters.Commit.ShouldBeTrue();
        parameters.Force.ShouldBeTrue();
        parameters.Mark.ShouldBe(0x11223344u);
        parameters.MarkMask.ShouldBe(0xff00ff00u);
        parameters.Labels.ShouldBe((UInt128)1 << 127);
        parameters.LabelsMask.ShouldBe((UInt128)3 << 126);
        parameters.Nat.ShouldBe(NatOptions.Existing | NatOptions.Source | NatOptions.Addresses | NatOptions.Ports | NatOptions.Persistent
            | NatOptions.PortRandom);
        parameters.NatMinAddress.ShouldBe((UInt128)0x0a000001);
        parameters.NatMaxAddress.ShouldBe((UInt128)0x0a000009);
        parameters.NatMinPort.ShouldBe((ushort)100);
        parameters.NatMaxPort.ShouldBe((ushort)200);
    }

    [Fact]
    public void Nothing_means_zone_0_without_commit()
    {
        Parse([], 0x86dd, out ConntrackParameters parameters).ShouldBe(ConntrackParseError.None);
        parameters.Zone.ShouldBe((ushort)0);
        parameters.Commit.ShouldBeFalse();
        parameters.Nat.ShouldBe(NatOptions.None);
    }

    [Fact]
    public void A_range_without_end_is_its_start()
    {
        Parse(CtSession.Attributes(commit: true, nat: new Nat(false, "fc00::5", MinPort: 7)), 0x86dd, out ConntrackParameters parameters)
            .ShouldBe(ConntrackParseError.None);
        parameters.NatMaxAddress.ShouldBe(parameters.NatMinAddress);
        parameters.NatMaxPort.ShouldBe((ushort)7);
    }

    [Fact]
    public void Events_and_timeout_policies_are_accepted() =>
        Parse(Written((ref NetlinkWriter writer) =>
        {
            writer.PutU32(OvsCtAttribute.EventMask, 7);
            writer.PutString(OvsCtAttribute.Timeout, "ovs_tp_0_udp4");
        })).ShouldBe(ConntrackParseError.None);

    [Fact]
    public void Each_fault_has_its_reason_and_errno()
    {
        (ConntrackParseError Expected, byte[] Bytes)[] faults =
        [
            (ConntrackParseError.UnknownAttribute, Written((ref NetlinkWriter writer) => writer.PutFlag(10))),
            (ConntrackParseError.UnknownAttribute, Written((ref NetlinkWriter writer) => writer.PutFlag(0))),
            (ConntrackParseError.AttributeSize, Written((ref NetlinkWriter writer) => writer.PutU32(OvsCtAttribute.Zone, 1))),
            (ConntrackParseError.AttributeSize, Written((ref NetlinkWriter writer) => writer.PutU8(OvsCtAttribute.Commit, 1))),
            (ConntrackParseError.AttributeSize, Written((ref NetlinkWriter writer) => writer.PutU32(OvsCtAttribute.Mark, 1))),
            (ConntrackParseError.AttributeSize, Written((ref NetlinkWriter writer) => writer.Put(OvsCtAttribute.Labels, new byte[16]))),
            (ConntrackParseError.EmptyMask, CtSession.Attributes(commit: true, mark: (1, 0))),
            (ConntrackParseError.EmptyMask, CtSession.Attributes(commit: true, labels: (1, 0))),
            (ConntrackParseError.RequiresCommit, CtSession.Attributes(mark: (1, 1))),
            (ConntrackParseError.RequiresCommit, CtSession.Attributes(labels: (1, 1))),
            (ConntrackParseError.RequiresCommit, CtSession.Attributes(nat: new Nat(true, "10.0.0.1"))),
            (ConntrackParseError.NatTypeMissing, CtSession.Attributes(commit: true, nat: new Nat(null, "10.0.0.1"))),
            (ConntrackParseError.AttributeSize, CtSession.Attributes(commit: true, nat: new Nat(true, "fc00::1"))),
            (ConntrackParseError.UnknownHelper, Written((ref NetlinkWriter writer) => writer.PutString(OvsCtAttribute.Helper, "ftp"))),
            (ConntrackParseError.UnterminatedName, Written((ref NetlinkWriter writer) => writer.Put(OvsCtAttribute.Helper, "ftp"u8))),
            (ConntrackParseError.AttributeSize, Written((ref NetlinkWriter writer) => writer.Put(OvsCtAttribute.Timeout, new byte[33]))),
            (ConntrackParseError.Malformed, [1, 2, 3]),
            (ConntrackParseError.NatTypeTwice, NatOf((ref NetlinkWriter writer) =>
            {
                writer.PutFlag(OvsNatAttribute.Src);
                writer.PutFlag(OvsNatAttribute.Dst);
            })),
            (ConntrackParseError.UnknownAttribute, NatOf((ref NetlinkWriter writer) => writer.PutFlag(10))),
            (ConntrackParseError.AttributeSize, NatOf((ref NetlinkWriter writer) => writer.PutU32(OvsNatAttribute.ProtoMin, 1))),
            (ConntrackParseError.Malformed, NatOf((ref NetlinkWriter writer) => writer.PutRaw([2, 0, 1, 0]))),
        ];
        foreach ((ConntrackParseError expected, byte[] bytes) in faults)
        {
            Parse(bytes).ShouldBe(expected, Convert.ToHexString(bytes));
            ConntrackRefusal.Of(expected).ShouldBe(expected == ConntrackParseError.NatTypeTwice ? Errno.Range : Errno.Invalid);
        }

        Parse([], 0x0806, out _).ShouldBe(ConntrackParseError.FamilyUnspecified);
    }

    [Fact]
    public void Truncation_anywhere_is_an_error_or_a_shorter_list()
    {
        byte[] whole = CtSession.Attributes(
            7, commit: true, force: true, (1, 1), (1, 1), new Nat(true, "10.0.0.1", "10.0.0.9", 100, 200, Random: true));
        for (int length = 0; length < whole.Length; length++)
        {
            ConntrackParseError error = Parse(whole.AsSpan(0, length), 0x0800, out _);
            bool endsBetweenAttributes = NetlinkAttributes.Check(whole.AsSpan(0, length)) == NetlinkParseError.None;
            (error == ConntrackParseError.None).ShouldBe(endsBetweenAttributes, $"cut at {length}");
        }
    }

    private delegate void Write(ref NetlinkWriter writer);

    private static byte[] Written(Write write)
    {
        var writer = new NetlinkWriter(new byte[256]);
        write(ref writer);
        return writer.Written.ToArray();
    }

    private static byte[] NatOf(Write write) => Written((ref NetlinkWriter writer) =>
    {
        writer.PutFlag(OvsCtAttribute.Commit);
        int start = writer.BeginNest(OvsCtAttribute.Nat);
        write(ref writer);
        writer.EndNest(start);
    });

    private static ConntrackParseError Parse(ReadOnlySpan<byte> bytes) => Parse(bytes, 0x0800, out _);

    private static ConntrackParseError Parse(ReadOnlySpan<byte> bytes, ushort etherType, out ConntrackParameters parameters) =>
        ConntrackParameters.TryParse(bytes, etherType, out parameters);
}
