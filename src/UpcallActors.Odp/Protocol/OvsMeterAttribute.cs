namespace UpcallActors.Odp;

/// <summary>Attributes of <c>ovs_meter</c> messages (<c>OVS_METER_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsMeterAttribute
{
    /// <summary>u32: meter id.</summary>
    public const ushort Id = 1;

    /// <summary>Flag: rates in kbit/s, else packets/s.</summary>
    public const ushort Kbps = 2;

    /// <summary>16 bytes: packets u64, bytes u64.</summary>
    public const ushort Stats = 3;

    /// <summary>Nested list of nested <see cref="OvsBandAttribute"/>.</summary>
    public const ushort Bands = 4;

    /// <summary>u64: monotonic milliseconds of the last packet.</summary>
    public const ushort Used = 5;

    /// <summary>Flag: clear the counters.</summary>
    public const ushort Clear = 6;

    /// <summary>u32.</summary>
    public const ushort MaxMeters = 7;

    /// <summary>u32.</summary>
    public const ushort MaxBands = 8;

    /// <summary>Padding, no meaning.</summary>
    public const ushort Pad = 9;
}
