using UpcallActors.Tests;

namespace UpcallActors.Packets.Tests.Fuzz;

public sealed class CaptureFuzzTests
{
    [Fact]
    public void A_capture_of_any_bytes_is_read_or_refused() =>
        MutatedSeeds.Drive(CaptureFuzz.Run, [PcapTests.SmallFile(nanoseconds: false), PcapTests.SmallFile(nanoseconds: true)]);
}
