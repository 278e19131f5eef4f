using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Embedded.Tests.Fuzz;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Extraction;

/// <summary>
/// Who makes a key of a frame and who reads it agree in every corner: the key that comes up is taken by the reader, says the same, is
/// taken back as a flow's by the rules of the kernel's <c>ovs_nla_get_match</c>, and the flow has the frame.
/// </summary>
public sealed class KeyAgreementTests
{
    public static TheoryData<string> CornerFrames =>
    [
        "8100", "810000", "81000005", "8100000581", "810000058100", "8100000581000006", "81000005810000068100",
            "81000005810000068100000708",
        "88a8", "88a800058100", "88a80005810000060800", "8100000588a8", "05ff", "0010", "0000", "0010aaaa030000008100",
            "0010aaaa030000000800", "0010aaaa030000008847",
        "8847", "8847000001", "884700000100", "88470000010000000201", "884700000000000000000000000000000000", "8848",
            "894f0fc2020300000100", "894f0fc202030000010000", "894f0fc20203000001000000",
            "894f0fc60103000001ff000000000000000000000000000000000000",
        "0800", "08004500", "86dd", "0806", "0806000108000604010100000000000000000000000000000000000000", "8035", "88cc", "ffff",
    ];

    [Theory]
    [MemberData(nameof(CornerFrames))]
    public void A_corner_of_the_Ethernet_header_gets_a_flow(string fromEtherType)
    {
        using var datapath = new TestDatapath();
        ShouldGetFlow(datapath, Convert.FromHexString("02000000000b02000000000a" + fromEtherType));
    }

    [Fact]
    public void Mutated_frames_get_flows()
    {
        using var datapath = new TestDatapath();
        SeededMutations.Run(frame => ShouldGetFlow(datapath, frame), Corpus());
    }

    private static void ShouldGetFlow(TestDatapath datapath, ReadOnlySpan<byte> frame)
    {
        datapath.Datapath.FlushFlows();
        datapath.Datapath.Receive(TestDatapath.PortA, frame);
        List<byte[]> upcalls = datapath.Upcalls();
        var made = new FlowKey { DatapathPort = TestDatapath.PortA };
        if (!KeyExtraction.TryExtract(frame, ref made, out _))
        {
            upcalls.ShouldBeEmpty();
            return;
        }

        byte[] upcall = upcalls.ShouldHaveSingleItem();
        PacketMessage.TryParse(upcall, out PacketMessage message).ShouldBe(OdpParseError.None);
        byte[] attributes = message.Key.Of(upcall).ToArray();
        OvsFlowKeyReader.TryRead(attributes, out FlowKey read).ShouldBe(OdpParseError.None);
        read.ShouldBe(made);
        OvsFlowKeyReader.CanBeFlow(attributes, read).ShouldBeTrue();

        // All that the key has is matched on.
        datapath.FlowRequest(
            OvsCommand.New, TestDatapath.Flow(attributes, null, ActionBytes.Output(TestDatapath.PortB)), NetlinkFlags.Create).ShouldBe(0);
        long misses = datapath.Counters.Misses;
        datapath.Datapath.Receive(TestDatapath.PortA, frame);
        datapath.Counters.Misses.ShouldBe(misses);
    }

    private static List<byte[]> Corpus()
    {
        byte[] udp = TestFrames.Udp(vlan: 7);
        byte[] neighbour =
            [.. TestFrames.UdpOverIpv6()[..54], 135, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3,
            4, 5, 6, 7];
        neighbour[20] = 58;
        return
        [
            TestFrames.Udp(), udp, [.. udp[..12], 0x88, 0xa8, 0, 9, .. udp[12..]],
                [.. udp[..12], 0x81, 0, 0, 9, 0x81, 0, 0, 8, .. udp[12..]],
            TestFrames.Tcp(), TestFrames.Icmp(), TestFrames.UdpOverIpv6(), neighbour,
            [.. udp[..12], 0x88, 0x47, 0, 1, 0, 1, 0, 2, 1, 1, 0, 3, 0, 1], [.. udp[..12], 0, 46, 0xaa, 0xaa, 3, 0, 0, 0, .. udp[12..]],
            [.. udp[..12], 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, 1, 2, 3, 4, 5, 6, 10, 0, 0, 1, 7, 8, 9, 10, 11, 12, 10, 0, 0, 2],
            [.. udp[..12], 0x89, 0x4f, 0x0f, 0xc6, 1, 3, 0, 0, 1, 0xff, .. new byte[16], .. TestFrames.Udp()],
        ];
    }
}
