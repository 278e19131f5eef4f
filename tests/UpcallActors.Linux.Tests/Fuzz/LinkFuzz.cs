namespace UpcallActors.Linux.Tests.Fuzz;

/// <summary>Fuzz target: a message about a link. True when it was accepted.</summary>
internal static class LinkFuzz
{
    public static bool Run(ReadOnlySpan<byte> input)
    {
        if (NetlinkMessage.TryRead(input, out NetlinkMessage message, out _) != NetlinkParseError.None)
            return false;
        NetlinkParseError error = Link.TryParse(message, out Link? link);
        (link is null).ShouldBe(error != NetlinkParseError.None);
        return link is { Name.Length: > 0, Mtu: >= 0 };
    }
}
