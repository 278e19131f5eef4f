using System.Collections.Immutable;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>An interface as OpenFlow describes ports (<c>ofputil_phy_port</c> of Open vSwitch).</summary>
internal static class DescribedPort
{
    // OFPPS_LINK_DOWN; OFPPS_LIVE, since 1.1.
    private const uint LinkDown = 1;
    private const uint Live = 4;

    /// <summary>
    /// The description in the bits of 1.1 and later. 1.0 has no bit for a port that is alive; its encoding leaves it out. A port that was
    /// just set down is not alive, and its link is not known to be down yet (<c>normalize_state</c>).
    /// </summary>
    public static OpenFlowPort Of(InterfaceState one, PortConfig config) => new()
    {
        Number = one.Number!.Value,
        HardwareAddress = one.Address,
        Name = one.Name,
        Config = (uint)config,
        State = !one.IsUp ? LinkDown : (config & PortConfig.PortDown) == 0 ? Live : 0,
    };

    /// <summary>
    /// What a port has counted; what the datapath does not count is unknown. Of a patch port, which the datapath does not have, that is
    /// what its way brings (<c>netdev_vport_get_stats</c>).
    /// </summary>
    public static PortStatistics StatisticsOf(
        InterfaceState one, IReadOnlyDictionary<string, VportStats> counted, PatchPort? patch, TimeSpan age)
    {
        const ulong unknown = ulong.MaxValue;
        ImmutableArray<ulong> counters = patch is not null
            ?
            [
                patch.Received.Packets, patch.Sent.Packets, patch.Received.Bytes, patch.Sent.Bytes,
                .. Enumerable.Repeat(unknown, PortStatistics.CounterCount - 4),
            ]
            : one.Kind != PortKind.Patch && counted.TryGetValue(one.Device ?? one.Name, out VportStats known)
            ?
            [
                known.RxPackets, known.TxPackets, known.RxBytes, known.TxBytes, known.RxDropped, known.TxDropped, known.RxErrors,
                known.TxErrors, unknown, unknown, unknown, unknown,
            ]
            : [.. Enumerable.Repeat(unknown, PortStatistics.CounterCount)];
        return new PortStatistics
        {
            Port = one.Number!.Value,
            DurationSeconds = (uint)(age.Ticks / TimeSpan.TicksPerSecond),
            DurationNanoseconds = (uint)(age.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
            Counters = counters,
        };
    }
}
