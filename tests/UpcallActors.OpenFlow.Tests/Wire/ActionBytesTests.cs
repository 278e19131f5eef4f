namespace UpcallActors.OpenFlow.Tests;

/// <summary>Actions come back to a client as it wrote them, where Open vSwitch remembers how that was.</summary>
public sealed class ActionBytesTests
{
    [Theory]
    // OFPAT_OUTPUT with a max_len, which means nothing for the port 2.
    [InlineData(4, "0000001000000002" + "0064000000000000")]
    [InlineData(1, "0000000800020064")]
    // NXAST_OUTPUT_REG and NXAST_OUTPUT_REG2, with a max_len.
    [InlineData(4, "ffff001800002320000f000f" + "00010004" + "0040" + "000000000000")]
    [InlineData(4, "ffff0018000023200020000f" + "0040" + "00010004" + "000000000000")]
    // NXAST_REG_LOAD2.
    [InlineData(4, "ffff0018000023200021" + "00010604" + "0000005a" + "000000000000")]
    // NXAST_OUTPUT_TRUNC to NORMAL, by which nothing is sent.
    [InlineData(4, "ffff0010000023200027" + "fffa" + "00000064")]
    public void An_action_comes_back_as_it_was_written(int version, string bytes)
    {
        var reader = new WireReader(Convert.FromHexString(bytes));
        ActionListCodec.Decode(ActionContext.Of((OpenFlowVersion)version), reader, out ActionList actions).ShouldBeNull();

        var writer = new WireWriter();
        ActionListCodec.Encode(new ActionWriting((OpenFlowVersion)version), writer, actions);

        Convert.ToHexStringLower(writer.Written).ShouldBe(bytes);
    }
}
