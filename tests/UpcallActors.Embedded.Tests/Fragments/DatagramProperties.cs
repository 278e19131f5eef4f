using FsCheck.Xunit;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Fragments;

/// <summary>What holds for every datagram, every MRU, every order of arrival.</summary>
public class DatagramProperties
{
    private readonly byte[] _destination = new byte[IpDefragmenter.MaxPacketLength + 64];

    [Property(MaxTest = 300)]
    public void A_split_datagram_comes_back_whole_in_any_order_with_any_duplicates(int seed, bool isIpv6)
    {
        var random = new Random(seed);
        byte[] frame = Datagram.Whole(random, isIpv6, random.Next(8, 65_000), random.Next(0, 4));
        int mru = isIpv6 ? random.Next(1280, 9000) : random.Next(68, 9000);
        List<byte[]> fragments = Datagram.Split(frame, Datagram.TypeOf(isIpv6), mru);
        int largest = fragments.Max(fragment => fragment.Length) - Datagram.NetworkOffset;
        List<byte[]> arriving = [.. fragments, .. fragments.Where(_ => random.Next(4) == 0)];
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(arriving));
        if (fragments.Count == 1)
            return;

        var defragmenter = new IpDefragmenter();
        HashSet<byte[]> missing = [.. fragments];
        foreach (byte[] fragment in arriving)
        {
            bool isNew = missing.Remove(fragment);
            DefragmentationOutcome outcome = defragmenter.Add(fragment, Datagram.NetworkOffset, Datagram.TypeOf(isIpv6), 1, 1, 0,
                _destination, out Reassembly whole);
            if (missing.Count > 0)
            {
                // An order in which a late duplicate spans pieces that arrived apart is an overlap to the kernel, too.
                outcome.ShouldBe(isNew ? DefragmentationOutcome.Queued : DefragmentationOutcome.Duplicate);
                continue;
            }

            outcome.ShouldBe(DefragmentationOutcome.Reassembled);
            whole.Mru.ShouldBe((ushort)largest);
            whole.NetworkOffset.ShouldBe(Datagram.NetworkOffset);
            _destination.AsSpan(0, whole.Length).SequenceEqual(frame).ShouldBeTrue();
            break;
        }

        defragmenter.Waiting.ShouldBe(0);
        defragmenter.BytesInUse.ShouldBe(0);
    }

    [Property(MaxTest = 300)]
    public void Fragments_fit_the_mru_and_the_wire_format(int seed, bool isIpv6)
    {
        var random = new Random(seed);
        byte[] frame = Datagram.Whole(random, isIpv6, random.Next(8, 65_000), random.Next(0, 4));
        int mru = random.Next(isIpv6 ? 1280 : 68, 9000);
        List<byte[]> fragments = Datagram.Split(frame, Datagram.TypeOf(isIpv6), mru);
        foreach (byte[] fragment in fragments)
        {
            ReadOnlySpan<byte> ip = fragment.AsSpan(Datagram.NetworkOffset);
            ip.Length.ShouldBeLessThanOrEqualTo(mru);
            fragment.AsSpan(0, Datagram.NetworkOffset).SequenceEqual(frame.AsSpan(0, Datagram.NetworkOffset))
                .ShouldBeTrue("the L2 header, tag and all");
            if (isIpv6)
                continue;
            InternetChecksum.Compute(ip[..((ip[0] & 15) * 4)]).ShouldBe((ushort)0);
            ip[20..((ip[0] & 15) * 4)].SequenceEqual(frame.AsSpan(Datagram.NetworkOffset + 20, ((ip[0] & 15) * 4) - 20))
                .ShouldBeTrue("options");
        }

        // All but the last are as long as the MRU and a multiple of 8 permit.
        int full = fragments[0].Length;
        fragments.SkipLast(1).ShouldAllBe(fragment => fragment.Length == full);
        if (fragments.Count > 1)
            (mru - (full - Datagram.NetworkOffset)).ShouldBeLessThan(8);
    }

    [Property(MaxTest = 300)]
    public void A_partial_overlap_gives_the_whole_datagram_up(int seed, bool isIpv6)
    {
        var random = new Random(seed);
        int offset = random.Next(1, 100) * 8;
        byte[] data = new byte[random.Next(2, 100) * 8];
        int shift = random.Next(1, data.Length / 8) * 8;
        bool before = random.Next(2) == 0;
        byte[] first = Datagram.Fragment(isIpv6, offset, more: true, data);
        byte[] overlapping = Datagram.Fragment(isIpv6, Math.Max(0, before ? offset - shift : offset + shift), more: true, data);
        // Where the earlier one would begin below 0 it begins at 0, and may touch no byte of the other.
        bool touches = !before || Math.Max(0, offset - shift) + data.Length > offset;

        var defragmenter = new IpDefragmenter();
        Add(defragmenter, first, isIpv6).ShouldBe(DefragmentationOutcome.Queued);
        Add(defragmenter, overlapping, isIpv6).ShouldBe(touches ? DefragmentationOutcome.Overlap : DefragmentationOutcome.Queued);
        defragmenter.Waiting.ShouldBe(touches ? 0 : 1);
    }

    [Property(MaxTest = 200)]
    public void Arbitrary_fragments_never_exceed_the_memory_bound(int seed, bool isIpv6)
    {
        const int memory = 64 * 1024;
        var random = new Random(seed);
        var defragmenter = new IpDefragmenter(memory, maxDatagrams: 16);
        for (int i = 0; i < 500; i++)
        {
            byte[] fragment = Datagram.Fragment(isIpv6, random.Next(0, 8000) * 8, random.Next(8) != 0, new byte[random.Next(0, 200) * 8],
                (uint)random.Next(0, 40));
            Add(defragmenter, fragment, isIpv6);
            defragmenter.BytesInUse.ShouldBeLessThanOrEqualTo(memory);
            defragmenter.Waiting.ShouldBeLessThanOrEqualTo(16);
        }

        defragmenter.Expire(IpDefragmenter.Ipv6Timeout);
        defragmenter.BytesInUse.ShouldBe(0);
    }

    [Property(MaxTest = 500)]
    public void An_updated_checksum_is_a_recomputed_one(int seed)
    {
        var random = new Random(seed);
        byte[] data = new byte[random.Next(8, 200) * 2];
        random.NextBytes(data);
        ushort checksum = InternetChecksum.Compute(data);
        int at = random.Next(0, (data.Length / 2) - 4) * 2;
        int length = random.Next(1, 5) * 2;
        byte[] before = data[at..(at + length)];
        random.NextBytes(data.AsSpan(at, length));

        ushort updated = InternetChecksum.Update(checksum, before, data.AsSpan(at, length));
        // 0 and 0xffff are one number in one's complement.
        (updated % 0xffff).ShouldBe(InternetChecksum.Compute(data) % 0xffff);
        if (length == 2)
        {
            ushort step = InternetChecksum.Update(checksum, (ushort)((before[0] << 8) | before[1]),
                (ushort)((data[at] << 8) | data[at + 1]));
            (step % 0xffff).ShouldBe(updated % 0xffff);
        }
    }

    [Property(MaxTest = 300)]
    public void The_checksum_is_the_one_of_rfc_1071(byte[] data)
    {
        uint sum = 0;
        for (int i = 0; i < data.Length; i++)
            sum += i % 2 == 0 ? (uint)data[i] << 8 : data[i];
        while (sum > ushort.MaxValue)
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        InternetChecksum.Compute(data).ShouldBe((ushort)~sum);
    }

    private DefragmentationOutcome Add(IpDefragmenter defragmenter, byte[] fragment, bool isIpv6) =>
        defragmenter.Add(fragment, Datagram.NetworkOffset, Datagram.TypeOf(isIpv6), 1, 1, 0, _destination, out _);
}
