using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>A connection as it was when asked for.</summary>
/// <param name="Original">What the first packet looked like.</param>
/// <param name="Reply">What an answer looks like; differs from the inverse of <paramref name="Original"/> by the translation.</param>
/// <param name="Zone">The zone.</param>
/// <param name="Status">What is known of it.</param>
/// <param name="Mark">Connection mark.</param>
/// <param name="Labels">Connection labels.</param>
/// <param name="Tcp">TCP's state; null of other protocols.</param>
/// <param name="Remaining">Milliseconds until it expires if nothing happens.</param>
internal readonly record struct ConnectionInfo(
    ConntrackTuple Original, ConntrackTuple Reply, ushort Zone, ConnectionStatus Status, uint Mark, UInt128 Labels, ConntrackTcp? Tcp,
    long Remaining);
