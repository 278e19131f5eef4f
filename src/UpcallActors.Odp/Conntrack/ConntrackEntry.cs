namespace UpcallActors.Odp;

/// <summary>A tracked connection as it was when asked for.</summary>
/// <param name="Original">What the first packet looked like.</param>
/// <param name="Reply">What an answer looks like; differs from the inverse of <paramref name="Original"/> by address translation.</param>
public sealed record ConntrackEntry(ConntrackTuple Original, ConntrackTuple Reply)
{
    /// <summary>The original tuple of the connection that led to this one; null without one.</summary>
    public ConntrackTuple? Parent { get; init; }

    /// <summary>A number that tells it from a later connection with the same tuples.</summary>
    public uint Id { get; init; }

    /// <summary>The zone.</summary>
    public ushort Zone { get; init; }

    /// <summary>What is known of it.</summary>
    public ConnectionStatus Status { get; init; }

    /// <summary>Seconds until it expires if nothing happens.</summary>
    public uint Timeout { get; init; }

    /// <summary>Connection mark.</summary>
    public uint Mark { get; init; }

    /// <summary>Connection labels, the number whose hexadecimal digits <c>ct_label</c> shows.</summary>
    public UInt128 Labels { get; init; }

    /// <summary>TCP's state; null for other protocols, or where the datapath does not tell.</summary>
    public ConntrackTcp? Tcp { get; init; }

    /// <summary>SCTP's state; null for other protocols, or where the datapath does not tell.</summary>
    public ConntrackSctp? Sctp { get; init; }

    /// <summary>Name of the helper, such as <c>ftp</c>; null without one.</summary>
    public string? Helper { get; init; }

    /// <summary>What went in the original direction.</summary>
    public ConntrackCounters OriginalCounters { get; init; }

    /// <summary>What came in answer.</summary>
    public ConntrackCounters ReplyCounters { get; init; }

    /// <summary>When it began, nanoseconds since 1970; 0 where the datapath does not note it (<c>nf_conntrack_timestamp</c>).</summary>
    public ulong Started { get; init; }

    /// <summary>When it ended, nanoseconds since 1970; 0 while it lives.</summary>
    public ulong Stopped { get; init; }
}
