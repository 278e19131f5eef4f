namespace UpcallActors.Odp;

/// <summary>
/// Commands of the datapath, vport and flow families (<c>OVS_DP_CMD_*</c> and
/// so on have the same numbers), from <c>include/uapi/linux/openvswitch.h</c>.
/// </summary>
internal static class OvsCommand
{
    /// <summary>Create, or an object as reported.</summary>
    public const byte New = 1;

    /// <summary>Delete.</summary>
    public const byte Delete = 2;

    /// <summary>Query or dump.</summary>
    public const byte Get = 3;

    /// <summary>Change.</summary>
    public const byte Set = 4;
}
