namespace UpcallActors.Embedded;

/// <summary>
/// Why the datapath dropped a packet. The first ten are the kernel's <c>OVS_DROP_*</c> reasons; the others are those that the kernel counts
/// elsewhere or nowhere.
/// </summary>
public enum DropReason
{
    /// <summary>The actions ended and the last one was no destination; an empty list is the ordinary drop flow.</summary>
    LastAction,

    /// <summary>An action could not be carried out on this packet.</summary>
    ActionError,

    /// <summary>A DROP action with argument 0.</summary>
    Explicit,

    /// <summary>A DROP action with an error code.</summary>
    ExplicitWithError,

    /// <summary>A meter's band was exceeded.</summary>
    Meter,

    /// <summary>Flows recirculated more than 5 levels deep.</summary>
    RecursionLimit,

    /// <summary>No room to put an action off.</summary>
    DeferredLimit,

    /// <summary>More than 30 bytes in front of the IP header of a packet to be refragmented.</summary>
    FragmentL2TooLong,

    /// <summary>A packet to be refragmented is not IP.</summary>
    FragmentInvalidProtocol,

    /// <summary>Connection tracking refused the packet.</summary>
    Conntrack,

    /// <summary>Output to a port that does not exist.</summary>
    UnknownPort,

    /// <summary>The frame exceeds the port's MTU and has no MRU to refragment it by.</summary>
    OverMtu,

    /// <summary>The packet must be refragmented to its MRU, which exceeds the port's MTU.</summary>
    MruAboveMtu,

    /// <summary>A packet to be refragmented has malformed IP headers, or an MRU too small to cut by.</summary>
    FragmentMalformed,

    /// <summary>A fragment that contradicts others or itself, or for which there was no memory.</summary>
    Defragmentation,

    /// <summary>A frame shorter than an Ethernet header, or with an NSH header that makes no sense.</summary>
    MalformedFrame,

    /// <summary>A frame longer than the datapath holds.</summary>
    FrameTooLong,

    /// <summary>A frame from a port that does not exist.</summary>
    UnknownInputPort,

    /// <summary>A packet whose upcall found the handler's queue full.</summary>
    UpcallQueueFull,

    /// <summary>
    /// A packet longer than the Netlink attribute in which it would come up (<c>EFBIG</c> of <c>queue_userspace_packet</c>).
    /// </summary>
    UpcallTooLong,

    /// <summary>The packet made the datapath fail: a defect.</summary>
    Failed,

    /// <summary>Output to a tunnel port of a packet that no <c>set(tunnel(…))</c> gave a destination.</summary>
    NoTunnel,

    /// <summary>A frame that arrived at a device and found the receive queue in front of the datapath full.</summary>
    ReceiveQueueFull,

    /// <summary>A frame that was received in part only.</summary>
    FrameCut,

    /// <summary>
    /// A frame whose sender left its checksum or its segmentation to the device, in a way that makes no sense or is not known here.
    /// </summary>
    OffloadMalformed,

    /// <summary>What came in on a tunnel's UDP port is no packet of the tunnel.</summary>
    TunnelMalformed,

    /// <summary>A frame put out that its device did not take.</summary>
    SendRefused,
}
