using System.Buffers.Binary;

namespace UpcallActors.Linux;

/// <summary>
/// What the ancillary data of a datagram tells of its IP header (<c>IP_PKTINFO</c>, <c>IP_TOS</c>, <c>IP_TTL</c> and their IPv6 fellows).
/// </summary>
internal struct UdpPacketInformation
{
    /// <summary>Where <c>ipi_addr</c> lies in <c>struct in_pktinfo</c>: behind the index and the local address.</summary>
    private const int Ipv4DestinationOffset = 8;
    private const int Ipv6AddressLength = 16;

    public UInt128 Destination;
    public byte Tos;
    public byte Ttl;

    public void Read(ControlMessages messages, bool isIpv6)
    {
        foreach (ControlMessage message in messages)
        {
            if (message.Level == (isIpv6 ? DeviceCalls.LevelIpv6 : DeviceCalls.LevelIp))
                ReadOne(message, isIpv6);
        }
    }

    private void ReadOne(ControlMessage message, bool isIpv6)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        if (isIpv6)
        {
            if (message.Type == DeviceCalls.Ipv6PacketInfo && payload.Length >= Ipv6AddressLength)
                Destination = BinaryPrimitives.ReadUInt128BigEndian(payload);
            else if (message.Type == DeviceCalls.Ipv6HopLimit && payload.Length >= sizeof(int))
                Ttl = (byte)BinaryPrimitives.ReadInt32LittleEndian(payload);
            else if (message.Type == DeviceCalls.Ipv6TrafficClass && payload.Length >= sizeof(int))
                Tos = (byte)BinaryPrimitives.ReadInt32LittleEndian(payload);
        }
        else if (message.Type == DeviceCalls.IpPacketInfo && payload.Length >= Ipv4DestinationOffset + sizeof(uint))
        {
            Destination = BinaryPrimitives.ReadUInt32BigEndian(payload[Ipv4DestinationOffset..]);
        }
        else if (message.Type == DeviceCalls.IpTtl && payload.Length >= sizeof(int))
        {
            Ttl = (byte)BinaryPrimitives.ReadInt32LittleEndian(payload);
        }
        else if (message.Type == DeviceCalls.IpTos && !payload.IsEmpty)
        {
            Tos = payload[0];
        }
    }
}
