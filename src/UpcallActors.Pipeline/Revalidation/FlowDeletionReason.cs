namespace UpcallActors.Pipeline;

/// <summary>Why a flow was deleted from the datapath (<c>enum flow_del_reason</c> in Open vSwitch's ofproto-dpif-upcall.c).</summary>
internal enum FlowDeletionReason
{
    /// <summary>No packet for too long.</summary>
    FlowIdle,

    /// <summary>There were more than twice as many flows as allowed.</summary>
    FlowLimit,

    /// <summary>It matches more than its translation does now.</summary>
    FlowWildcarded,

    /// <summary>All were to be deleted.</summary>
    Purge,

    /// <summary>It carries too little to be worth translating while dumps take long.</summary>
    TooExpensive,

    /// <summary>It could not be changed in place.</summary>
    UpdateFail,

    /// <summary>Its translation failed, or must not stand for more than one packet.</summary>
    XlationError,

    /// <summary>Key, mask or actions make no sense to us.</summary>
    BadOdpFit,

    /// <summary>Four dumps did not show it.</summary>
    FlowMissingDp,

    /// <summary>It has no UFID, so it is not ours.</summary>
    NoUfid,
}
