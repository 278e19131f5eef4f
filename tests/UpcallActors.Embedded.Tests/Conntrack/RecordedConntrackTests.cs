using UpcallActors.Embedded.Tests.Fragments;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>The kernel's own ct fields, of the upcalls behind <c>ct(table=0,zone=9)</c>.</summary>
public class RecordedConntrackTests
{
    private const ushort Zone = 9;
    private readonly CtSession _ct = new();
    private readonly IpDefragmenter _defragmenter = new();
    private readonly byte[] _buffer = new byte[IpDefragmenter.MaxPacketLength + 64];

    public static TheoryData<string, string> Scenarios => RecordedScenario.All;

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Keys_behind_ct_are_those_of_the_recorded_upcalls(string kernel, string name)
    {
        var scenario = RecordedScenario.Open(kernel, name);
        List<(byte[] Packet, FlowKey Key)> tracked = [];
        foreach (byte[] request in Whole(RecordedScenario.SentBy(scenario.AtP0, scenario.Pinger)))
            Track(request, commit: true);
        foreach (byte[] reply in Whole(RecordedScenario.SentBy(scenario.AtP1, scenario.Ponger)))
            tracked.Add((reply, Track(reply, commit: false)));

        int compared = 0;
        foreach ((byte[] packet, FlowKey theirs, _) in scenario.Upcalls().Where(upcall => upcall.Key.RecircId != 0))
        {
            if (!packet.AsSpan(6, 6).SequenceEqual(scenario.Ponger))
                continue;
            FlowKey ours = tracked.First(candidate => candidate.Packet.AsSpan().SequenceEqual(packet)).Key;
            ConntrackPartOf(ours).ShouldBe(ConntrackPartOf(theirs));
            compared++;
        }

        compared.ShouldBeGreaterThanOrEqualTo(3);
    }

    private FlowKey Track(byte[] frame, bool commit)
    {
        (int offset, ushort type) = RecordedScenario.Layout(frame);
        ConntrackParameters.TryParse(CtSession.Attributes(Zone, commit), type, out ConntrackParameters parameters)
            .ShouldBe(ConntrackParseError.None);
        var key = new FlowKey { EthType = type };
        _ct.Tracker.Execute(frame, offset, in parameters, _ct.Now, ref key).ShouldBe(ConntrackVerdict.Accept);
        return key;
    }

    private IEnumerable<byte[]> Whole(IEnumerable<byte[]> frames)
    {
        foreach (byte[] frame in frames)
        {
            (int offset, ushort type) = RecordedScenario.Layout(frame);
            if (type is not (0x0800 or 0x86dd))
                continue;
            switch (_defragmenter.Add(frame, offset, type, Zone, 1, _ct.Now, _buffer, out Reassembly whole))
            {
                case DefragmentationOutcome.Unchanged:
                    yield return frame;
                    break;
                case DefragmentationOutcome.Reassembled:
                    yield return _buffer[..whole.Length];
                    break;
            }
        }
    }

    private static FlowKey ConntrackPartOf(in FlowKey key) => new()
    {
        CtState = key.CtState,
        CtZone = key.CtZone,
        CtMark = key.CtMark,
        CtLabels = key.CtLabels,
        CtOrigProto = key.CtOrigProto,
        CtOrigIpv4Src = key.CtOrigIpv4Src,
        CtOrigIpv4Dst = key.CtOrigIpv4Dst,
        CtOrigIpv6Src = key.CtOrigIpv6Src,
        CtOrigIpv6Dst = key.CtOrigIpv6Dst,
        CtOrigTpSrc = key.CtOrigTpSrc,
        CtOrigTpDst = key.CtOrigTpDst,
    };
}
