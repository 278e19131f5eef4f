namespace UpcallActors.Odp;

/// <summary>Datapath actions (<c>OVS_ACTION_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsActionAttribute
{
    /// <summary>u32: port.</summary>
    public const ushort Output = 1;

    /// <summary>Nested <see cref="OvsUserspaceAttribute"/>.</summary>
    public const ushort Userspace = 2;

    /// <summary>Nested: one key attribute.</summary>
    public const ushort Set = 3;

    /// <summary>4 bytes in network order: TPID, TCI.</summary>
    public const ushort PushVlan = 4;

    /// <summary>Empty.</summary>
    public const ushort PopVlan = 5;

    /// <summary>Nested <see cref="OvsSampleAttribute"/>.</summary>
    public const ushort Sample = 6;

    /// <summary>u32: recirculation id.</summary>
    public const ushort Recirc = 7;

    /// <summary>8 bytes: algorithm u32, basis u32.</summary>
    public const ushort Hash = 8;

    /// <summary>8 bytes: label stack entry, EtherType, padding.</summary>
    public const ushort PushMpls = 9;

    /// <summary>u16 in network order: EtherType.</summary>
    public const ushort PopMpls = 10;

    /// <summary>Nested: one key attribute whose payload is value, then mask.</summary>
    public const ushort SetMasked = 11;

    /// <summary>Nested <see cref="OvsCtAttribute"/>.</summary>
    public const ushort Ct = 12;

    /// <summary>u32: longest packet.</summary>
    public const ushort Trunc = 13;

    /// <summary>12 bytes: source, destination.</summary>
    public const ushort PushEth = 14;

    /// <summary>Empty.</summary>
    public const ushort PopEth = 15;

    /// <summary>Empty.</summary>
    public const ushort CtClear = 16;

    /// <summary>Nested <see cref="OvsNshKeyAttribute"/>.</summary>
    public const ushort PushNsh = 17;

    /// <summary>Empty.</summary>
    public const ushort PopNsh = 18;

    /// <summary>u32: meter id.</summary>
    public const ushort Meter = 19;

    /// <summary>Nested actions.</summary>
    public const ushort Clone = 20;

    /// <summary>Nested <see cref="OvsCheckPktLenAttribute"/>.</summary>
    public const ushort CheckPktLen = 21;

    /// <summary>8 bytes: label stack entry, EtherType u16, flags u16.</summary>
    public const ushort AddMpls = 22;

    /// <summary>Nested: ACTION 1, nested actions for an expired packet.</summary>
    public const ushort DecTtl = 23;

    /// <summary>u32: <see cref="XlateError"/>.</summary>
    public const ushort Drop = 24;

    /// <summary>Nested <see cref="OvsPsampleAttribute"/>.</summary>
    public const ushort Psample = 25;
}
