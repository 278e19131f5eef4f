namespace UpcallActors.Pipeline;

/// <summary>
/// What the revalidators have done since the start, as <c>coverage/show</c> of
/// ovs-vswitchd names it. Everything only grows and is readable from any thread.
/// </summary>
internal sealed class RevalidationCounters
{
    private readonly long[] _deleted = new long[(int)FlowDeletionReason.NoUfid + 1];
    private readonly long[] _events = new long[(int)RevalidationEvent.RevalidatorRestart + 1];

    /// <summary>Flows deleted, by reason.</summary>
    public long Deleted(FlowDeletionReason reason) => Volatile.Read(ref _deleted[(int)reason]);

    /// <summary>How often something happened.</summary>
    public long this[RevalidationEvent happened] => Volatile.Read(ref _events[(int)happened]);

    /// <summary>Requests of revalidators that the datapath answered with an error.</summary>
    public ErrnoCounts RequestErrors { get; } = new();

    internal void Count(RevalidationEvent happened, long times = 1) => Interlocked.Add(ref _events[(int)happened], times);

    internal void CountDeleted(FlowDeletionReason reason) => Interlocked.Increment(ref _deleted[(int)reason]);
}

/// <summary>What revalidators count; the names in lower case with underscores are those of ovs-vswitchd where it has the same.</summary>
internal enum RevalidationEvent
{
    /// <summary>A dump showed a flow twice (<c>dumped_duplicate_flow</c>).</summary>
    DumpedDuplicateFlow,

    /// <summary>A dump showed a flow that no revalidator knew (<c>dumped_new_flow</c>).</summary>
    DumpedNewFlow,

    /// <summary>A flow was not in a dump (<c>revalidate_missed_dp_flow</c>).</summary>
    RevalidateMissedDpFlow,

    /// <summary>A flow was not in four dumps and was given up (<c>revalidate_missing_dp_flow</c>).</summary>
    RevalidateMissingDpFlow,

    /// <summary>A flow's counters went back (<c>ukey_invalid_stat_reset</c>).</summary>
    UkeyInvalidStatReset,

    /// <summary>A flow was not put, or a round found as many flows as allowed (<c>upcall_flow_limit_hit</c>).</summary>
    UpcallFlowLimitHit,

    /// <summary>The limit grew, dumps being quick (<c>upcall_flow_limit_grew</c>).</summary>
    UpcallFlowLimitGrew,

    /// <summary>The limit went down by a quarter, a dump having taken more than 1.3 s (<c>upcall_flow_limit_reduced</c>).</summary>
    UpcallFlowLimitReduced,

    /// <summary>The limit was divided by the seconds that a dump took, more than 2 (<c>upcall_flow_limit_scaled</c>).</summary>
    UpcallFlowLimitScaled,

    /// <summary>Flows were deleted whatever they carried (<c>upcall_flow_limit_kill</c>).</summary>
    UpcallFlowLimitKill,

    /// <summary>Flows of an earlier run or of another program that stay, or are changed in place.</summary>
    FlowAdopted,

    /// <summary>Flows given other actions in place (<c>dpif_flow_put</c> of revalidators).</summary>
    FlowModified,

    /// <summary>Translations of flows.</summary>
    FlowTranslated,

    /// <summary>Dumps that did not come to their end; the round did nothing to flows that were not seen.</summary>
    DumpFailed,

    /// <summary>Revalidators that failed and were restarted.</summary>
    RevalidatorRestart,
}
