using System.Buffers.Binary;
using UpcallActors.Embedded.Tests.Fragments;

namespace UpcallActors.Embedded.Tests.Fuzz;

/// <summary>Fuzz targets of reassembly and refragmentation. The input is a frame.</summary>
public class FragmentFuzz
{
    private const int Memory = 32 * 1024;
    private static readonly IpDefragmenter s_defragmenter = new(Memory, maxDatagrams: 8);
    private static readonly byte[] s_destination = new byte[IpDefragmenter.MaxPacketLength + 256];
    private static long s_now;

    internal static void Defragment(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
            return;
        // The frames of one run share a defragmenter, as those of a sender do.
        s_now += 10;
        ushort type = input[^1] < 128 ? Datagram.Ipv4 : Datagram.Ipv6;
        DefragmentationOutcome outcome = s_defragmenter.Add(input, Math.Min(Datagram.NetworkOffset, input.Length), type, 1, 1, s_now,
            s_destination, out Reassembly whole);
        s_defragmenter.BytesInUse.ShouldBeLessThanOrEqualTo(2 * Memory);
        s_defragmenter.Waiting.ShouldBeLessThanOrEqualTo(2 * 8);
        if (outcome == DefragmentationOutcome.Reassembled)
            Fragment(s_destination.AsSpan(0, whole.Length));
        else
            whole.ShouldBe(default);
    }

    internal static void Fragment(ReadOnlySpan<byte> input)
    {
        int mru = input.Length < 2 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(input[^2..]);
        Span<byte> buffer = new byte[ushort.MaxValue + 256];
        foreach (ushort type in (ushort[])[Datagram.Ipv4, Datagram.Ipv6])
        {
            if (IpFragmenter.TryCreate(input, Math.Min(Datagram.NetworkOffset, input.Length), type, mru, ushort.MaxValue, 1,
                out IpFragmenter fragmenter) != FragmentationError.None)
                continue;
            int fragments = 0;
            while (fragmenter.TryNext(buffer, out int length))
            {
                (length - Datagram.NetworkOffset).ShouldBeLessThanOrEqualTo(Math.Max(mru, 1280));
                (++fragments).ShouldBeLessThanOrEqualTo(1 + (input.Length / 8));
            }
        }
    }

    [Fact]
    public void Defragmenter_survives_mutated_fragments() => SeededMutations.Run(Defragment, Corpus());

    [Fact]
    public void Fragmenter_survives_mutated_frames() => SeededMutations.Run(Fragment, Corpus());

    internal static List<byte[]> Corpus()
    {
        List<byte[]> corpus = [];
        foreach (bool isIpv6 in (bool[])[false, true])
        {
            for (int options = 0; options < 3; options++)
            {
                byte[] whole = Datagram.Whole(new Random(options), isIpv6, 3000, options);
                corpus.Add(whole);
                corpus.AddRange(Datagram.Split(whole, Datagram.TypeOf(isIpv6), 1400)
                    .Select(fragment => (byte[])[.. fragment, isIpv6 ? (byte)255 : (byte)0]));
            }
        }

        return corpus;
    }
}
