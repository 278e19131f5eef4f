using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>A copy of a packet on its way through conntrack, as <c>ct(table=…)</c> made it.</summary>
internal readonly struct ForkedPacket
{
    /// <summary>What it comes back with.</summary>
    public required uint RecirculationId { get; init; }

    /// <summary>Where it continues.</summary>
    public required byte Table { get; init; }

    /// <summary>The zone it is tracked in.</summary>
    public required ushort Zone { get; init; }

    /// <summary>
    /// The packet as the actions had changed it; its connection's fields
    /// are those of before, but for mark and label that the action writes.
    /// </summary>
    public required Flow Flow { get; init; }

    /// <summary>What may become of its addresses, if anything.</summary>
    internal NatAction? Nat { get; init; }
}
