using System.Collections.Immutable;
using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch;

/// <summary>What an interface has counted, by the names of column <c>statistics</c>. What is unknown is not there.</summary>
internal sealed record InterfaceStatistics(ImmutableArray<KeyValuePair<string, long>> Counters)
{
    /// <summary>Those of a port of the datapath, and of its device in the host if it has one.</summary>
    public static InterfaceStatistics Of(VportStats stats, DeviceCounters? device)
    {
        KeyValuePair<string, long>[] counters =
        [
            .. Traffic(stats),
            // All ones stand for what nobody counts.
            .. new[]
            {
                Counter("rx_dropped", stats.RxDropped), Counter("rx_errors", stats.RxErrors),
                Counter("tx_dropped", stats.TxDropped), Counter("tx_errors", stats.TxErrors),
            }.Where(counter => counter.Value >= 0),
        ];
        return new InterfaceStatistics(device is not { } host
            ? [.. counters]
            :
            [
                .. counters,
                Counter("collisions", host.Collisions), Counter("rx_multicast_packets", host.Multicast),
                Counter("rx_over_err", host.RxOverErrors), Counter("rx_crc_err", host.RxCrcErrors),
                Counter("rx_frame_err", host.RxFrameErrors), Counter("rx_missed_errors", host.RxMissedErrors),
            ]);
    }

    /// <summary>Those of a tunnel, of which no losses are known (<c>netdev_vport_get_stats</c>).</summary>
    public static InterfaceStatistics OfTunnel(VportStats stats) => new(Traffic(stats));

    /// <summary>Those of a patch port.</summary>
    public static InterfaceStatistics Of(PatchPort patch) =>
        new(Traffic(patch.Received.Packets, patch.Received.Bytes, patch.Sent.Packets, patch.Sent.Bytes));

    private static ImmutableArray<KeyValuePair<string, long>> Traffic(VportStats stats) =>
        Traffic(stats.RxPackets, stats.RxBytes, stats.TxPackets, stats.TxBytes);

    private static ImmutableArray<KeyValuePair<string, long>> Traffic(ulong rxPackets, ulong rxBytes, ulong txPackets, ulong txBytes) =>
    [
        Counter("rx_packets", rxPackets), Counter("rx_bytes", rxBytes), Counter("tx_packets", txPackets), Counter("tx_bytes", txBytes),
    ];

    private static KeyValuePair<string, long> Counter(string name, ulong value) => KeyValuePair.Create(name, (long)value);
}
