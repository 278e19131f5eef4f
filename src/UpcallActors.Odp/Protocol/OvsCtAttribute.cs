namespace UpcallActors.Odp;

/// <summary>Arguments of the ct action (<c>OVS_CT_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsCtAttribute
{
    /// <summary>Flag.</summary>
    public const ushort Commit = 1;

    /// <summary>u16 in host order.</summary>
    public const ushort Zone = 2;

    /// <summary>8 bytes: value u32, mask u32.</summary>
    public const ushort Mark = 3;

    /// <summary>32 bytes: value, mask.</summary>
    public const ushort Labels = 4;

    /// <summary>NUL-terminated name.</summary>
    public const ushort Helper = 5;

    /// <summary>Nested <see cref="OvsNatAttribute"/>.</summary>
    public const ushort Nat = 6;

    /// <summary>Flag.</summary>
    public const ushort ForceCommit = 7;

    /// <summary>u32.</summary>
    public const ushort EventMask = 8;

    /// <summary>NUL-terminated name of a timeout policy.</summary>
    public const ushort Timeout = 9;
}
