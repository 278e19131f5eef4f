namespace UpcallActors.Odp;

/// <summary>Arguments of the psample action (<c>OVS_PSAMPLE_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsPsampleAttribute
{
    /// <summary>u32: sample group.</summary>
    public const ushort Group = 1;

    /// <summary>At most 16 bytes.</summary>
    public const ushort Cookie = 2;
}
