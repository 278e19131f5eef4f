using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// A flow of a flow table. What it says never changes; its counters do, and the versions of the tables in which it is.
/// </summary>
internal sealed class Rule
{
    /// <summary>The rule of the same match that comes after it: of lower priority, or older.</summary>
    internal Rule? Lower;

    private ulong _removed = ulong.MaxValue;

    /// <summary>A flow of <paramref name="table"/> (0 to 254); the higher of two priorities, at least 0, wins.</summary>
    public Rule(byte table, int priority, Match match, ActionList actions)
    {
        Table = table;
        Priority = priority;
        Match = match;
        Actions = actions;
    }

    /// <summary>The table, 0 to 254.</summary>
    public byte Table { get; }

    /// <summary>The greater wins. No message can name one over 65535.</summary>
    public int Priority { get; }

    /// <summary>The packets it is for.</summary>
    public Match Match { get; }

    /// <summary>What is done with them.</summary>
    public ActionList Actions { get; }

    /// <summary>What its owner calls it.</summary>
    public ulong Cookie { get; internal set; }

    /// <summary>What it says of itself besides match and actions.</summary>
    public FlowFlags Flags { get; init; }

    /// <summary>How much it matters beside others, for a table that has room for some only; these tables have room for all.</summary>
    public ushort Importance { get; init; }

    /// <summary>When it was added, by the clock of its tables.</summary>
    internal TimeSpan Created { get; init; }

    /// <summary>When it was added or given its actions, by the clock of its tables; a hard timeout counts from then.</summary>
    internal TimeSpan Modified { get; init; }

    /// <summary>Seconds without a packet after which it goes, 0 for never.</summary>
    public ushort IdleTimeout { get; init; }

    /// <summary>Seconds after which it goes, 0 for never.</summary>
    public ushort HardTimeout { get; init; }

    /// <summary>Packets and bytes; a rule whose actions are modified, or in whose place another is added, may hand them on.</summary>
    public RuleCounters Counters { get; internal set; } = new();

    /// <summary>The first version of its tables that has it.</summary>
    internal ulong Added { get; set; }

    /// <summary>
    /// The first version of its tables that has it no more; the highest number while it stays. It is written before that version is
    /// published, and a reader of a version before it may see either.
    /// </summary>
    internal ulong Removed
    {
        get => Volatile.Read(ref _removed);
        set => Volatile.Write(ref _removed, value);
    }

    /// <summary>Whether it stays, as far as its tables' writer has come.</summary>
    internal bool IsLive => Removed == ulong.MaxValue;

    /// <summary>When it goes by itself; null if it does not. Its tables' writer's.</summary>
    internal RuleTimer? Timer { get; set; }

    /// <summary>The one after it of those with its cookie. Its tables' writer's.</summary>
    internal Rule? NextOfCookie { get; set; }

    /// <summary>The one before it of those with its cookie. Its tables' writer's.</summary>
    internal Rule? PreviousOfCookie { get; set; }

    /// <summary>Whether it is the switch's own, which neither OpenFlow nor a flow file comes upon (<c>rule_is_hidden</c>).</summary>
    internal bool IsHidden => Priority > ushort.MaxValue || Table == FlowCheck.InternalTable;

    /// <summary>Whether it is a table-miss flow: for all packets, at the lowest priority (<c>rule_is_table_miss</c>).</summary>
    internal bool IsTableMiss => Priority == 0 && Match.Mask.Words.IsEmpty;

    /// <summary>Whether a version of its tables has it.</summary>
    internal bool IsIn(ulong version) => Added <= version && version < Removed;

    /// <summary>As <c>ovs-ofctl dump-flows --no-stats</c> prints it.</summary>
    public override string ToString() => RuleText.Format(this);
}
