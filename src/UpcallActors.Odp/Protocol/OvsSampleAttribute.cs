namespace UpcallActors.Odp;

/// <summary>Arguments of the sample action (<c>OVS_SAMPLE_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsSampleAttribute
{
    /// <summary>u32; <see cref="uint.MaxValue"/> is always.</summary>
    public const ushort Probability = 1;

    /// <summary>Nested actions.</summary>
    public const ushort Actions = 2;
}
