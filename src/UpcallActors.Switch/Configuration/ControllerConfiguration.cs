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

    /// <summary>Whether the way to it is through the bridge itself.</summary>
    public ConnectionMode ConnectionMode { get; init; }

    /// <summary>
    /// Packets that it gets in a second, of missed ones and of those that actions send each; null for no limit. Less than 100 is 100.
    /// Those that come faster wait in a queue for each port.
    /// </summary>
    public int? RateLimit { get; init; }

    /// <summary>
    /// Packets of each of the two that may wait because of <see cref="RateLimit"/>, and that go at once after a pause; null for a quarter
    /// of it. Less than 25 is 25.
    /// </summary>
    public int? BurstLimit { get; init; }

    /// <summary>Without what may change while it is connected (<c>ofservice_reconfigure</c>).</summary>
    internal ControllerConfiguration AsConnected => this with { RateLimit = null, BurstLimit = null, ConnectionMode = default };
}
