namespace UpcallActors.Unixctl;

/// <summary>What a client of the control socket may use.</summary>
internal sealed record ControlLimits
{
    /// <summary>
    /// Clients at a time. One more pushes out the one that has been silent for longest, and none that is being served while there is
    /// such.
    /// </summary>
    public int Connections { get; init; } = 32;

    /// <summary>
    /// How long a client keeps its place, whoever comes: long enough to send its request and be answered. While only younger clients could
    /// make room, the next ones wait as if they were not accepted yet, so all clients of a burst are answered.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of a request. The longest that makes sense, a flush of one connection, has some 300.</summary>
    public int RequestBytes { get; init; } = 64 << 10;

    /// <summary>How long a request may take from its first byte to its last, and how long a client may take no byte of an answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bytes of memory that all answers together may hold which clients have not taken: a dump of Open vSwitch's
    /// largest flow table with <c>-m</c> has some 150 MB. The one that has waited for longest is pushed out.
    /// </summary>
    public long UnsentBytes { get; init; } = 512L << 20;
}
