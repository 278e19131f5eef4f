namespace UpcallActors.Switch;

/// <summary>An OpenFlow controller of a bridge, or a place where clients may connect to it.</summary>
/// <param name="Target">
/// Where it is: <c>tcp:HOST[:PORT]</c>, <c>ssl:HOST[:PORT]</c> or <c>unix:FILE</c>; or where the bridge listens:
/// <c>ptcp:[PORT][:ADDRESS]</c>, <c>pssl:[PORT][:ADDRESS]</c>, <c>punix:FILE</c>. The port is 6653 unless it is given.
/// </param>
public sealed record ControllerConfiguration(string Target)
{
    /// <summary>How long the switch waits at most before it connects again.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// After how long a silence the peer is asked whether it is there; it has the same time to answer. Zero for never.
    /// </summary>
    public TimeSpan InactivityProbe { get; init; } = TimeSpan.FromSeconds(5);
}
