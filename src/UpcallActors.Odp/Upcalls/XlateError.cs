namespace UpcallActors.Odp;

/// <summary>
/// Why a translation ended early; the numbers are those of the DROP action's argument (<c>enum xlate_error</c> in Open vSwitch).
/// </summary>
public enum XlateError : uint
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>The input port belongs to no bridge.</summary>
    BridgeNotFound = 1,

    /// <summary>Resubmits nested too deeply.</summary>
    RecursionTooDeep = 2,

    /// <summary>Too many resubmits.</summary>
    TooManyResubmits = 3,

    /// <summary>Too much on the stack.</summary>
    StackTooDeep = 4,

    /// <summary>The recirculation id is not known.</summary>
    NoRecirculationContext = 5,

    /// <summary>Recirculation where none is possible.</summary>
    RecirculationConflict = 6,

    /// <summary>More MPLS labels than can be held.</summary>
    TooManyMplsLabels = 7,

    /// <summary>Tunnel metadata that cannot be understood.</summary>
    InvalidTunnelMetadata = 8,

    /// <summary>A packet type that the bridge does not take.</summary>
    UnsupportedPacketType = 9,

    /// <summary>Dropped because of congestion.</summary>
    CongestionDrop = 10,

    /// <summary>Forwarding is off.</summary>
    ForwardingDisabled = 11,

    /// <summary>No route for a tunnel.</summary>
    TunnelRoutingFailed = 12,

    /// <summary>No output device for a tunnel.</summary>
    TunnelOutputNoEthernet = 13,

    /// <summary>No neighbour for a tunnel.</summary>
    NeighbourCacheMiss = 14,

    /// <summary>A tunnel header could not be built.</summary>
    HeaderBuildFailed = 15,

    /// <summary>More actions than there is room for; not one of Open vSwitch's, which would do such actions itself.</summary>
    ActionsTooLong = 16,

    /// <summary>
    /// The packet is longer than the port's MTU and was not put together from fragments, so it must not be cut; not one of Open vSwitch's.
    /// </summary>
    PacketTooLong = 17,

    /// <summary>
    /// The actions need what the datapath cannot do; not one of Open vSwitch's, which refuses such rules or does the actions itself.
    /// </summary>
    NotSupported = 18,
}
