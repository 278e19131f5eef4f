namespace UpcallActors.Kernel;

/// <summary>
/// Messages of connection tracking (<c>NFNL_SUBSYS_CTNETLINK</c>) and their attributes (<c>CTA_*</c>), from
/// <c>include/uapi/linux/netfilter/nfnetlink_conntrack.h</c>. Numbers are in network order unless said otherwise.
/// </summary>
internal static class ConntrackAttribute
{
    /// <summary>Bytes of <c>struct nfgenmsg</c>: family u8, version u8, resource id be16.</summary>
    public const int HeaderLength = 4;

    public const byte FamilyUnspecified = 0;
    public const byte FamilyIpv4 = 2;
    public const byte FamilyIpv6 = 10;

    public const ushort NewMessage = 0x100;
    public const ushort GetMessage = 0x101;
    public const ushort DeleteMessage = 0x102;

    public const ushort Original = 1;
    public const ushort Reply = 2;
    public const ushort Status = 3;
    public const ushort ProtocolInfo = 4;
    public const ushort Help = 5;
    public const ushort Timeout = 7;
    public const ushort Mark = 8;
    public const ushort OriginalCounters = 9;
    public const ushort ReplyCounters = 10;
    public const ushort Id = 12;
    public const ushort Master = 14;
    public const ushort Zone = 18;
    public const ushort Timestamp = 20;

    /// <summary>16 bytes, in host order as one number.</summary>
    public const ushort Labels = 22;

    public const ushort TupleIp = 1;
    public const ushort TupleProtocol = 2;

    public const ushort Ipv4Source = 1;
    public const ushort Ipv4Destination = 2;
    public const ushort Ipv6Source = 3;
    public const ushort Ipv6Destination = 4;

    public const ushort ProtocolNumber = 1;
    public const ushort SourcePort = 2;
    public const ushort DestinationPort = 3;
    public const ushort IcmpId = 4;
    public const ushort IcmpType = 5;
    public const ushort IcmpCode = 6;
    public const ushort Icmpv6Id = 7;
    public const ushort Icmpv6Type = 8;
    public const ushort Icmpv6Code = 9;

    public const ushort InfoTcp = 1;
    public const ushort InfoSctp = 3;

    public const ushort TcpState = 1;
    public const ushort TcpOriginalScale = 2;
    public const ushort TcpReplyScale = 3;

    /// <summary>Two bytes: flags and their mask.</summary>
    public const ushort TcpOriginalFlags = 4;

    /// <summary>As <see cref="TcpOriginalFlags"/>.</summary>
    public const ushort TcpReplyFlags = 5;

    public const ushort SctpState = 1;
    public const ushort SctpOriginalTag = 2;
    public const ushort SctpReplyTag = 3;

    public const ushort HelpName = 1;

    public const ushort CountersPackets = 1;
    public const ushort CountersBytes = 2;

    public const ushort TimestampStart = 1;
    public const ushort TimestampStop = 2;
}
