namespace UpcallActors.Web;

/// <summary>What the status page looks at. Reads only: nothing here changes the daemon. Thread-safe.</summary>
internal interface IStatusSource
{
    /// <summary>The daemon at this moment.</summary>
    DaemonSnapshot Take();

    /// <summary>
    /// The datapath's flows with the most packets. Throws <see cref="StatusRequestException"/>
    /// when the filter cannot be read or the datapath refuses.
    /// </summary>
    /// <param name="filter">A match in <c>ovs-ofctl</c>'s syntax, over the datapath's fields; null for all flows.</param>
    /// <param name="most">How many to list.</param>
    /// <param name="cancellation">Ends the reading.</param>
    FlowListing ListFlows(string? filter, int most, CancellationToken cancellation);

    /// <summary>
    /// The OpenFlow rules of a bridge with the most packets. Throws <see cref="StatusRequestException"/> when there is no such bridge or
    /// the match cannot be read.
    /// </summary>
    /// <param name="bridge">The bridge's name.</param>
    /// <param name="match">A match in <c>ovs-ofctl</c>'s syntax, with a table or a cookie; null for all rules.</param>
    /// <param name="most">How many to list.</param>
    RuleListing ListRules(string bridge, string? match, int most);

    /// <summary>
    /// What the tables do to a packet. Changes nothing. Throws <see cref="StatusRequestException"/>
    /// when there is no such bridge or the packet cannot be read.
    /// </summary>
    /// <param name="bridge">The bridge's name.</param>
    /// <param name="flow">The packet in <c>ovs-ofctl</c>'s syntax.</param>
    TraceAnswer Trace(string bridge, string flow);
}
