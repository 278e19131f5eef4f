using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>
/// Reads a network service header (RFC 8300) as <c>parse_nsh</c> in the kernel does, which drops a packet with an invalid header.
/// </summary>
internal static class NshExtraction
{
    private const int BaseLength = 8;
    private const int FixedContextLength = 24;
    private const byte FixedContext = 1;
    private const byte VariableContext = 2;

    public static bool TryExtract(ReadOnlySpan<byte> network, ref FlowKey key)
    {
        if (network.Length < BaseLength)
            return false;

        // Version 2 bits, flags 2, TTL 6, length 6 in words of 4 bytes.
        ushort first = BinaryPrimitives.ReadUInt16BigEndian(network);
        int length = (first & 0x3f) * 4;
        byte type = network[2];
        bool isFixed = type == FixedContext;
        if (first >> 14 != 0 || network.Length < length || !(isFixed ? length == FixedContextLength : type == VariableContext))
            return false;
        ulong flags = (ulong)(first >> 12) & 3;
        ulong timeToLive = (ulong)(first >> 6) & 0x3f;
        key.Set(
            FlowKeyFields.NshBase,
            (flags << 56) | (timeToLive << 48) | ((ulong)type << 40) | ((ulong)network[3] << 32)
                | BinaryPrimitives.ReadUInt32BigEndian(network[4..]));
        if (isFixed)
        {
            key.Set(FlowKeyFields.NshContext12, BinaryPrimitives.ReadUInt64BigEndian(network[8..]));
            key.Set(FlowKeyFields.NshContext34, BinaryPrimitives.ReadUInt64BigEndian(network[16..]));
        }

        return true;
    }
}
