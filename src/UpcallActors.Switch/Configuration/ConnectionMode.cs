namespace UpcallActors.Switch;

/// <summary>How a bridge reaches a controller.</summary>
public enum ConnectionMode
{
    /// <summary>By another network: the bridge's flows have nothing to do with the way to the controller.</summary>
    OutOfBand,

    /// <summary>
    /// Through the bridge itself, which lets pass what it takes to reach the controller, whatever the flows say. Only a controller that the
    /// bridge connects to over TCP or TLS, at an IPv4 address.
    /// </summary>
    InBand,
}
