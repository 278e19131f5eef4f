using System.Collections.Immutable;
using UpcallActors.Odp;

namespace UpcallActors.Ofproto;

/// <summary>
/// What the tables do to a packet, up to the last recirculation. Immutable; all text is as Open vSwitch's <c>ofproto/trace</c> has it.
/// </summary>
/// <param name="Passes">The passes through the tables: the packet's own, then that of each
/// copy which comes back from conntrack, in the order in which they were sent there.</param>
/// <param name="SkippedPasses">Copies that were not followed because there were too many; 0 in sane tables.</param>
internal sealed record FlowTrace(ImmutableArray<TracePass> Passes, int SkippedPasses)
{
    /// <summary>As <c>ovs-appctl ofproto/trace</c> prints it, ending in a newline.</summary>
    public override string ToString() => TraceText.Format(this);
}

/// <summary>One pass of a packet through the tables: what one upcall of it would do.</summary>
internal sealed record TracePass
{
    /// <summary>How the packet came back from conntrack; null if it came from a port.</summary>
    public TraceResume? Resume { get; init; }

    /// <summary>The packet at the start.</summary>
    public required string Flow { get; init; }

    /// <summary>What was done: a bridge with tables in it, in which there are actions and further tables.</summary>
    public required ImmutableArray<TraceNode> Nodes { get; init; }

    /// <summary>The packet at the end; null if it is as it was.</summary>
    public string? FinalFlow { get; init; }

    /// <summary>The packets for which the outcome is the same.</summary>
    public required string Megaflow { get; init; }

    /// <summary>The outcome, as <c>ovs-dpctl</c> writes actions.</summary>
    public required string DatapathActions { get; init; }

    /// <summary>Why the packet is dropped before its tables have said all, if so.</summary>
    public XlateError Error { get; init; }

    /// <summary>Whether a flow would be put into the datapath; if not, each such packet comes up.</summary>
    public bool InstallsFlow { get; init; }
}

/// <summary>How a packet comes back from conntrack.</summary>
/// <param name="RecirculationId">With this id.</param>
/// <param name="ConntrackState">In this state, such as <c>est|trk</c>.</param>
/// <param name="IsDefaultState">Whether the state is the default, that of a new connection.</param>
/// <param name="Nat">What NAT is taken to do to its addresses; null without NAT.</param>
internal sealed record TraceResume(uint RecirculationId, string ConntrackState, bool IsDefaultState, TraceNat? Nat);

/// <summary>
/// Addresses and ports before and after NAT, which is taken to choose the first of its range. Empty where it has no range of addresses.
/// </summary>
internal sealed record TraceNat(string Before, string After);

/// <summary>What a node of a trace is.</summary>
internal enum TraceNodeKind
{
    /// <summary>A bridge.</summary>
    Bridge,

    /// <summary>Going on after a recirculation.</summary>
    Thaw,

    /// <summary>The table in which it continues.</summary>
    Resume,

    /// <summary>A table that was looked up, and the rule found.</summary>
    Table,

    /// <summary>A bucket of a group.</summary>
    Bucket,

    /// <summary>An action.</summary>
    Action,

    /// <summary>What an action brought about.</summary>
    Detail,

    /// <summary>What an action could not do.</summary>
    Warning,

    /// <summary>What ended the translation.</summary>
    Error,
}

/// <summary>One line of a trace, and what was done within.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The line, without indentation and marks.</param>
internal sealed record TraceNode(TraceNodeKind Kind, string Text)
{
    /// <summary>The table's number; null if it is no table.</summary>
    public int? Table { get; init; }

    /// <summary>The priority of the rule that was found; null if none was, or it is no table.</summary>
    public int? Priority { get; init; }

    /// <summary>The cookie of the rule that was found; null where <see cref="Priority"/> is.</summary>
    public ulong? Cookie { get; init; }

    /// <summary>What the rule that was found matches, empty for all packets; null where <see cref="Priority"/> is.</summary>
    public string? Match { get; init; }

    /// <summary>What was done within, in order.</summary>
    public ImmutableArray<TraceNode> Children { get; init; } = [];
}
