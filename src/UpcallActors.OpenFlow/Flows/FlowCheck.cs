namespace UpcallActors.OpenFlow;

/// <summary>
/// Whether a flow can be added: its table, its match, and each action against the match (<c>add_flow_init</c>,
/// <c>ofpacts_check</c>).
/// </summary>
internal static class FlowCheck
{
    /// <summary>The last table, which a switch has for itself.</summary>
    public const byte InternalTable = 254;

    private static readonly MatchField _recirculation = MatchFields.Get("recirc_id");
    private static readonly MatchField _hash = MatchFields.Get("dp_hash");
    private static readonly MatchField _queueing = MatchFields.Get("skb_priority");

    /// <summary>
    /// What is wrong with a change, if anything; a deletion is always right. Without a version, one must have room for all of it.
    /// </summary>
    public static ActionProblem? Find(FlowChange change, OpenFlowVersion? version = null)
    {
        if (change.Actions is not { } actions)
            return null;
        if (change.Table == InternalTable)
            return new ActionProblem(BadRequest.NotPermitted, $"table {InternalTable} is the switch's own");
        Flow value = change.Match.ToValue();
        Flow mask = change.Match.ToMask();
        if (FindHidden(value, mask) is { } hidden)
            return new ActionProblem(BadRequest.NotPermitted, $"only flows of the switch's own match on {hidden.Name}");
        if (_queueing.Read(mask) != 0)
            return new ActionProblem(BadAction.MatchInconsistent, $"no version of OpenFlow matches on {_queueing.Name}");
        var check = new ActionCheck(value, mask, change.Table ?? 0, change.Flags);
        if (version > OpenFlowVersion.V10)
            check.NeedsOpenFlow11("an instruction");
        return actions.Check(ref check) ?? check.Finish();
    }

    /// <summary>What is wrong with what is to be done to a packet, if anything (<c>ofproto_packet_out_init</c>).</summary>
    public static ActionProblem? Find(ActionList actions, in Flow packet, OpenFlowVersion version)
    {
        Flow mask = default;
        mask.Words.Fill(ulong.MaxValue);
        var check = new ActionCheck(packet, mask, table: 0, FlowFlags.None);
        if (version > OpenFlowVersion.V10)
            check.NeedsOpenFlow11("an action");
        return actions.Check(ref check) ?? check.Finish();
    }

    /// <summary>
    /// A field that recirculation has for itself, unless it is that of packets which were not recirculated
    /// (<c>match_has_default_hidden_fields</c>).
    /// </summary>
    private static MatchField? FindHidden(in Flow value, in Flow mask)
    {
        if (_hash.Read(mask) != 0)
            return _hash;
        UInt128 bits = _recirculation.Read(mask);
        return bits != 0 && (bits != _recirculation.Bits || _recirculation.Read(value) != 0) ? _recirculation : null;
    }
}
