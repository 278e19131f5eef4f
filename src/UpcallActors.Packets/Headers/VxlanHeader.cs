using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>The 8 bytes in front of a frame in a VXLAN datagram (RFC 7348): flags, reserved, network identifier, reserved.</summary>
internal static class VxlanHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 8;

    /// <summary>The registered UDP port.</summary>
    public const ushort DefaultPort = 4789;

    private const uint HasIdentifier = 0x0800_0000;
    private const uint IdentifierMask = 0x00ff_ffff;

    /// <summary>
    /// Looks at a datagram as <c>vxlan_rcv</c> without extensions does: the flag for the identifier must be set, and no other, because
    /// other flags mean unknown extensions. The frame behind must have an Ethernet header.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out uint identifier, out ReadOnlySpan<byte> frame)
    {
        identifier = 0;
        frame = default;
        if (datagram.Length < Length + EthernetHeader.Length || BinaryPrimitives.ReadUInt32BigEndian(datagram) != HasIdentifier)
            return false;
        uint second = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]);
        identifier = second >> 8;
        frame = datagram[Length..];
        return (byte)second == 0;
    }

    /// <summary>Writes the header; of the identifier the lower 24 bits.</summary>
    public static void Write(Span<byte> target, uint identifier)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, HasIdentifier);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], (identifier & IdentifierMask) << 8);
    }
}
