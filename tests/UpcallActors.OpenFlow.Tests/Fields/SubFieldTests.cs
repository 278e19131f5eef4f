using FsCheck.Xunit;

namespace UpcallActors.OpenFlow.Tests;

public class SubFieldTests
{
    [Theory]
    [InlineData("NXM_NX_REG0[0..15]", "reg0", 0, 16)]
    [InlineData("reg0[4..7]", "reg0", 4, 4)]
    [InlineData("reg0[31]", "reg0", 31, 1)]
    [InlineData("reg0[]", "reg0", 0, 32)]
    [InlineData("reg0", "reg0", 0, 32)]
    [InlineData("OXM_OF_METADATA[]", "metadata", 0, 64)]
    [InlineData("ct_label[64..127]", "ct_label", 64, 64)]
    public void Every_way_to_write_one_is_read(string text, string field, int start, int length)
    {
        var cursor = new TextCursor(text);
        SubField.Parse(ref cursor).ShouldBe(new SubField(MatchFields.Get(field), start, length));
        cursor.AtEnd.ShouldBeTrue();
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("bogus[0]", 1)]
    [InlineData("reg0[32]", 6)]
    [InlineData("reg0[0..32]", 9)]
    [InlineData("reg0[5..4]", 6)]
    [InlineData("reg0[x]", 6)]
    [InlineData("reg0[1..]", 9)]
    [InlineData("reg0[1", 7)]
    [InlineData("reg0[1.2]", 7)]
    [InlineData("reg0[99999999999999]", 6)]
    public void What_is_none_is_refused_where_it_goes_wrong(string text, int column)
    {
        FlowSyntaxException exception = Should.Throw<FlowSyntaxException>(() =>
        {
            var cursor = new TextCursor(text);
            SubField.Parse(ref cursor);
        });
        exception.Column.ShouldBe(column, exception.Message);
    }

    [Theory]
    [InlineData("reg0[0..15]", "NXM_NX_REG0[0..15]")]
    [InlineData("reg0", "NXM_NX_REG0[]")]
    [InlineData("metadata[3]", "OXM_OF_METADATA[3]")]
    public void It_is_printed_as_ovs_ofctl_does(string text, string printed)
    {
        var cursor = new TextCursor(text);
        SubField.Parse(ref cursor).ToString().ShouldBe(printed);
    }

    [Property]
    public void What_is_written_is_read_back_and_marked(ulong high, ulong low, byte start, byte length)
    {
        MatchField field = MatchFields.Get("xxreg0");
        int from = start % field.Width;
        var part = new SubField(field, from, 1 + (length % (field.Width - from)));
        UInt128 value = new UInt128(high, low) & part.LowMask;
        Flow flow = default;
        flow.Words.Fill(0x5555555555555555);
        Flow before = flow;
        part.Write(ref flow, value);
        part.Read(flow).ShouldBe(value);

        Flow wildcards = default;
        part.MarkUsed(ref wildcards);
        field.Read(wildcards).ShouldBe(part.LowMask << from);
        for (int word = 0; word < Flow.WordCount; word++)
            ((flow.Words[word] ^ before.Words[word]) & ~wildcards.Words[word]).ShouldBe(0UL);
    }

    [Fact]
    public void Looking_at_a_port_is_looking_at_the_protocol_too()
    {
        Flow wildcards = default;
        new SubField(MatchFields.Get("tcp_src")).MarkUsed(ref wildcards);
        wildcards.Key.NwProto.ShouldBe(byte.MaxValue);
        wildcards.Key.TpSrc.ShouldBe(ushort.MaxValue);
    }
}
