using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp.Tests;

/// <summary>
/// Keys that Linux 6.1 and 7.2 make of frames that end within a tag or before their first label, as <c>ovs-dpctl monitor</c> and nlmon
/// show them. The kernel refuses them as keys of flows.
/// </summary>
public class CutFrameKeyTests
{
    private delegate void Writing(ref NetlinkWriter writer);

    [Fact]
    public void The_kernels_key_of_a_frame_cut_within_its_tag_is_read_and_can_be_no_flow()
    {
        byte[] attributes = Build((ref NetlinkWriter writer) => PutCutTag(ref writer, 0));
        OvsFlowKeyReader.TryRead(attributes, out FlowKey key).ShouldBe(OdpParseError.None);
        (key.VlanTpid, key.VlanTci, key.EthType).ShouldBe(((ushort)0, (ushort)0, (ushort)0x8100));
        OvsFlowKeyReader.CanBeFlow(attributes, key).ShouldBeFalse();
    }

    [Fact]
    public void The_kernels_key_of_a_frame_cut_within_its_inner_tag_is_read_and_can_be_no_flow()
    {
        byte[] attributes = Build((ref NetlinkWriter writer) =>
        {
            writer.PutU16BigEndian(OvsKeyAttribute.EtherType, 0x8100);
            writer.PutU16BigEndian(OvsKeyAttribute.Vlan, 0x1005);
            int encap = writer.BeginNest(OvsKeyAttribute.Encap);
            PutCutTag(ref writer, 0);
            writer.EndNest(encap);
        });
        OvsFlowKeyReader.TryRead(attributes, out FlowKey key).ShouldBe(OdpParseError.None);
        (key.VlanTci, key.CvlanTpid, key.CvlanTci, key.EthType).ShouldBe(((ushort)0x1005, (ushort)0, (ushort)0, (ushort)0x8100));
        OvsFlowKeyReader.CanBeFlow(attributes, key).ShouldBeFalse();
    }

    [Fact]
    public void Open_vSwitchs_key_of_a_frame_cut_within_its_tag_can_be_a_flow()
    {
        byte[] attributes = Build((ref NetlinkWriter writer) => PutCutTag(ref writer, 0x88a8));
        OvsFlowKeyReader.TryRead(attributes, out FlowKey key).ShouldBe(OdpParseError.None);
        (key.VlanTpid, key.VlanTci, key.EthType).ShouldBe(((ushort)0x88a8, (ushort)0, (ushort)0x88a8));
        OvsFlowKeyReader.CanBeFlow(attributes, key).ShouldBeTrue();
    }

    [Fact]
    public void The_kernels_key_of_a_frame_without_its_first_label_is_read_and_can_be_no_flow()
    {
        byte[] attributes = Build((ref NetlinkWriter writer) =>
        {
            writer.PutU16BigEndian(OvsKeyAttribute.EtherType, 0x8847);
            writer.Put(OvsKeyAttribute.Mpls, []);
        });
        OvsFlowKeyReader.TryRead(attributes, out FlowKey key).ShouldBe(OdpParseError.None);
        key.EthType.ShouldBe((ushort)0x8847);
        OvsFlowKeyReader.CanBeFlow(attributes, key).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0x0000, 0x1005)]
    [InlineData(0x0800, 0x0000)]
    [InlineData(0x8100, 0x0005)]
    public void A_tag_that_contradicts_itself_is_refused(int tpid, int tci)
    {
        byte[] attributes = Build((ref NetlinkWriter writer) =>
        {
            writer.PutU16BigEndian(OvsKeyAttribute.EtherType, (ushort)tpid);
            writer.PutU16BigEndian(OvsKeyAttribute.Vlan, (ushort)tci);
            writer.EndNest(writer.BeginNest(OvsKeyAttribute.Encap));
        });
        OvsFlowKeyReader.TryRead(attributes, out _).ShouldBe(OdpParseError.AttributeValue);
    }

    private static void PutCutTag(ref NetlinkWriter writer, ushort tpid)
    {
        writer.PutU16BigEndian(OvsKeyAttribute.EtherType, tpid);
        writer.PutU16BigEndian(OvsKeyAttribute.Vlan, 0);
        writer.EndNest(writer.BeginNest(OvsKeyAttribute.Encap));
    }

    private static byte[] Build(Writing writing)
    {
        var writer = new NetlinkWriter(new byte[256]);
        writer.Put(OvsKeyAttribute.Ethernet, [2, 0, 0, 0, 0, 10, 2, 0, 0, 0, 0, 11]);
        writing(ref writer);
        return writer.Written.ToArray();
    }
}
