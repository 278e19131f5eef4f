namespace UpcallActors.Embedded;

/// <summary>What is known of a connection (<c>IPS_*</c> of the kernel).</summary>
[Flags]
public enum ConnectionStatus
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>Packets went both ways.</summary>
    SeenReply = 0x01,

    /// <summary>Never dropped early when the table is full.</summary>
    Assured = 0x02,

    /// <summary>Was committed.</summary>
    Confirmed = 0x04,

    /// <summary>The source is translated.</summary>
    SourceNat = 0x08,

    /// <summary>The destination is translated.</summary>
    DestinationNat = 0x10,

    /// <summary>Source translation was decided, even if on none.</summary>
    SourceNatDone = 0x20,

    /// <summary>Destination translation was decided, even if on none.</summary>
    DestinationNatDone = 0x40,
}
