using FsCheck.Xunit;

namespace UpcallActors.Linux.Tests;

public sealed class NetlinkAttributesTests
{
    [Fact]
    public void The_last_attribute_may_lack_its_padding()
    {
        byte[] list = [6, 0, 1, 0, 0xaa, 0xbb, 0, 0, 5, 0, 2, 0, 0xcc];
        NetlinkAttributes.Check(list).ShouldBe(NetlinkParseError.None);
        Types(list).ShouldBe([1, 2]);
        new NetlinkAttributes(list).TryFindLast(2, out NetlinkAttribute last).ShouldBeTrue();
        last.Payload.ToArray().ShouldBe([0xcc]);
        last.PayloadOffset.ShouldBe(12);
    }

    [Fact]
    public void The_last_of_a_type_wins()
    {
        byte[] list = [8, 0, 9, 0, 1, 0, 0, 0, 8, 0, 9, 0, 2, 0, 0, 0];
        new NetlinkAttributes(list).TryFindLast(9, out NetlinkAttribute found).ShouldBeTrue();
        found.U32.ShouldBe(2u);
        new NetlinkAttributes(list).TryFindLast(8, out _).ShouldBeFalse();
    }

    [Fact]
    public void Flag_bits_are_no_part_of_the_type_but_are_kept()
    {
        byte[] list = [4, 0, 3, 0x80];
        new NetlinkAttributes(list).TryFindLast(3, out NetlinkAttribute nested).ShouldBeTrue();
        nested.RawType.ShouldBe((ushort)(3 | NetlinkAttribute.NestedFlag));
    }

    [Theory]
    [InlineData(new byte[] { 4 }, NetlinkParseError.AttributeTruncated)]
    [InlineData(new byte[] { 4, 0, 1 }, NetlinkParseError.AttributeTruncated)]
    [InlineData(new byte[] { 3, 0, 1, 0 }, NetlinkParseError.AttributeLengthBelowHeader)]
    [InlineData(new byte[] { 0, 0, 1, 0 }, NetlinkParseError.AttributeLengthBelowHeader)]
    [InlineData(new byte[] { 9, 0, 1, 0, 1, 2, 3, 4 }, NetlinkParseError.AttributeLengthBeyondBuffer)]
    [InlineData(new byte[] { 0xff, 0xff, 1, 0, 1, 2, 3, 4 }, NetlinkParseError.AttributeLengthBeyondBuffer)]
    [InlineData(new byte[] { 5, 0, 1, 0, 7, 0, 0, 0, 1, 2 }, NetlinkParseError.AttributeTruncated)]
    public void Malformed_lists_are_told_by_reason(byte[] list, object expected) =>
        NetlinkAttributes.Check(list).ShouldBe((NetlinkParseError)expected);

    [Fact]
    public void Values_that_are_too_short_read_as_zero()
    {
        byte[] list = [5, 0, 1, 0, 0xff];
        new NetlinkAttributes(list).TryFindLast(1, out NetlinkAttribute attribute).ShouldBeTrue();
        attribute.U8.ShouldBe((byte)0xff);
        attribute.U16.ShouldBe((ushort)0);
        attribute.U32.ShouldBe(0u);
        attribute.U64.ShouldBe(0ul);
        attribute.U16BigEndian.ShouldBe((ushort)0);
        attribute.U32BigEndian.ShouldBe(0u);
        attribute.U64BigEndian.ShouldBe(0ul);
    }

    [Property(MaxTest = 500)]
    public bool Walking_any_bytes_ends_and_stays_inside(byte[] bytes)
    {
        int covered = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(bytes))
        {
            if (attribute.Offset < covered || attribute.PayloadOffset + attribute.Payload.Length > bytes.Length)
                return false;
            covered = attribute.PayloadOffset + attribute.Payload.Length;
        }

        return true;
    }

    private static List<int> Types(byte[] list)
    {
        var types = new List<int>();
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(list))
            types.Add(attribute.Type);
        return types;
    }
}
