namespace UpcallActors.OpenFlow;

/// <summary>The words that stand for an Ethernet type and an IP protocol: <c>tcp</c>, <c>arp</c>.</summary>
internal readonly record struct ProtocolShorthand(string Name, ushort EthType, byte Protocol)
{
    // The first of several that mean the same is the one that is printed.
    private static readonly ProtocolShorthand[] _all =
    [
        new("icmp", FieldPrerequisites.EtherTypeIpv4, FieldPrerequisites.ProtocolIcmp),
        new("tcp", FieldPrerequisites.EtherTypeIpv4, FieldPrerequisites.ProtocolTcp),
        new("udp", FieldPrerequisites.EtherTypeIpv4, FieldPrerequisites.ProtocolUdp),
        new("sctp", FieldPrerequisites.EtherTypeIpv4, FieldPrerequisites.ProtocolSctp),
        new("ip", FieldPrerequisites.EtherTypeIpv4, 0),
        new("ipv4", FieldPrerequisites.EtherTypeIpv4, 0),
        new("ip4", FieldPrerequisites.EtherTypeIpv4, 0),
        new("icmp6", FieldPrerequisites.EtherTypeIpv6, FieldPrerequisites.ProtocolIcmpv6),
        new("tcp6", FieldPrerequisites.EtherTypeIpv6, FieldPrerequisites.ProtocolTcp),
        new("udp6", FieldPrerequisites.EtherTypeIpv6, FieldPrerequisites.ProtocolUdp),
        new("sctp6", FieldPrerequisites.EtherTypeIpv6, FieldPrerequisites.ProtocolSctp),
        new("ipv6", FieldPrerequisites.EtherTypeIpv6, 0),
        new("ip6", FieldPrerequisites.EtherTypeIpv6, 0),
        new("arp", FieldPrerequisites.EtherTypeArp, 0),
        new("rarp", FieldPrerequisites.EtherTypeRarp, 0),
    ];

    private bool HasProtocol => Protocol != 0;

    public static bool TryFind(ReadOnlySpan<char> name, out ProtocolShorthand shorthand)
    {
        foreach (ProtocolShorthand candidate in _all)
        {
            if (name.SequenceEqual(candidate.Name))
            {
                shorthand = candidate;
                return true;
            }
        }
        shorthand = default;
        return false;
    }

    /// <summary>The shorthand that says most of a match, whose bits are then taken from <paramref name="remaining"/>.</summary>
    public static string? Take(in Flow value, ref Flow remaining)
    {
        foreach (ProtocolShorthand candidate in _all)
        {
            bool type = remaining.Key.EthType == ushort.MaxValue && value.Key.EthType == candidate.EthType;
            bool protocol = !candidate.HasProtocol || (remaining.Key.NwProto == byte.MaxValue && value.Key.NwProto == candidate.Protocol);
            if (!type || !protocol)
                continue;
            remaining.Key.EthType = 0;
            if (candidate.HasProtocol)
                remaining.Key.NwProto = 0;
            return candidate.Name;
        }
        return null;
    }
}
