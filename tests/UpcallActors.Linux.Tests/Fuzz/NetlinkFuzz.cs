namespace UpcallActors.Linux.Tests.Fuzz;

/// <summary>Fuzz target: walks whatever is there as messages and attributes, two levels deep.</summary>
internal static class NetlinkFuzz
{
    public static int Run(ReadOnlySpan<byte> input)
    {
        int attributes = 0;
        while (NetlinkMessage.TryRead(input, out NetlinkMessage message, out int consumed) == NetlinkParseError.None)
        {
            if (GenericNetlinkHeader.TryRead(message.Payload, out _, out ReadOnlySpan<byte> body) == NetlinkParseError.None)
                attributes += Walk(body, depth: 2);
            input = input[consumed..];
        }

        return attributes;
    }

    private static int Walk(ReadOnlySpan<byte> list, int depth)
    {
        int count = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(list))
            count += 1 + (depth > 0 ? Walk(attribute.Payload, depth - 1) : 0);
        return count;
    }
}
