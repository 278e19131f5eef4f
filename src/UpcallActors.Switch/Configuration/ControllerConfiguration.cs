namespace UpcallActors.Switch;

/// <summary>
/// An OpenFlow controller of a bridge. The switch does not connect to controllers yet, and says so (<see
/// cref="BridgeState.Unsupported"/>).
/// </summary>
/// <param name="Target">Where it is: <c>tcp:192.0.2.1:6653</c>, <c>ptcp:6653</c>, <c>unix:FILE</c>.</param>
public sealed record ControllerConfiguration(string Target);
