namespace UpcallActors.Odp;

/// <summary>
/// Attributes of <c>ovs_ct_limit</c> messages (<c>OVS_CT_LIMIT_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.
/// </summary>
internal static class OvsCtLimitAttribute
{
    /// <summary>Array of 12 bytes: zone s32, limit u32, count u32.</summary>
    public const ushort ZoneLimit = 1;
}
