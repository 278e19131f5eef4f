namespace UpcallActors.Packets;

/// <summary>Where the fields of a <see cref="FlowKey"/> lie. What each holds is said at the property of the same name.</summary>
internal static class FlowKeyFields
{
    /// <summary>64 bits, word 0.</summary>
    public static FieldLocation TunId => new(0, 0, 64);

    /// <summary>32 bits, word 1.</summary>
    public static FieldLocation TunIpv4Src => new(1, 32, 32);

    /// <summary>32 bits, word 1.</summary>
    public static FieldLocation TunIpv4Dst => new(1, 0, 32);

    /// <summary>128 bits, word 2.</summary>
    public static FieldLocation TunIpv6Src => new(2, 0, 128);

    /// <summary>128 bits, word 4.</summary>
    public static FieldLocation TunIpv6Dst => new(4, 0, 128);

    /// <summary>16 bits, word 6.</summary>
    public static FieldLocation TunFlags => new(6, 48, 16);

    /// <summary>8 bits, word 6.</summary>
    public static FieldLocation TunTos => new(6, 40, 8);

    /// <summary>8 bits, word 6.</summary>
    public static FieldLocation TunTtl => new(6, 32, 8);

    /// <summary>16 bits, word 6.</summary>
    public static FieldLocation TunTpSrc => new(6, 16, 16);

    /// <summary>16 bits, word 6.</summary>
    public static FieldLocation TunTpDst => new(6, 0, 16);

    /// <summary>16 bits, word 7.</summary>
    public static FieldLocation TunGbpId => new(7, 48, 16);

    /// <summary>8 bits, word 7.</summary>
    public static FieldLocation TunGbpFlags => new(7, 40, 8);

    /// <summary>32 bits, word 8.</summary>
    public static FieldLocation DatapathPort => new(8, 32, 32);

    /// <summary>32 bits, word 8.</summary>
    public static FieldLocation RecircId => new(8, 0, 32);

    /// <summary>32 bits, word 9.</summary>
    public static FieldLocation SkbPriority => new(9, 32, 32);

    /// <summary>32 bits, word 9.</summary>
    public static FieldLocation SkbMark => new(9, 0, 32);

    /// <summary>32 bits, word 10.</summary>
    public static FieldLocation DpHash => new(10, 32, 32);

    /// <summary>32 bits, word 10.</summary>
    public static FieldLocation CtMark => new(10, 0, 32);

    /// <summary>32 bits, word 11.</summary>
    public static FieldLocation CtState => new(11, 32, 32);

    /// <summary>16 bits, word 11.</summary>
    public static FieldLocation CtZone => new(11, 16, 16);

    /// <summary>8 bits, word 11.</summary>
    public static FieldLocation CtOrigProto => new(11, 8, 8);

    /// <summary>128 bits, word 12.</summary>
    public static FieldLocation CtLabels => new(12, 0, 128);

    /// <summary>32 bits, word 14.</summary>
    public static FieldLocation CtOrigIpv4Src => new(14, 32, 32);

    /// <summary>32 bits, word 14.</summary>
    public static FieldLocation CtOrigIpv4Dst => new(14, 0, 32);

    /// <summary>16 bits, word 15.</summary>
    public static FieldLocation CtOrigTpSrc => new(15, 48, 16);

    /// <summary>16 bits, word 15.</summary>
    public static FieldLocation CtOrigTpDst => new(15, 32, 16);

    /// <summary>32 bits, word 15.</summary>
    public static FieldLocation PacketType => new(15, 0, 32);

    /// <summary>128 bits, word 16.</summary>
    public static FieldLocation CtOrigIpv6Src => new(16, 0, 128);

    /// <summary>128 bits, word 18.</summary>
    public static FieldLocation CtOrigIpv6Dst => new(18, 0, 128);

    /// <summary>48 bits, word 20.</summary>
    public static FieldLocation EthDst => new(20, 16, 48);

    /// <summary>16 bits, word 20.</summary>
    public static FieldLocation EthType => new(20, 0, 16);

    /// <summary>48 bits, word 21.</summary>
    public static FieldLocation EthSrc => new(21, 16, 48);

    /// <summary>16 bits, word 22.</summary>
    public static FieldLocation VlanTpid => new(22, 48, 16);

    /// <summary>16 bits, word 22.</summary>
    public static FieldLocation VlanTci => new(22, 32, 16);

    /// <summary>16 bits, word 22.</summary>
    public static FieldLocation CvlanTpid => new(22, 16, 16);

    /// <summary>16 bits, word 22.</summary>
    public static FieldLocation CvlanTci => new(22, 0, 16);

    /// <summary>32 bits, word 23.</summary>
    public static FieldLocation Mpls0 => new(23, 32, 32);

    /// <summary>32 bits, word 23.</summary>
    public static FieldLocation Mpls1 => new(23, 0, 32);

    /// <summary>32 bits, word 24.</summary>
    public static FieldLocation Mpls2 => new(24, 32, 32);

    /// <summary>32 bits, word 25.</summary>
    public static FieldLocation Ipv4Src => new(25, 32, 32);

    /// <summary>32 bits, word 25.</summary>
    public static FieldLocation Ipv4Dst => new(25, 0, 32);

    /// <summary>128 bits, word 26.</summary>
    public static FieldLocation Ipv6Src => new(26, 0, 128);

    /// <summary>128 bits, word 28.</summary>
    public static FieldLocation Ipv6Dst => new(28, 0, 128);

    /// <summary>32 bits, word 30.</summary>
    public static FieldLocation Ipv6Label => new(30, 32, 32);

    /// <summary>8 bits, word 30.</summary>
    public static FieldLocation NwProto => new(30, 24, 8);

    /// <summary>8 bits, word 30.</summary>
    public static FieldLocation NwTos => new(30, 16, 8);

    /// <summary>8 bits, word 30.</summary>
    public static FieldLocation NwTtl => new(30, 8, 8);

    /// <summary>8 bits, word 30.</summary>
    public static FieldLocation NwFrag => new(30, 0, 8);

    /// <summary>48 bits, word 31.</summary>
    public static FieldLocation ArpSha => new(31, 16, 48);

    /// <summary>16 bits, word 31.</summary>
    public static FieldLocation TcpFlags => new(31, 0, 16);

    /// <summary>48 bits, word 32.</summary>
    public static FieldLocation ArpTha => new(32, 16, 48);

    /// <summary>128 bits, word 33.</summary>
    public static FieldLocation NdTarget => new(33, 0, 128);

    /// <summary>64 bits, word 35.</summary>
    public static FieldLocation NshBase => new(35, 0, 64);

    /// <summary>64 bits, word 36.</summary>
    public static FieldLocation NshContext12 => new(36, 0, 64);

    /// <summary>64 bits, word 37.</summary>
    public static FieldLocation NshContext34 => new(37, 0, 64);

    /// <summary>16 bits, word 38.</summary>
    public static FieldLocation TpSrc => new(38, 48, 16);

    /// <summary>16 bits, word 38.</summary>
    public static FieldLocation TpDst => new(38, 32, 16);
}
