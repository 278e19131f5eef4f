namespace UpcallActors.Odp;

/// <summary>Which connections are meant; what is null may be anything.</summary>
internal sealed record ConntrackMatch
{
    /// <summary>Matches every connection.</summary>
    public static ConntrackMatch Any { get; } = new();

    /// <summary>IP version.</summary>
    public bool? IsIpv6 { get; init; }

    /// <summary>IP protocol.</summary>
    public byte? Protocol { get; init; }

    /// <summary>The original direction.</summary>
    public ConntrackTupleMatch Original { get; init; } = ConntrackTupleMatch.Any;

    /// <summary>The answer's direction.</summary>
    public ConntrackTupleMatch Reply { get; init; } = ConntrackTupleMatch.Any;

    /// <summary>Connection mark under a mask.</summary>
    public (uint Value, uint Mask) Mark { get; init; }

    /// <summary>Connection labels under a mask.</summary>
    public (UInt128 Value, UInt128 Mask) Labels { get; init; }

    /// <summary>Whether a connection is meant.</summary>
    public bool Matches(ConntrackEntry entry) =>
        (IsIpv6 ?? entry.Original.IsIpv6) == entry.Original.IsIpv6
        && (Protocol ?? entry.Original.Protocol) == entry.Original.Protocol
        && Original.Matches(entry.Original)
        && Reply.Matches(entry.Reply)
        && ((entry.Mark ^ Mark.Value) & Mark.Mask) == 0
        && ((entry.Labels ^ Labels.Value) & Labels.Mask) == 0;

    /// <summary>
    /// Makes a datapath forget the connections that are meant, in one zone or, without, in all; a connection that is given in full
    /// and without zone is looked for in zone 0, as <c>ct_dpif_flush</c> does. False when exactly one was named and is not there. Throws
    /// <see cref="DatapathException"/> when the datapath refuses.
    /// </summary>
    public bool Flush(IConntrack conntrack, ushort? zone)
    {
        if (this == Any)
        {
            conntrack.Flush(zone);
            return true;
        }

        if (Exact is { } tuple)
            return conntrack.Flush(zone ?? 0, tuple);
        foreach (ConntrackEntry entry in conntrack.Dump(zone))
        {
            // One that has ended since the dump is what was asked for.
            if (Matches(entry))
                conntrack.Flush(entry.Zone, entry.Original);
        }

        return true;
    }

    private ConntrackTuple? Exact =>
        Protocol is { } protocol && IsIpv6 is { } isIpv6 && Reply == ConntrackTupleMatch.Any && Mark.Mask == 0 && Labels.Mask == 0
            ? Original.Exact(protocol, isIpv6)
            : null;
}
