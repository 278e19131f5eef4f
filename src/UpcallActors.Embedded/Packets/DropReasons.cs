using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>The reasons of drops for people and machines.</summary>
internal static class DropReasons
{
    /// <summary>Each reason with the packets that were dropped for it.</summary>
    public static IReadOnlyList<DatapathDrop> Of(DatapathCounters counters) =>
        [.. Enum.GetValues<DropReason>().Select(reason => Describe(reason, counters.Dropped(reason)))];

    private static DatapathDrop Describe(DropReason reason, long packets)
    {
        (string cause, string words) = reason switch
        {
            DropReason.LastAction => ("last_action", "sent nowhere by their flow's actions"),
            DropReason.ActionError => ("action_error", "with an action that could not be carried out"),
            DropReason.Explicit => ("explicit", "dropped by a drop action"),
            DropReason.ExplicitWithError => ("explicit_with_error", "dropped by a drop action with an error"),
            DropReason.Meter => ("meter", "over a meter's rate"),
            DropReason.RecursionLimit => ("recursion_limit", "recirculated too deep"),
            DropReason.DeferredLimit => ("deferred_limit", "without room to defer an action"),
            DropReason.FragmentL2TooLong => ("fragment_l2_too_long", "to be refragmented behind more than 30 bytes of headers"),
            DropReason.FragmentInvalidProtocol => ("fragment_invalid_protocol", "to be refragmented that are not IP"),
            DropReason.Conntrack => ("conntrack", "refused by connection tracking"),
            DropReason.UnknownPort => ("unknown_port", "for a port that does not exist"),
            DropReason.OverMtu => ("over_mtu", "longer than their port's MTU"),
            DropReason.MruAboveMtu => ("mru_above_mtu", "whose MRU is larger than their port's MTU"),
            DropReason.FragmentMalformed => ("fragment_malformed", "to be refragmented that are malformed"),
            DropReason.Defragmentation => ("defragmentation", "that are fragments which contradict others, or found no memory"),
            DropReason.MalformedFrame => ("malformed_frame", "too short for an Ethernet header, or malformed"),
            DropReason.FrameTooLong => ("frame_too_long", "longer than the datapath holds"),
            DropReason.UnknownInputPort => ("unknown_input_port", "from a port that does not exist"),
            DropReason.UpcallQueueFull => ("upcall_queue_full", "whose upcall found the handler's queue full"),
            DropReason.UpcallTooLong => ("upcall_too_long", "longer than an upcall carries"),
            DropReason.Failed => ("failed", "that made the datapath fail"),
            DropReason.NoTunnel => ("no_tunnel", "for a tunnel without a remote address"),
            DropReason.ReceiveQueueFull => ("receive_queue_full", "lost at a device whose receive queue was full"),
            DropReason.FrameCut => ("frame_cut", "received only in part"),
            DropReason.OffloadMalformed => ("offload_malformed", "whose offloaded checksum or segmentation makes no sense"),
            DropReason.TunnelMalformed => ("tunnel_malformed", "at a tunnel's port that are not packets of the tunnel"),
            DropReason.SendRefused => ("send_refused", "that their device refused"),
            _ => throw new ArgumentOutOfRangeException(nameof(reason)),
        };
        return new DatapathDrop(cause, words, packets);
    }
}
