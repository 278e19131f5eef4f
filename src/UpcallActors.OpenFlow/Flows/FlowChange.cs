namespace UpcallActors.OpenFlow;

/// <summary>One change to flow tables: a line of a flow file.</summary>
public sealed record FlowChange
{
    /// <summary>The priority of a flow that names none (<c>OFP_DEFAULT_PRIORITY</c>).</summary>
    public const ushort DefaultPriority = 0x8000;

    /// <summary>No group in particular (<c>OFPG_ANY</c>).</summary>
    public const uint AnyGroup = 0xffffffff;

    private readonly ulong _cookie;
    private readonly bool _hasCookie;
    private readonly FlowSelection _selection = FlowSelection.All;

    /// <summary>What is done.</summary>
    public FlowCommand Command { get; init; }

    /// <summary>The table, 0 to 254; null means all of them, and table 0 for a flow that is added.</summary>
    public byte? Table { get; init; }

    /// <summary>The priority.</summary>
    public ushort Priority { get; init; } = DefaultPriority;

    /// <summary>The match.</summary>
    public Match Match { get; init; } = Match.Any;

    /// <summary>The cookie of a flow that is added; a modified one keeps its own when this is null.</summary>
    public ulong? Cookie
    {
        get => _hasCookie ? _cookie : null;
        init => (_hasCookie, _cookie) = (value.HasValue, value.GetValueOrDefault());
    }

    /// <summary>Whether <see cref="Cookie"/> is for a flow that is added alone, and a modified one keeps its own.</summary>
    internal bool KeepsCookie { get; init; }

    /// <summary>Only flows whose cookie agrees with this under <see cref="CookieMask"/> are modified or deleted.</summary>
    public ulong CookieFilter
    {
        get => _selection.CookieFilter;
        init => _selection = value == CookieFilter ? _selection : _selection with { CookieFilter = value };
    }

    /// <summary>0: the cookie does not matter.</summary>
    public ulong CookieMask
    {
        get => _selection.CookieMask;
        init => _selection = value == CookieMask ? _selection : _selection with { CookieMask = value };
    }

    /// <summary>Seconds without a packet after which the flow goes, 0 for never.</summary>
    public ushort IdleTimeout { get; init; }

    /// <summary>Seconds after which the flow goes, 0 for never.</summary>
    public ushort HardTimeout { get; init; }

    /// <summary>
    /// What the flow says of itself; a modified one keeps its own, but for <see cref="FlowFlags.ResetCounts"/>, which is done.
    /// </summary>
    public FlowFlags Flags { get; init; }

    /// <summary>
    /// Whether the flow is taken beside others of its priority even with <see cref="FlowFlags.CheckOverlap"/>, having been held
    /// against others before.
    /// </summary>
    public bool MayOverlap { get; init; }

    /// <summary>How much the flow matters beside others.</summary>
    public ushort Importance { get; init; }

    /// <summary>Whether a flow is added where there is none to modify: never since OpenFlow 1.2.</summary>
    public bool MayAdd { get; init; } = true;

    /// <summary>
    /// Whether a flow that is added in the place of another goes on with its counters: since OpenFlow 1.2, without
    /// <see cref="FlowFlags.ResetCounts"/>.
    /// </summary>
    public bool KeepsCounts { get; init; }

    /// <summary>Only flows that output to this port are deleted; <see cref="OpenFlowPorts.None"/> for any.</summary>
    public uint OutPort
    {
        get => _selection.OutPort;
        init => _selection = value == OutPort ? _selection : _selection with { OutPort = value };
    }

    /// <summary>Only flows that output to this group are deleted; <see cref="AnyGroup"/> for any.</summary>
    public uint OutGroup
    {
        get => _selection.OutGroup;
        init => _selection = value == OutGroup ? _selection : _selection with { OutGroup = value };
    }

    /// <summary>The actions; null for a deletion.</summary>
    public ActionList? Actions { get; init; }
}
