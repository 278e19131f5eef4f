namespace UpcallActors.OpenFlow;

/// <summary>Why a packet goes to a controller (<c>enum ofp_packet_in_reason</c>).</summary>
internal enum ControllerReason : byte
{
    /// <summary>No flow matched.</summary>
    NoMatch = 0,

    /// <summary>An action said so.</summary>
    Action = 1,

    /// <summary>The TTL would have become 0.</summary>
    InvalidTtl = 2,

    /// <summary>An action of the action set said so.</summary>
    ActionSet = 3,

    /// <summary>A group said so.</summary>
    Group = 4,

    /// <summary>A packet-out said so.</summary>
    PacketOut = 5,

    /// <summary>The action of a table-miss flow said so.</summary>
    ExplicitMiss = 6,

    /// <summary>No flow matched, and the table says that such packets go to controllers.</summary>
    ImplicitMiss = 7,
}

/// <summary>
/// What the cookie of a controller's userspace action says, as the 64-bit argument of the cookie.
/// </summary>
/// <param name="MaximumLength">Bytes of the packet to send, 65535 for all of it.</param>
/// <param name="Reason">Why.</param>
/// <param name="ControllerId">Which controllers.</param>
internal readonly record struct ControllerRequest(ushort MaximumLength, ControllerReason Reason, ushort ControllerId)
{
    /// <summary>A request that says nothing special: the whole packet, because of an action.</summary>
    public static ControllerRequest Default => new(ushort.MaxValue, ControllerReason.Action, 0);

    /// <summary>Whether nothing is to be sent: a trace only tells.</summary>
    public bool DontSend { get; init; }

    /// <summary>Whether the packet waits for the controller to go on.</summary>
    public bool Pauses { get; init; }

    /// <summary>
    /// Packs it: controller in bits 0 to 15, length in 16 to 31, reason in 32 to 39, bit 48 if nothing is to be sent, and bit 49 if the
    /// packet waits.
    /// </summary>
    public ulong ToArgument() =>
        ControllerId | ((ulong)MaximumLength << 16) | ((ulong)Reason << 32) | (DontSend ? 1UL << 48 : 0) | (Pauses ? 1UL << 49 : 0);

    /// <summary>Unpacks what <see cref="ToArgument"/> packed.</summary>
    public static ControllerRequest FromArgument(ulong argument) =>
        new((ushort)(argument >> 16), (ControllerReason)(argument >> 32), (ushort)argument)
        {
            DontSend = ((argument >> 48) & 1) != 0,
            Pauses = ((argument >> 49) & 1) != 0,
        };
}
