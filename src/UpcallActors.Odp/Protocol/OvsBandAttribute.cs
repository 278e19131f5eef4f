namespace UpcallActors.Odp;

/// <summary>Attributes of a meter band (<c>OVS_BAND_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsBandAttribute
{
    /// <summary>u32; DROP is 1.</summary>
    public const ushort Type = 1;

    /// <summary>u32.</summary>
    public const ushort Rate = 2;

    /// <summary>u32.</summary>
    public const ushort Burst = 3;

    /// <summary>16 bytes: packets u64, bytes u64.</summary>
    public const ushort Stats = 4;
}
