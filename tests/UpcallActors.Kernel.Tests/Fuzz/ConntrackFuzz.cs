using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;

namespace UpcallActors.Kernel.Tests.Fuzz;

/// <summary>Fuzz target: a message about a tracked connection, and its text. True when it was accepted.</summary>
internal static class ConntrackFuzz
{
    public static bool Run(ReadOnlySpan<byte> input)
    {
        if (NetlinkMessage.TryRead(input, out NetlinkMessage message, out _) != NetlinkParseError.None)
            return false;
        NetlinkParseError error = ConntrackMessage.TryParse(message, out ConntrackEntry? entry);
        (entry is null).ShouldBe(error != NetlinkParseError.None);
        return entry is not null && ConntrackText.Format(entry, verbose: true, statistics: true, TimeZoneInfo.Utc).Length > 0;
    }
}
