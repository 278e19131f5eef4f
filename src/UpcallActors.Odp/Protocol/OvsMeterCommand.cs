namespace UpcallActors.Odp;

/// <summary>Commands of the <c>ovs_meter</c> family, from <c>include/uapi/linux/openvswitch.h</c>.</summary>
internal static class OvsMeterCommand
{
    /// <summary>What the datapath offers.</summary>
    public const byte Features = 1;

    /// <summary>Create or change.</summary>
    public const byte Set = 2;

    /// <summary>Delete.</summary>
    public const byte Delete = 3;

    /// <summary>Query.</summary>
    public const byte Get = 4;
}
