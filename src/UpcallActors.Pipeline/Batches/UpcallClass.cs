namespace UpcallActors.Pipeline;

/// <summary>What an upcall asks of us, as the router sees it.</summary>
public enum UpcallClass : byte
{
    /// <summary>Not usable: malformed, cut, or an ACTION whose cookie is not ours.</summary>
    Bad,

    /// <summary>No flow matched: translate, install a flow, execute.</summary>
    Miss,

    /// <summary>The datapath cannot do what the flow wants: translate and execute, never install.</summary>
    SlowPath,

    /// <summary>For a controller.</summary>
    Controller,

    /// <summary>An sFlow sample.</summary>
    Sflow,

    /// <summary>A flow sample.</summary>
    FlowSample,

    /// <summary>An IPFIX sample.</summary>
    Ipfix,
}
