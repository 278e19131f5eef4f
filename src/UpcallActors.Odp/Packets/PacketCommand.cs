namespace UpcallActors.Odp;

/// <summary>Commands of the <c>ovs_packet</c> family.</summary>
public enum PacketCommand : byte
{
    /// <summary>No flow matched (kernel to us).</summary>
    Miss = 1,

    /// <summary>A userspace action (kernel to us).</summary>
    Action = 2,

    /// <summary>Apply actions to a packet (us to kernel).</summary>
    Execute = 3,
}
