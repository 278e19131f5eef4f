using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// Reads an upcall's input port before anything else of it is parsed: what the receiver needs to share out its credits.
/// </summary>
internal static class InPortReader
{
    /// <summary>The port in the message's key; false when it has none that can be read.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out uint port)
    {
        port = 0;
        if (message.Length < OvsHeader.AttributesOffset)
            return false;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(message[OvsHeader.AttributesOffset..]))
        {
            if (attribute.Type != OvsPacketAttribute.Key)
                continue;
            foreach (NetlinkAttribute key in new NetlinkAttributes(attribute.Payload))
            {
                if (key.Type == OvsKeyAttribute.InPort)
                    return BinaryPrimitives.TryReadUInt32LittleEndian(key.Payload, out port);
            }

            return false;
        }

        return false;
    }
}
