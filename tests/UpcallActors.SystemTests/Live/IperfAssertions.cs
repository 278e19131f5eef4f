using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Live;

internal static class IperfAssertions
{
    private const long SegmentBytes = 1448;

    /// <summary>
    /// All was transferred, and segments were sent again now and then at most. With checksums that nobody completed it does not
    /// get beyond its first window and never ends; with segments that nobody cut, or frames lost in bulk, most is sent twice.
    /// </summary>
    public static void ShouldHaveFlowed(this Iperf tcp)
    {
        tcp.ReceivedBytes.ShouldBeGreaterThan(0, $"{tcp}");
        tcp.Retransmits.ShouldBeLessThan(tcp.SentBytes / SegmentBytes / 20, $"{tcp}");
    }
}
