namespace UpcallActors.Odp;

/// <summary>What is known of a connection (<c>IPS_*</c>), from <c>include/uapi/linux/netfilter/nf_conntrack_common.h</c>.</summary>
[Flags]
public enum ConnectionStatus : uint
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>Another connection led to it (a helper expected it).</summary>
    Expected = 0x0001,

    /// <summary>Packets went both ways.</summary>
    SeenReply = 0x0002,

    /// <summary>Never dropped early when the table is full.</summary>
    Assured = 0x0004,

    /// <summary>Was committed.</summary>
    Confirmed = 0x0008,

    /// <summary>The source is translated.</summary>
    SourceNat = 0x0010,

    /// <summary>The destination is translated.</summary>
    DestinationNat = 0x0020,

    /// <summary>TCP sequence numbers are adjusted.</summary>
    SequenceAdjust = 0x0040,

    /// <summary>Source translation was decided, even if on none.</summary>
    SourceNatDone = 0x0080,

    /// <summary>Destination translation was decided, even if on none.</summary>
    DestinationNatDone = 0x0100,

    /// <summary>Being removed.</summary>
    Dying = 0x0200,

    /// <summary>Its timeout is not prolonged.</summary>
    FixedTimeout = 0x0400,

    /// <summary>A template, no connection.</summary>
    Template = 0x0800,

    /// <summary>Not tracked (kernels up to 4.11; a later kernel's <c>IPS_NAT_CLASH</c>).</summary>
    Untracked = 0x1000,
}
