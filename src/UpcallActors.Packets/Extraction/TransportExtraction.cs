using System.Buffers.Binary;

namespace UpcallActors.Packets;

/// <summary>Reads L4 fields. A header that is cut short leaves them zero, as in <c>key_extract_l3l4</c>.</summary>
internal static class TransportExtraction
{
    public const int TcpHeaderLength = 20;
    public const int UdpHeaderLength = 8;
    public const int SctpHeaderLength = 12;
    private const int IcmpHeaderLength = 8;
    private const int NeighbourMessageLength = 24;
    private const byte NeighbourSolicitation = 135;
    private const byte NeighbourAdvertisement = 136;
    private const byte SourceLinkLayerAddress = 1;
    private const byte TargetLinkLayerAddress = 2;
    private const int OptionUnit = 8;

    /// <summary>Reads the header of <paramref name="key"/>'s protocol; <paramref name="icmp"/> is the ICMP of its IP version.</summary>
    public static void Extract(ReadOnlySpan<byte> transport, byte icmp, ref FlowKey key)
    {
        switch (key.NwProto)
        {
            case IpProtocols.Tcp when IsTcp(transport):
                ReadPorts(transport, ref key);
                key.TcpFlags = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(transport[12..]) & 0xfff);
                break;
            case IpProtocols.Udp when transport.Length >= UdpHeaderLength:
            case IpProtocols.Sctp when transport.Length >= SctpHeaderLength:
                ReadPorts(transport, ref key);
                break;
            case IpProtocols.Icmp or IpProtocols.Icmpv6 when key.NwProto == icmp && transport.Length >= IcmpHeaderLength:
                key.TpSrc = transport[0];
                key.TpDst = transport[1];
                if (icmp == IpProtocols.Icmpv6)
                    ReadNeighbourDiscovery(transport, ref key);
                break;
        }
    }

    private static bool IsTcp(ReadOnlySpan<byte> transport)
    {
        if (transport.Length < TcpHeaderLength)
            return false;
        int length = (transport[12] >> 4) * 4;
        return length >= TcpHeaderLength && length <= transport.Length;
    }

    private static void ReadPorts(ReadOnlySpan<byte> transport, ref FlowKey key)
    {
        key.TpSrc = BinaryPrimitives.ReadUInt16BigEndian(transport);
        key.TpDst = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
    }

    /// <summary><c>parse_icmpv6</c>: options behind a malformed one are not read; a doubled one voids all ND fields.</summary>
    private static void ReadNeighbourDiscovery(ReadOnlySpan<byte> message, ref FlowKey key)
    {
        if (message[1] != 0 || message[0] is not (NeighbourSolicitation or NeighbourAdvertisement)
            || message.Length < NeighbourMessageLength)
            return;
        key.NdTarget = BinaryPrimitives.ReadUInt128BigEndian(message[8..]);
        ReadOnlySpan<byte> options = message[NeighbourMessageLength..];
        while (options.Length >= OptionUnit)
        {
            int length = options[1] * OptionUnit;
            if (length == 0 || length > options.Length)
                return;
            if (length == OptionUnit && !TryReadLinkLayerAddress(options, ref key))
            {
                key.NdTarget = 0;
                key.ArpSha = 0;
                key.ArpTha = 0;
                return;
            }

            options = options[length..];
        }
    }

    private static bool TryReadLinkLayerAddress(ReadOnlySpan<byte> option, ref FlowKey key)
    {
        ulong address = KeyExtraction.ReadAddress(option[2..]);
        switch (option[0])
        {
            case SourceLinkLayerAddress when key.ArpSha != 0:
            case TargetLinkLayerAddress when key.ArpTha != 0:
                return false;
            case SourceLinkLayerAddress:
                key.ArpSha = address;
                return true;
            case TargetLinkLayerAddress:
                key.ArpTha = address;
                return true;
            default:
                return true;
        }
    }
}
