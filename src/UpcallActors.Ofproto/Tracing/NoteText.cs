using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>Notes in words: Open vSwitch's (ofproto-dpif-xlate.c) where it has the same to say.</summary>
internal static class NoteText
{
    public static (TraceNodeKind Kind, string Text) Of(TranslationNote note, uint argument) => note switch
    {
        TranslationNote.Untracked => Detail("Sets the packet to an untracked state, and clears all the conntrack fields."),
        TranslationNote.Forked =>
            Detail($"A clone of the packet is forked to recirculate. The forked pipeline will be resumed at table {argument}."),
        TranslationNote.Flooding => Detail("no learned MAC for destination, flooding"),
        TranslationNote.ForwardingToLearnedPort => Detail("forwarding to learned port"),
        TranslationNote.LearnedPortIsInput => Detail("learned port is input port, dropping"),
        TranslationNote.UnknownInputPort => Error($"received packet on unknown port {argument}"),
        TranslationNote.NoInputBundle => Warning("no input bundle, dropping"),
        TranslationNote.PartialTag => Warning("partial VLAN tag, dropping"),
        TranslationNote.VlanNotAdmitted => Warning("disallowed VLAN VID for this input port, dropping"),
        TranslationNote.BridgeGroupAddress => Detail("packet has reserved destination MAC, dropping"),
        TranslationNote.OutputToInputPort => Warning("skipping output to input port"),
        TranslationNote.NotForwarded => Detail("OFPPC_NO_FWD set, skipping output"),
        TranslationNote.BetweenProtectedPorts => Warning("Flow is between protected ports, skipping output."),
        TranslationNote.NoSuchPort => Warning("Nonexistent output port"),
        TranslationNote.CannotCut => Error($"output_trunc does not support patch port {OpenFlowPorts.Format(argument)}"),
        TranslationNote.PortOfField => Detail($"output port is {argument}"),
        TranslationNote.NoConnection => Error("resubmit(ct) with non-tracked or non-IP packet!"),
        TranslationNote.Tunnelled => Detail("output to kernel tunnel"),
        TranslationNote.OwnTunnelAddress => Warning("Not tunneling to our own address"),
        TranslationNote.LongerComesUp =>
            Detail($"a packet longer than the port's MTU of {argument} comes up, and leaves in fragments that fit if it came in fragments"),
        TranslationNote.MruClamped => Detail($"came in larger fragments than the port takes: leaves with an MRU of {argument}"),
        TranslationNote.TooLong => Warning($"longer than the port's MTU of {argument} and never fragmented, dropping"),
        TranslationNote.CongestionDrop => Error("dropping tunnel packet marked ECN CE but is not ECN capable"),
        TranslationNote.TtlExceeded => Warning($"IPv{argument} decrement TTL exception"),
        TranslationNote.NoSuchGroup => Warning($"output to nonexistent group {argument}"),
        TranslationNote.NoLiveBucket => Detail("no live bucket"),
        TranslationNote.UsingBucket => Detail($"using bucket {argument}"),
        TranslationNote.DhcpForInBand => Detail("outputting DHCP packet to local port for in-band control"),
        TranslationNote.TooDeep => Error($"over max translation depth {argument}"),
        TranslationNote.TooManyResubmits => Error($"over {argument} resubmit actions"),
        TranslationNote.NotSupported => Error("the datapath does not support the action"),
        TranslationNote.ActionsTooLong => Error("resubmits yielded over 64 kB of actions"),
        TranslationNote.UnknownRecirculation => Error($"Recirculation context not found for ID {argument:x}"),
        _ => Detail($"{note} {argument}"),
    };

    public static (TraceNodeKind Kind, string Text) Of(TranslationNote note, string subject) => note switch
    {
        TranslationNote.TaggedAtAccessPort or TranslationNote.VlanNotCarried => Error($"dropping VLAN {subject}"),
        TranslationNote.PortOutOfRange => Warning($"output port {subject} is out of range"),
        TranslationNote.FieldIsMissing => Warning($"unmet prerequisites for {subject}, set_field ignored"),
        _ => Detail(subject),
    };

    private static (TraceNodeKind Kind, string Text) Detail(string text) => (TraceNodeKind.Detail, text);

    private static (TraceNodeKind Kind, string Text) Warning(string text) => (TraceNodeKind.Warning, text);

    private static (TraceNodeKind Kind, string Text) Error(string text) => (TraceNodeKind.Error, text);
}
