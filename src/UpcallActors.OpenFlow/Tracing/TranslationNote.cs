namespace UpcallActors.OpenFlow;

/// <summary>What a translation has to say beside tables and actions. The argument is 0 where none is named.</summary>
public enum TranslationNote
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

    /// <summary>NORMAL was asked about a packet from a port that the bridge does not have: dropped.</summary>
    UnknownInputPort,

    /// <summary>The packet's VLAN may not come in on its port: dropped.</summary>
    VlanNotAdmitted,

    /// <summary>The destination is an address of a protocol between bridges: dropped.</summary>
    BridgeGroupAddress,

    /// <summary>An output to the port where the packet comes from, which only IN_PORT does.</summary>
    OutputToInputPort,

    /// <summary>The bridge has no such port.</summary>
    NoSuchPort,

    /// <summary>The port that a field names; the argument is its number.</summary>
    PortOfField,

    /// <summary>The packet leaves through a tunnel of the datapath.</summary>
    Tunnelled,

    /// <summary>The tunnel's far end is where the packet comes from.</summary>
    OwnTunnelAddress,

    /// <summary>A packet longer than the port takes comes up, to leave in fragments that fit; the argument is the port's MTU, bytes.</summary>
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

    /// <summary>Nothing is known of the recirculation id, which is the argument.</summary>
    UnknownRecirculation,
}
