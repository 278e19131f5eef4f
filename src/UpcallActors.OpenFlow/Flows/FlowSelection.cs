namespace UpcallActors.OpenFlow;

/// <summary>
/// Which flows a change is about besides its match (<see cref="FlowChange.CookieFilter"/>, <see cref="FlowChange.OutPort"/> and the like).
/// An object of its own: a file may have hundreds of thousands of changes, most of which add a flow and select none.
/// </summary>
internal sealed record FlowSelection
{
    /// <summary>All of them.</summary>
    public static FlowSelection All { get; } = new();

    /// <summary>See <see cref="FlowChange.CookieFilter"/>.</summary>
    public ulong CookieFilter { get; init; }

    /// <summary>See <see cref="FlowChange.CookieMask"/>.</summary>
    public ulong CookieMask { get; init; }

    /// <summary>See <see cref="FlowChange.OutPort"/>.</summary>
    public uint OutPort { get; init; } = OpenFlowPorts.None;

    /// <summary>See <see cref="FlowChange.OutGroup"/>.</summary>
    public uint OutGroup { get; init; } = FlowChange.AnyGroup;
}
