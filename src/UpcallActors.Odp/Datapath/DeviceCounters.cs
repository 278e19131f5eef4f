namespace UpcallActors.Odp;

/// <summary>What the host counts of a network device beside its traffic (<c>struct rtnl_link_stats64</c>).</summary>
/// <param name="Multicast">Packets to groups that came in.</param>
/// <param name="Collisions">Collisions.</param>
/// <param name="RxOverErrors">Packets that came in and were longer than they may be.</param>
/// <param name="RxCrcErrors">Packets that came in with a wrong checksum.</param>
/// <param name="RxFrameErrors">Packets that came in misaligned.</param>
/// <param name="RxMissedErrors">Packets that came in and had no place.</param>
public readonly record struct DeviceCounters(
    ulong Multicast, ulong Collisions, ulong RxOverErrors, ulong RxCrcErrors, ulong RxFrameErrors, ulong RxMissedErrors);
