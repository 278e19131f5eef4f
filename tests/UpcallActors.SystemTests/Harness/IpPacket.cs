using System.Buffers.Binary;
using System.Net;

namespace UpcallActors.SystemTests.Harness;

/// <summary>An IP packet on the wire, which may be a fragment.</summary>
/// <param name="Length">Bytes from the IP header on: what an MTU bounds.</param>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="Protocol">What the datagram carries: 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6.</param>
/// <param name="Identification">Identification of the datagram; of an IPv6 packet that is no fragment 0.</param>
/// <param name="Offset">Where in the datagram <paramref name="Payload"/> belongs, in bytes.</param>
/// <param name="MoreFragments">Whether it is a fragment and not the last.</param>
/// <param name="Payload">The piece of the datagram.</param>
internal sealed record IpPacket(
    int Length, IPAddress Source, IPAddress Destination, byte Protocol, uint Identification, int Offset, bool MoreFragments,
    ReadOnlyMemory<byte> Payload)
{
    private const ushort EtherTypeIpv4 = 0x0800;
    private const ushort EtherTypeVlan = 0x8100;
    private const ushort EtherTypeIpv6 = 0x86dd;
    private const byte NextHeaderFragment = 44;

    /// <summary>Whether it is a piece of a datagram.</summary>
    public bool IsFragment => MoreFragments || Offset > 0;

    /// <summary>The IP packet in an Ethernet frame, tagged or not; null when there is none.</summary>
    public static IpPacket? Of(ReadOnlyMemory<byte> frame)
    {
        int network = 14;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame.Span[12..]);
        while (type == EtherTypeVlan)
        {
            type = BinaryPrimitives.ReadUInt16BigEndian(frame.Span[(network + 2)..]);
            network += 4;
        }

        return type switch
        {
            EtherTypeIpv4 => Ipv4(frame[network..]),
            EtherTypeIpv6 => Ipv6(frame[network..]),
            _ => null,
        };
    }

    private static IpPacket Ipv4(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> header = bytes.Span;
        int headerLength = (header[0] & 0xf) * 4;
        int length = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(header[6..]);
        return new IpPacket(
            length, new IPAddress(header[12..16]), new IPAddress(header[16..20]), header[9],
            BinaryPrimitives.ReadUInt16BigEndian(header[4..]), (fragment & 0x1fff) * 8, (fragment & 0x2000) != 0,
            bytes[headerLength..length]);
    }

    private static IpPacket Ipv6(ReadOnlyMemory<byte> bytes)
    {
        const int HeaderLength = 40;
        const int FragmentHeaderLength = 8;
        ReadOnlySpan<byte> header = bytes.Span;
        int length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(header[4..]);
        var source = new IPAddress(header[8..24]);
        var destination = new IPAddress(header[24..40]);
        if (header[6] != NextHeaderFragment)
            return new IpPacket(length, source, destination, header[6], 0, 0, false, bytes[HeaderLength..length]);
        ReadOnlySpan<byte> fragment = header[HeaderLength..];
        ushort offset = BinaryPrimitives.ReadUInt16BigEndian(fragment[2..]);
        return new IpPacket(
            length, source, destination, fragment[0], BinaryPrimitives.ReadUInt32BigEndian(fragment[4..]),
            offset & ~7, (offset & 1) != 0, bytes[(HeaderLength + FragmentHeaderLength)..length]);
    }
}
