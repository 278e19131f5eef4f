namespace UpcallActors.Linux.Tests.Fuzz;

/// <summary>Fuzz target: a message about a route or a neighbour. True when it was accepted as either.</summary>
internal static class RouteFuzz
{
    public static bool Run(ReadOnlySpan<byte> input)
    {
        if (NetlinkMessage.TryRead(input, out NetlinkMessage message, out _) != NetlinkParseError.None)
            return false;
        NetlinkParseError route = RouteMessage.TryParse(message, out NextHop? hop);
        (hop is null).ShouldBe(route != NetlinkParseError.None);
        NetlinkParseError neighbour = RouteMessage.TryParse(message, out ulong address);
        address.ShouldBeLessThan(1UL << 48);
        return route == NetlinkParseError.None || neighbour == NetlinkParseError.None;
    }
}
