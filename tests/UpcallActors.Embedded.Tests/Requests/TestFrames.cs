using System.Buffers.Binary;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Requests;

/// <summary>Frames with valid checksums, from host A (02:..:0a) to host B (02:..:0b).</summary>
public static class TestFrames
{
    public const ulong HostA = 0x0200_0000_000a;
    public const ulong HostB = 0x0200_0000_000b;
    public const int EthernetLength = 14;

    public static byte[] Udp(ushort source = 1000, ushort destination = 2000, int payload = 32, ushort vlan = 0)
    {
        byte[] segment = new byte[8 + payload];
        BinaryPrimitives.WriteUInt16BigEndian(segment, source);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), destination);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(4), (ushort)segment.Length);
        FillPayload(segment.AsSpan(8));
        return Ipv4(17, segment, 6, vlan);
    }

    public static byte[] Tcp(ushort flags = 0x018, int payload = 16)
    {
        byte[] segment = new byte[20 + payload];
        BinaryPrimitives.WriteUInt16BigEndian(segment, 1000);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), 2000);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(12), (ushort)(0x5000 | flags));
        FillPayload(segment.AsSpan(20));
        return Ipv4(6, segment, 16, 0);
    }

    public static byte[] Icmp(int payload = 56, ushort identification = 7)
    {
        byte[] message = new byte[8 + payload];
        message[0] = 8;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), identification);
        FillPayload(message.AsSpan(8));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.Compute(message));
        return Ipv4(1, message, 0, 0);
    }

    public static byte[] UdpOverIpv6(int payload = 32)
    {
        byte[] frame = new byte[EthernetLength + 40 + 8 + payload];
        WriteEthernet(frame, 0x86dd, 0);
        Span<byte> ip = frame.AsSpan(EthernetLength);
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(8 + payload));
        ip[6] = 17;
        ip[7] = 64;
        ip[8] = 0xfc;
        ip[23] = 1;
        ip[24] = 0xfc;
        ip[39] = 2;
        Span<byte> udp = ip[40..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, 1000);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], 2000);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        FillPayload(udp[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..],
            InternetChecksum.Compute(udp, InternetChecksum.PseudoHeader(ip.Slice(8, 16), ip.Slice(24, 16), 17, udp.Length)));
        return frame;
    }

    /// <summary>Whether the IPv4 header's checksum and that of the TCP, UDP or ICMP in it are right.</summary>
    public static bool HasValidChecksums(ReadOnlySpan<byte> frame, int networkOffset = EthernetLength)
    {
        ReadOnlySpan<byte> ip = frame[networkOffset..];
        ReadOnlySpan<byte> segment = ip[20..];
        ulong pseudo = ip[9] == 1 ? 0 : InternetChecksum.PseudoHeader(ip.Slice(12, 4), ip.Slice(16, 4), ip[9], segment.Length);
        return InternetChecksum.Compute(ip[..20]) == 0 && InternetChecksum.Compute(segment, pseudo) == 0;
    }

    private static byte[] Ipv4(byte protocol, byte[] segment, int checksumOffset, ushort vlan)
    {
        int header = EthernetLength + (vlan != 0 ? 4 : 0);
        byte[] frame = new byte[header + 20 + segment.Length];
        WriteEthernet(frame, 0x0800, vlan);
        Span<byte> ip = frame.AsSpan(header);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], 0x1234);
        ip[8] = 64;
        ip[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], 0x0a000001);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], 0x0a000002);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip[..20]));
        segment.CopyTo(ip[20..]);
        if (checksumOffset != 0)
        {
            ushort checksum = InternetChecksum.Compute(segment,
                InternetChecksum.PseudoHeader(ip.Slice(12, 4), ip.Slice(16, 4), protocol, segment.Length));
            BinaryPrimitives.WriteUInt16BigEndian(ip[(20 + checksumOffset)..], checksum);
        }

        return frame;
    }

    private static void WriteEthernet(Span<byte> frame, ushort type, ushort vlan)
    {
        WriteAddress(frame, HostB);
        WriteAddress(frame[6..], HostA);
        if (vlan != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x8100);
            BinaryPrimitives.WriteUInt16BigEndian(frame[14..], vlan);
        }

        BinaryPrimitives.WriteUInt16BigEndian(frame[(vlan != 0 ? 16 : 12)..], type);
    }

    private static void WriteAddress(Span<byte> target, ulong address)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)(address >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(target[2..], (uint)address);
    }

    private static void FillPayload(Span<byte> payload)
    {
        for (int index = 0; index < payload.Length; index++)
            payload[index] = (byte)index;
    }
}
