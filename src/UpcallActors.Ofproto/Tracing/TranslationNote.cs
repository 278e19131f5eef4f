namespace UpcallActors.Ofproto;

/// <summary>What a translation has to say beside tables and actions. The argument is 0 where none is named.</summary>
internal enum TranslationNote
{
    /// <summary>The packet's connection is forgotten: what conntrack finds out is known behind the recirculation.</summary>
    Untracked,

    /// <summary>A copy goes through conntrack, and on in the table that is the argument.</summary>
    Forked,

    /// <summary>NORMAL has not learned where the destination is.</summary>
    Flooding,

    /// <summary>NORMAL has learned where the destination is.</summary>
    ForwardingToLearnedPort,

    /// <summary>The destination is where the packet comes from: dropped.</summary>
    LearnedPortIsInput,

    /// <summary>NORMAL was asked about a packet from a port that the bridge does not have; the argument is its number.</summary>
    UnknownInputPort,

    /// <summary>So NORMAL drops it.</summary>
    NoInputBundle,

    /// <summary>The packet says that it has a tag, and does not: dropped.</summary>
    PartialTag,

    /// <summary>The packet has a tag, and its port is in one VLAN, without tags; the subject is tag, port and VLAN in words.</summary>
    TaggedAtAccessPort,

    /// <summary>The packet's VLAN is none that its port carries; the subject is VLAN and port in words.</summary>
    VlanNotCarried,

    /// <summary>The packet's VLAN may not come in on its port: dropped.</summary>
    VlanNotAdmitted,

    /// <summary>The destination is an address of a protocol between bridges: dropped.</summary>
    BridgeGroupAddress,

    /// <summary>An output to the port where the packet comes from, which only IN_PORT does.</summary>
    OutputToInputPort,

    /// <summary>An output to a port of which a client has said that nothing is to be sent to it.</summary>
    NotForwarded,

    /// <summary>An output to a protected port of a packet that came in on one.</summary>
    BetweenProtectedPorts,

    /// <summary>The bridge has no such port.</summary>
    NoSuchPort,

    /// <summary>
    /// An output of the packet's first bytes to what cannot take them: a patch port, or no port. The argument is its number.
    /// </summary>
    CannotCut,

    /// <summary>The port that a field names; the argument is its number.</summary>
    PortOfField,

    /// <summary>The number that a field has is none of a port; the subject is the number.</summary>
    PortOutOfRange,

    /// <summary>What a <c>move</c> has brought about; the subject is the field's part and its value.</summary>
    FieldIsNow,

    /// <summary>The packet has not got the field that an action writes; the subject is the field.</summary>
    FieldIsMissing,

    /// <summary>A <c>resubmit(…,ct)</c> of a packet that shows no connection, which is left out.</summary>
    NoConnection,

    /// <summary>The packet leaves through a tunnel of the datapath.</summary>
    Tunnelled,

    /// <summary>The tunnel's far end is where the packet comes from.</summary>
    OwnTunnelAddress,

    /// <summary>
    /// A packet longer than the port takes comes up, to leave in fragments that fit; the argument is the port's MTU, bytes.
    /// </summary>
    LongerComesUp,

    /// <summary>The packet's fragments are cut smaller; the argument is the MRU that it leaves with, bytes.</summary>
    MruClamped,

    /// <summary>A packet that was no fragment is longer than the port takes; the argument is the port's MTU, bytes.</summary>
    TooLong,

    /// <summary>The tunnel's congestion mark is on a packet that knows nothing of such marks: dropped.</summary>
    CongestionDrop,

    /// <summary>The time to live is over, which ends the list of actions; the argument is 4 or 6, the version of IP.</summary>
    TtlExceeded,

    /// <summary>Tables nest too deeply.</summary>
    TooDeep,

    /// <summary>There were too many resubmits.</summary>
    TooManyResubmits,

    /// <summary>The datapath actions do not fit into a message.</summary>
    ActionsTooLong,

    /// <summary>There is no such group, which ends the list of actions; the argument is its number.</summary>
    NoSuchGroup,

    /// <summary>The datapath cannot do what the action needs, or is not to.</summary>
    NotSupported,

    /// <summary>No bucket of a group is live, so that the packet is given to none.</summary>
    NoLiveBucket,

    /// <summary>The bucket that a group has chosen, which is the argument.</summary>
    UsingBucket,

    /// <summary>A bucket that is not live, and why: the subject.</summary>
    BucketNotLive,

    /// <summary>A reply of a DHCP server goes to the bridge's own port besides, which needs an address to reach a controller.</summary>
    DhcpForInBand,

    /// <summary>Nothing is known of the recirculation id, which is the argument.</summary>
    UnknownRecirculation,
}
