namespace UpcallActors.Packets;

/// <summary>Connection state bits (<c>OVS_CS_F_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
[Flags]
public enum CtState : uint
{
    /// <summary>Not tracked.</summary>
    None = 0,

    /// <summary>Beginning of a new connection.</summary>
    New = 0x01,

    /// <summary>Part of an existing connection.</summary>
    Established = 0x02,

    /// <summary>Related to an existing connection.</summary>
    Related = 0x04,

    /// <summary>In the reply direction.</summary>
    Reply = 0x08,

    /// <summary>Could not be tracked.</summary>
    Invalid = 0x10,

    /// <summary>Has been through the connection tracker.</summary>
    Tracked = 0x20,

    /// <summary>Source address or port was changed by NAT.</summary>
    SourceNat = 0x40,

    /// <summary>Destination address or port was changed by NAT.</summary>
    DestinationNat = 0x80,
}
