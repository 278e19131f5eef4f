namespace UpcallActors.Linux.Tests.Fuzz;

/// <summary>Fuzz target: ancillary data of received messages.</summary>
internal static class ControlMessagesFuzz
{
    /// <summary>Returns how many bytes of messages it could read.</summary>
    public static int Run(ReadOnlySpan<byte> input)
    {
        int read = 0;
        foreach (ControlMessage message in new ControlMessages(input))
            read += ControlMessage.HeaderLength + message.Payload.Length;
        return read;
    }
}
