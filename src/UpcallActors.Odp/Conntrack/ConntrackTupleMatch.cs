namespace UpcallActors.Odp;

/// <summary>What one direction of a connection must look like; what is null may be anything.</summary>
internal sealed record ConntrackTupleMatch
{
    /// <summary>Matches every tuple.</summary>
    public static ConntrackTupleMatch Any { get; } = new();

    /// <summary>Source address; IPv4 in the low 32 bits.</summary>
    public UInt128? Source { get; init; }

    /// <summary>Destination address.</summary>
    public UInt128? Destination { get; init; }

    /// <summary>Source port.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>Destination port.</summary>
    public ushort? DestinationPort { get; init; }

    /// <summary>Id of an ICMP or ICMPv6 query.</summary>
    public ushort? IcmpId { get; init; }

    /// <summary>Its type.</summary>
    public byte? IcmpType { get; init; }

    /// <summary>Its code.</summary>
    public byte? IcmpCode { get; init; }

    /// <summary>Whether a tuple is so.</summary>
    public bool Matches(in ConntrackTuple tuple)
    {
        if ((Source ?? tuple.Source) != tuple.Source || (Destination ?? tuple.Destination) != tuple.Destination)
            return false;
        if (!tuple.IsIcmp)
            return (SourcePort ?? tuple.SourcePort) == tuple.SourcePort
                && (DestinationPort ?? tuple.DestinationPort) == tuple.DestinationPort;
        byte type = (byte)(tuple.DestinationPort >> 8);
        byte code = (byte)tuple.DestinationPort;
        return (IcmpId ?? tuple.SourcePort) == tuple.SourcePort && (IcmpType ?? type) == type && (IcmpCode ?? code) == code;
    }

    /// <summary>The one tuple that matches, if it is fully given.</summary>
    internal ConntrackTuple? Exact(byte protocol, bool isIpv6)
    {
        if (Source is not { } source || Destination is not { } destination)
            return null;
        var tuple = new ConntrackTuple(source, destination, 0, 0, protocol, isIpv6);
        if (!tuple.IsIcmp)
            return SourcePort is { } from && DestinationPort is { } to ? tuple with { SourcePort = from, DestinationPort = to } : null;
        return IcmpId is { } id && IcmpType is { } type && IcmpCode is { } code
            ? tuple with { SourcePort = id, DestinationPort = (ushort)((type << 8) | code) }
            : null;
    }
}
