using System.Buffers.Binary;

namespace UpcallActors.Embedded.Tests.Fragments;

/// <summary>What the kernel made of real fragments is what we make of them.</summary>
public class RecordedFragmentTests
{
    private const ushort Zone = 9;
    private const int Mtu = 1500;
    private readonly byte[] _destination = new byte[IpDefragmenter.MaxPacketLength + 64];

    public static TheoryData<string, string> Scenarios => RecordedScenario.All;

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Fragments_leave_as_the_kernel_sent_them(string kernel, string name)
    {
        var scenario = RecordedScenario.Open(kernel, name);
        ShouldComeOut(scenario.Pinger, scenario.AtP0, scenario.AtP1).ShouldBeGreaterThanOrEqualTo(15);
        ShouldComeOut(scenario.Ponger, scenario.AtP1, scenario.AtP0).ShouldBeGreaterThanOrEqualTo(15);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Reassembled_datagrams_are_those_of_the_upcalls(string kernel, string name)
    {
        var scenario = RecordedScenario.Open(kernel, name);
        List<(byte[] Frame, ushort Mru)> reassembled = [.. Reassemble(RecordedScenario.SentBy(scenario.AtP1, scenario.Ponger))];
        List<(byte[] Packet, ushort Mru)> upcalls =
            [.. scenario.Upcalls().Where(upcall => upcall.Mru != 0).Select(upcall => (upcall.Packet, upcall.Mru))];

        upcalls.Count.ShouldBeGreaterThanOrEqualTo(2);
        foreach ((byte[] packet, ushort mru) in upcalls)
            reassembled.Any(ours => ours.Mru == mru && ours.Frame.AsSpan().SequenceEqual(packet))
                .ShouldBeTrue($"{packet.Length} bytes, MRU {mru}");
    }

    private int ShouldComeOut(byte[] sender, IReadOnlyList<byte[]> into, IReadOnlyList<byte[]> outOf)
    {
        List<byte[]> expected = [.. RecordedScenario.SentBy(outOf, sender).Where(RecordedScenario.IsFragment)];
        List<byte[]> actual = [];
        foreach ((byte[] frame, ushort mru) in Reassemble(RecordedScenario.SentBy(into, sender)))
        {
            // The kernel draws a new identification for IPv6; taken over from what it drew, the rest must be equal.
            Split(frame, mru, IdentificationOf(expected[Math.Min(actual.Count, expected.Count - 1)]), actual);
        }

        actual.ShouldBe(expected);
        return actual.Count;
    }

    private IEnumerable<(byte[] Frame, ushort Mru)> Reassemble(IEnumerable<byte[]> frames)
    {
        var defragmenter = new IpDefragmenter();
        foreach (byte[] frame in frames.Where(RecordedScenario.IsFragment))
        {
            (int offset, ushort type) = RecordedScenario.Layout(frame);
            DefragmentationOutcome outcome = defragmenter.Add(frame, offset, type, Zone, 1, 0, _destination, out Reassembly whole);
            if (outcome == DefragmentationOutcome.Reassembled)
                yield return (_destination[..whole.Length], whole.Mru);
            else
                outcome.ShouldBe(DefragmentationOutcome.Queued);
        }

        defragmenter.Waiting.ShouldBe(0);
        defragmenter.BytesInUse.ShouldBe(0);
    }

    private static void Split(byte[] frame, ushort mru, uint identification, List<byte[]> into)
    {
        (int offset, ushort type) = RecordedScenario.Layout(frame);
        IpFragmenter.TryCreate(frame, offset, type, mru, Mtu, identification, out IpFragmenter fragmenter)
            .ShouldBe(FragmentationError.None);
        Span<byte> fragment = new byte[Mtu + 64];
        while (fragmenter.TryNext(fragment, out int length))
            into.Add(fragment[..length].ToArray());
    }

    private static uint IdentificationOf(byte[] frame)
    {
        (int offset, ushort type) = RecordedScenario.Layout(frame);
        return type == 0x86dd ? BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(offset + 44)) : 0;
    }
}
