namespace UpcallActors.Odp;

/// <summary>Commands of the <c>ovs_ct_limit</c> family, from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsCtLimitCommand
{
    /// <summary>Set limits.</summary>
    public const byte Set = 1;

    /// <summary>Delete limits.</summary>
    public const byte Delete = 2;

    /// <summary>Query limits.</summary>
    public const byte Get = 3;
}
