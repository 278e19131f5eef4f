using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>What a connection is for.</summary>
internal enum ConnectionKind : byte
{
    /// <summary>A client has come to the bridge: it gets nothing unasked until it wants it (<c>OFCONN_SERVICE</c>).</summary>
    Service,

    /// <summary>A controller that the bridge was told to have (<c>OFCONN_PRIMARY</c>).</summary>
    Primary,

    /// <summary>A copy of what goes between the bridge and its controllers; what the client says is passed over.</summary>
    Snoop,
}

/// <summary>What a connection may do, whoever the peer is.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Peer">The peer's name, for logs: <c>br0&lt;-&gt;unix#3</c>.</param>
/// <param name="Allowed">The versions that the bridge allows.</param>
/// <param name="ProbeInterval">After how long a silence the peer is asked whether it is there; null for never.</param>
internal sealed record ConnectionSettings(ConnectionKind Kind, string Peer, OpenFlowVersions Allowed, TimeSpan? ProbeInterval = null)
{
    /// <summary>The controller that it is, or the place that it came to, as it is configured; null for the bridge's own sockets.</summary>
    public string? Target { get; init; }
}
