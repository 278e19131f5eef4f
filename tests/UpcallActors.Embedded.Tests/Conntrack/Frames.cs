using System.Buffers.Binary;
using System.Net;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>Builds frames with right lengths and checksums.</summary>
internal static class Frames
{
    public const int NetworkOffset = 14;
    public const byte Fin = 0x01;
    public const byte Syn = 0x02;
    public const byte Rst = 0x04;
    public const byte Push = 0x08;
    public const byte Ack = 0x10;

    public static ushort EtherTypeOf(byte[] frame) => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));

    /// <summary>Source and destination as "address port"; ports only where the protocol has them.</summary>
    public static byte[] Udp(string source, ushort sourcePort, string destination, ushort destinationPort, int payload = 8,
        bool checksum = true)
    {
        byte[] datagram = Ports(8 + payload, sourcePort, destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        return Ip(source, destination, 17, datagram, checksum ? 6 : null);
    }

    public static byte[] Tcp(
        string source, ushort sourcePort, string destination, ushort destinationPort, byte flags,
        uint sequence = 0, uint acknowledgement = 0, ushort window = 65535, int payload = 0, byte[]? options = null)
    {
        int header = 20 + (options?.Length ?? 0);
        byte[] segment = Ports(header + payload, sourcePort, destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledgement);
        segment[12] = (byte)(header / 4 << 4);
        segment[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), window);
        options?.CopyTo(segment, 20);
        return Ip(source, destination, 6, segment, 16);
    }

    public static byte[] Icmp(string source, string destination, byte type, byte code, ushort id, int payload = 56)
    {
        byte[] message = new byte[8 + payload];
        message[0] = type;
        message[1] = code;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), id);
        return Ip(source, destination, ProtocolOfIcmp(source), message, 2);
    }

    /// <summary>An ICMP error that quotes the IP packet of a frame.</summary>
    public static byte[] IcmpError(string source, string destination, byte type, byte code, byte[] about, int quoted = 128)
    {
        ReadOnlySpan<byte> packet = about.AsSpan(NetworkOffset);
        byte[] message = [type, code, 0, 0, 0, 0, 0, 0, .. packet[..Math.Min(quoted, packet.Length)]];
        return Ip(source, destination, ProtocolOfIcmp(source), message, 2);
    }

    public static byte[] Ip(string source, string destination, byte protocol, byte[] transport, int? checksumAt = null)
    {
        byte[] from = IPAddress.Parse(source).GetAddressBytes();
        byte[] to = IPAddress.Parse(destination).GetAddressBytes();
        if (checksumAt is { } at)
        {
            ulong pseudo = protocol == 1 ? 0 : InternetChecksum.PseudoHeader(from, to, protocol, transport.Length);
            BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(at), InternetChecksum.Compute(transport, pseudo));
        }

        return from.Length == 4 ? Ipv4(from, to, protocol, transport) : Ipv6(from, to, protocol, transport);
    }

    public static string SourceOf(byte[] frame) => AddressAt(frame, EtherTypeOf(frame) == 0x0800 ? 12 : 8);

    public static string DestinationOf(byte[] frame) => AddressAt(frame, EtherTypeOf(frame) == 0x0800 ? 16 : 24);

    public static ReadOnlySpan<byte> TransportOf(byte[] frame) => frame.AsSpan(NetworkOffset + (EtherTypeOf(frame) == 0x0800 ? 20 : 40));

    public static ushort SourcePortOf(byte[] frame) => BinaryPrimitives.ReadUInt16BigEndian(TransportOf(frame));

    public static ushort DestinationPortOf(byte[] frame) => BinaryPrimitives.ReadUInt16BigEndian(TransportOf(frame)[2..]);

    public static ushort IcmpIdOf(byte[] frame) => BinaryPrimitives.ReadUInt16BigEndian(TransportOf(frame)[4..]);

    private static byte ProtocolOfIcmp(string address) => address.Contains(':', StringComparison.Ordinal) ? (byte)58 : (byte)1;

    private static string AddressAt(byte[] frame, int offset) =>
        new IPAddress(frame.AsSpan(NetworkOffset + offset, EtherTypeOf(frame) == 0x0800 ? 4 : 16)).ToString();

    private static byte[] Ports(int length, ushort source, ushort destination)
    {
        byte[] transport = new byte[length];
        for (int i = 8; i < length; i++)
            transport[i] = (byte)(i * 7);
        transport.AsSpan(4, Math.Min(length - 4, 16)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(transport, source);
        BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(2), destination);
        return transport;
    }

    private static byte[] Ipv4(byte[] source, byte[] destination, byte protocol, byte[] transport)
    {
        byte[] frame = [.. Ethernet(0x0800), 0x45, 0, 0, 0, 0x12, 0x34, 0, 0, 64, protocol, 0, 0, .. source, .. destination, .. transport];
        Span<byte> header = frame.AsSpan(NetworkOffset, 20);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(20 + transport.Length));
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header));
        return frame;
    }

    private static byte[] Ipv6(byte[] source, byte[] destination, byte protocol, byte[] transport)
    {
        byte[] frame = [.. Ethernet(0x86dd), 0x60, 0, 0, 0, 0, 0, protocol, 64, .. source, .. destination, .. transport];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(NetworkOffset + 4), (ushort)transport.Length);
        return frame;
    }

    private static byte[] Ethernet(ushort type) => [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, (byte)(type >> 8), (byte)type];
}
