namespace UpcallActors.Odp;

/// <summary>Attributes of <c>ovs_flow</c> messages (<c>OVS_FLOW_ATTR_*</c>), from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsFlowAttribute
{
    /// <summary>Nested <see cref="OvsKeyAttribute"/>.</summary>
    public const ushort Key = 1;

    /// <summary>Nested <see cref="OvsActionAttribute"/>.</summary>
    public const ushort Actions = 2;

    /// <summary>16 bytes: packets u64, bytes u64.</summary>
    public const ushort Stats = 3;

    /// <summary>u8: TCP flags seen, ORed.</summary>
    public const ushort TcpFlags = 4;

    /// <summary>u64: monotonic milliseconds of the last packet.</summary>
    public const ushort Used = 5;

    /// <summary>Flag: clear the counters.</summary>
    public const ushort Clear = 6;

    /// <summary>Nested <see cref="OvsKeyAttribute"/>.</summary>
    public const ushort Mask = 7;

    /// <summary>Flag: log no error.</summary>
    public const ushort Probe = 8;

    /// <summary>16 bytes: unique flow id.</summary>
    public const ushort Ufid = 9;

    /// <summary>u32: what an answer may leave out (OMIT_KEY 1, OMIT_MASK 2, OMIT_ACTIONS 4).</summary>
    public const ushort UfidFlags = 10;

    /// <summary>Padding, no meaning.</summary>
    public const ushort Pad = 11;
}
