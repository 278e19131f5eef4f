namespace UpcallActors.Linux.Tests.Fuzz;

/// <summary>Fuzz target: error answers with explanations, and descriptions of generic families.</summary>
internal static class NetlinkAnswerFuzz
{
    /// <summary>Returns how many things it could read.</summary>
    public static int Run(ReadOnlySpan<byte> input)
    {
        int read = 0;
        while (NetlinkMessage.TryRead(input, out NetlinkMessage message, out int consumed) == NetlinkParseError.None)
        {
            if (NetlinkErrorAnswer.TryRead(message, out NetlinkErrorAnswer answer) && answer.Text.Length <= message.Length)
                read++;
            if (GenericNetlinkFamily.Parse(message.Bytes) is { } family)
                read += 1 + family.MulticastGroups.Count;
            input = input[consumed..];
        }

        return read;
    }
}
