using UpcallActors.Embedded.Tests.Recordings;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>
/// Decides as ovs-vswitchd did in the recording: puts the flow that it put for the keys which that flow covers.
/// </summary>
/// <remarks>
/// Flows of before the recording lived on until the first purge: what the hosts sent in that time (router solicitations)
/// often met one of those, and the recording has no upcall. For these packets, and no others, the scenario's OpenFlow
/// rules decide, as they had decided before the recording began.
/// </remarks>
internal sealed class RecordedSlowPath(KernelRecording recording, EmbeddedDatapath datapath, IDatapath seen) : SlowPath(seen)
{
    private readonly List<RecordedMessage> _puts = [.. recording.FlowPuts];
    private readonly IReadOnlyList<long> _purges = recording.PurgeTimes;
    private readonly IUpcallTranslator _before = recording.CreateTranslator();

    /// <summary>Upcalls decided by what was recorded.</summary>
    public int Recorded { get; private set; }

    /// <summary>Upcalls after the first purge for which nothing was recorded.</summary>
    public List<string> Unknown { get; } = [];

    protected override Decision Decide(ReadOnlySpan<byte> upcall, PacketMessage message)
    {
        OvsFlowKeyReader.TryRead(message.Key.Of(upcall), out FlowKey key).ShouldBe(OdpParseError.None);
        int period = PeriodOf(datapath.Clock.Microseconds);
        foreach (RecordedMessage put in _puts)
        {
            if (PeriodOf(put.Microseconds) == period && Covers(put, key))
            {
                Recorded++;
                return new Decision(put.Bytes[OvsHeader.AttributesOffset..], put.Flow.Actions.Of(put.Bytes).ToArray());
            }
        }

        if (period == 0)
            return TranslatedSlowPath.Translate(_before, upcall, message);
        Unknown.Add($"type {key.EthType:x4} in_port {key.DatapathPort} recirc {key.RecircId} proto {key.NwProto} frag {key.NwFrag} tp "
            + $"{key.TpSrc} state {key.CtState}");
        return new Decision([], []);
    }

    /// <summary>How many purges came before: flows of another period are gone, and their recirculation ids with them.</summary>
    private int PeriodOf(long time) => _purges.Count(purge => purge <= time);

    private static bool Covers(RecordedMessage put, in FlowKey key)
    {
        FlowKey flowKey = put.FlowKey;
        OvsFlowKeyReader.TryReadMask(put.Flow.Mask.Of(put.Bytes), out FlowKey mask).ShouldBe(OdpParseError.None);

        // Whether a packet has a tag is matched on without being asked for.
        mask.VlanTci = ushort.MaxValue;
        mask.CvlanTci = ushort.MaxValue;
        for (int word = 0; word < FlowKey.WordCount; word++)
        {
            if (((flowKey.ReadOnlyWords[word] ^ key.ReadOnlyWords[word]) & mask.ReadOnlyWords[word]) != 0)
                return false;
        }

        return true;
    }
}
