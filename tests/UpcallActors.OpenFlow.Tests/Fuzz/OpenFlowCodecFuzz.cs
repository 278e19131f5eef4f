namespace UpcallActors.OpenFlow.Tests;

/// <summary>Fuzz target: any bytes are a message or get an error; what was read is written in a form that reads the same again.</summary>
public static class OpenFlowCodecFuzz
{
    public static bool Run(ReadOnlySpan<byte> input)
    {
        byte[] message = input.ToArray();
        if (message.Length >= OpenFlowHeader.Size)
        {
            // Else nearly each change of the length would end here.
            message[2] = (byte)(message.Length >> 8);
            message[3] = (byte)message.Length;
        }

        if (OpenFlowCodec.Decode(message, out DecodedMessage? decoded) is not null)
            return false;
        byte[] once = Encode(decoded!);
        if (once.Length > ushort.MaxValue)
            return true;
        OpenFlowCodec.Decode(once, out DecodedMessage? again).ShouldBeNull(Convert.ToHexString(once));
        Encode(again!).ShouldBe(once);
        return true;
    }

    private static byte[] Encode(DecodedMessage message)
    {
        var writer = new WireWriter();
        OpenFlowCodec.Encode(writer, message);
        return writer.Written.ToArray();
    }
}
