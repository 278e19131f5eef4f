namespace UpcallActors.Odp;

/// <summary>Attributes of NSH keys (<c>OVS_NSH_KEY_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsNshKeyAttribute
{
    /// <summary>8 bytes: flags, TTL, MD type, next protocol, path header in network order.</summary>
    public const ushort Base = 1;

    /// <summary>16 bytes: four context words in network order.</summary>
    public const ushort Md1 = 2;

    /// <summary>Variable metadata.</summary>
    public const ushort Md2 = 3;
}
