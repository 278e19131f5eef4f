using System.Buffers.Binary;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Explicit congestion notification across a tunnel (RFC 6040), as <c>INET_ECN_encapsulate</c> and <c>INET_ECN_decapsulate</c> in the
/// kernel's <c>include/net/inet_ecn.h</c>.
/// </summary>
internal static class TunnelCongestion
{
    private const byte EcnMask = 3;
    private const byte NotCapable = 0;
    private const byte Capable1 = 1;
    private const byte Capable0 = 2;
    private const byte Experienced = 3;

    /// <summary>
    /// The ToS of the outer header: the wish's, with the congestion bits
    /// of the frame inside; congestion experienced there is not passed on.
    /// </summary>
    public static byte Encapsulate(byte tos, ReadOnlySpan<byte> frame)
    {
        byte inner = TryFind(frame, out int network, out bool isIpv6) ? Read(frame[network..], isIpv6) : NotCapable;
        return (byte)((tos & ~EcnMask) | (inner == Experienced ? Capable0 : inner));
    }

    /// <summary>
    /// Carries congestion that the outer header tells of over to the frame inside, in place. False when
    /// the packet must be dropped: there was congestion, and the frame's sender would not understand.
    /// </summary>
    public static bool TryDecapsulate(byte outerTos, Span<byte> frame)
    {
        byte outer = (byte)(outerTos & EcnMask);
        if (outer is NotCapable or Capable0 || !TryFind(frame, out int network, out bool isIpv6))
            return true;
        Span<byte> ip = frame[network..];
        byte inner = Read(ip, isIpv6);
        if (inner == NotCapable)
            return outer != Experienced;
        if (outer == Experienced)
            Write(ip, isIpv6, Experienced);
        else if (inner == Capable0)
            Write(ip, isIpv6, Capable1);
        return true;
    }

    private static byte Read(ReadOnlySpan<byte> ip, bool isIpv6) => (byte)((isIpv6 ? ip[1] >> 4 : ip[1]) & EcnMask);

    private static void Write(Span<byte> ip, bool isIpv6, byte ecn)
    {
        if (isIpv6)
        {
            ip[1] = (byte)((ip[1] & ~(EcnMask << 4)) | (ecn << 4));
            return;
        }

        ushort before = BinaryPrimitives.ReadUInt16BigEndian(ip);
        ip[1] = (byte)((ip[1] & ~EcnMask) | ecn);
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(ip[10..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..],
            InternetChecksum.Update(checksum, before, BinaryPrimitives.ReadUInt16BigEndian(ip)));
    }

    /// <summary>Finds the IP header behind any tags; false when there is none in full.</summary>
    private static bool TryFind(ReadOnlySpan<byte> frame, out int network, out bool isIpv6)
    {
        const int Ipv4HeaderLength = 20;
        network = EthernetHeader.Length;
        isIpv6 = false;
        while (network <= frame.Length)
        {
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[(network - sizeof(ushort))..]);
            isIpv6 = type == EtherTypes.Ipv6;
            if (!EtherTypes.IsVlan(type))
                return (isIpv6 || type == EtherTypes.Ipv4)
                    && frame.Length - network >= (isIpv6 ? Ipv6Extraction.HeaderLength : Ipv4HeaderLength);
            network += EthernetHeader.VlanTagLength;
        }

        return false;
    }
}
