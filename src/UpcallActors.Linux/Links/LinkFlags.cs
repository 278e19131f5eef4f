namespace UpcallActors.Linux;

/// <summary>State of a device (<c>IFF_*</c>), from <c>include/uapi/linux/if.h</c>; other bits occur.</summary>
[Flags]
internal enum LinkFlags : uint
{
    /// <summary>Down.</summary>
    None = 0,

    /// <summary>Set up by the administrator.</summary>
    Up = 0x1,

    /// <summary>The loopback device.</summary>
    Loopback = 0x8,

    /// <summary>Operational as RFC 2863 has it.</summary>
    Running = 0x40,

    /// <summary>Receives what is not for it.</summary>
    Promiscuous = 0x100,

    /// <summary>Has a carrier.</summary>
    LowerUp = 0x10000,
}
