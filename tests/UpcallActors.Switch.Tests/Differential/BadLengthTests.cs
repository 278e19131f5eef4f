namespace UpcallActors.Switch.Tests;

/// <summary>Packets of clients whose IP header says another length than their frame has: they fare as in the real switch.</summary>
public sealed class BadLengthTests
{
    private const string Ethernet = "ffffffffffff020000000001";

    private static readonly string[] _flows = ["udp,udp_dst=2,actions=2", "udp,udp_dst=0,actions=2", "ip,actions=2", "ipv6,actions=2"];

    public static TheoryData<string> Frames =>
    [
        Ipv4(length: 28), Ipv4(length: 29), Ipv4(length: 200), Ipv4(length: 19), Ipv4(length: 0), Ipv4(length: 24), Ipv4(length: 20),
        Ipv4(length: 28, first: 0x44), Ipv4(length: 28, first: 0x4f), Ipv4(length: 24, first: 0x47), Ipv4(28)[..^20], Ipv4(28) + "0000",
        Ipv6(length: 8), Ipv6(length: 9), Ipv6(length: 4), Ipv6(length: 0), Ipv6(8)[..^20], Ipv6(8) + "0000",
    ];

    [RealSwitchTheory]
    [MemberData(nameof(Frames))]
    public async Task A_packet_meets_the_same_flows_and_may_have_the_same_done_to_it(string frame)
    {
        using RealSwitch real = await RealSwitch.StartAsync();
        await using ServedSwitch served = await ServedSwitch.StartAsync(ServedSwitch.Bridge);
        string[][] calls =
        [
            .. _flows.Select((flow, i) => new[] { "add-flow", "BRIDGE", $"cookie={i + 1},{flow}" }),
            ["add-flow", "BRIDGE", "cookie=9,udp6,actions=2"],
            ["packet-out", "BRIDGE", $"in_port=1,packet={frame},actions=resubmit(,0)"],
            ["packet-out", "BRIDGE", $"in_port=1,packet={frame},actions=set_field:5->udp_dst,2"],
            ["packet-out", "BRIDGE", $"in_port=1,packet={frame},actions=set_field:10.0.0.9->ip_dst,2"],
            .. Enumerable.Range(1, 9).Select(cookie => new[] { "dump-aggregate", "BRIDGE", $"cookie={cookie}/-1" }),
        ];
        foreach (string[] call in calls)
        {
            string[] asked = ["-O", "OpenFlow14", .. call];
            string said = string.Join(' ', asked);
            string expected = $"{said}\n{await Ofctl.AnswerOfAsync(asked, real.Socket)}";
            Assert.Equal(expected, $"{said}\n{await Ofctl.AnswerOfAsync(asked, served.Socket)}");
        }
    }

    /// <summary>UDP from port 1 to 2, without payload.</summary>
    private static string Ipv4(int length, int first = 0x45) =>
        $"{Ethernet}0800{first:x2}00{length:x4}0000000040110000" + "0a0000010a000002" + "0001000200080000";

    private static string Ipv6(int length) =>
        $"{Ethernet}86dd60000000{length:x4}1140" + "20010db8000000000000000000000001" + "20010db8000000000000000000000002"
        + "0001000200080000";
}
