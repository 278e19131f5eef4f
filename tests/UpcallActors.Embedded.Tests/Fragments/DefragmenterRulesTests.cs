using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Fragments;

/// <summary>The rules of <c>ip_frag_queue</c> and <c>nf_ct_frag6_queue</c>, one by one.</summary>
public class DefragmenterRulesTests
{
    private readonly IpDefragmenter _defragmenter = new();
    private readonly byte[] _destination = new byte[IpDefragmenter.MaxPacketLength + 64];
    private Reassembly _whole;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Datagrams_have_their_time_from_the_first_fragment_on(bool isIpv6)
    {
        long timeout = isIpv6 ? IpDefragmenter.Ipv6Timeout : IpDefragmenter.Ipv4Timeout;
        Add(isIpv6, Datagram.Fragment(isIpv6, 0, true, new byte[16]), now: 100).ShouldBe(DefragmentationOutcome.Queued);
        Add(isIpv6, Datagram.Fragment(isIpv6, 16, true, new byte[16]), now: 100 + timeout - 1).ShouldBe(DefragmentationOutcome.Queued);
        Add(isIpv6, Datagram.Fragment(isIpv6, 32, false, new byte[16]), now: 100 + timeout).ShouldBe(DefragmentationOutcome.Queued);
        _defragmenter.Expired.ShouldBe(1UL);
        _defragmenter.Waiting.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fragments_of_different_zones_never_meet(bool isIpv6)
    {
        Add(isIpv6, Datagram.Fragment(isIpv6, 0, true, new byte[16]), zone: 1).ShouldBe(DefragmentationOutcome.Queued);
        Add(isIpv6, Datagram.Fragment(isIpv6, 16, false, new byte[16]), zone: 2).ShouldBe(DefragmentationOutcome.Queued);
        Add(isIpv6, Datagram.Fragment(isIpv6, 16, false, new byte[16]), zone: 1).ShouldBe(DefragmentationOutcome.Reassembled);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fragments_of_different_identification_never_meet(bool isIpv6)
    {
        Add(isIpv6, Datagram.Fragment(isIpv6, 0, true, new byte[16], id: 1)).ShouldBe(DefragmentationOutcome.Queued);
        Add(isIpv6, Datagram.Fragment(isIpv6, 16, false, new byte[16], id: 2)).ShouldBe(DefragmentationOutcome.Queued);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_ends_contradict(bool isIpv6)
    {
        Add(isIpv6, Datagram.Fragment(isIpv6, 32, false, new byte[16])).ShouldBe(DefragmentationOutcome.Queued);
        Add(isIpv6, Datagram.Fragment(isIpv6, 64, false, new byte[16])).ShouldBe(DefragmentationOutcome.InconsistentLength);
        // IPv4 gives the datagram up, IPv6 only the fragment.
        _defragmenter.Waiting.ShouldBe(isIpv6 ? 1 : 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Data_beyond_the_end_contradicts(bool isIpv6)
    {
        Add(isIpv6, Datagram.Fragment(isIpv6, 32, false, new byte[16])).ShouldBe(DefragmentationOutcome.Queued);
        Add(isIpv6, Datagram.Fragment(isIpv6, 64, true, new byte[16])).ShouldBe(DefragmentationOutcome.InconsistentLength);
        Add(isIpv6, Datagram.Fragment(isIpv6, 96, true, new byte[16], id: 8)).ShouldBe(DefragmentationOutcome.Queued);
        Add(isIpv6, Datagram.Fragment(isIpv6, 32, false, new byte[16], id: 8)).ShouldBe(DefragmentationOutcome.InconsistentLength);
    }

    [Fact]
    public void Ipv4_cuts_a_middle_piece_to_a_multiple_of_8()
    {
        Add(false, Datagram.Fragment(false, 0, true, new byte[21])).ShouldBe(DefragmentationOutcome.Queued);
        Add(false, Datagram.Fragment(false, 16, false, new byte[3])).ShouldBe(DefragmentationOutcome.Reassembled);
        _whole.Length.ShouldBe(Datagram.NetworkOffset + 20 + 19);
    }

    [Fact]
    public void Ipv6_lets_a_middle_piece_that_is_no_multiple_of_8_through_and_gives_the_rest_up()
    {
        Add(true, Datagram.Fragment(true, 0, true, new byte[16])).ShouldBe(DefragmentationOutcome.Queued);
        Add(true, Datagram.Fragment(true, 16, true, new byte[21])).ShouldBe(DefragmentationOutcome.Unchanged);
        _defragmenter.Waiting.ShouldBe(0);
    }

    [Fact]
    public void Ipv6_lets_a_first_fragment_without_its_upper_header_through()
    {
        Add(true, Datagram.Fragment(true, 0, true, new byte[7])).ShouldBe(DefragmentationOutcome.Unchanged);
        Add(true, Datagram.Fragment(true, 0, true, new byte[8])).ShouldBe(DefragmentationOutcome.Queued);
    }

    [Fact]
    public void A_duplicate_is_an_error_for_ipv4_only()
    {
        foreach (bool isIpv6 in (bool[])[false, true])
        {
            Add(isIpv6, Datagram.Fragment(isIpv6, 0, true, new byte[64]));
            DefragmentationOutcome outcome = Add(isIpv6, Datagram.Fragment(isIpv6, 8, true, new byte[16]));
            outcome.ShouldBe(DefragmentationOutcome.Duplicate);
            ConntrackRefusal.Of(outcome, Datagram.TypeOf(isIpv6)).ShouldBe(isIpv6 ? Errno.None : Errno.Invalid);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void More_than_65535_bytes_are_too_long(bool isIpv6)
    {
        // Headers in front of a last fragment that ends at 65,535 exceed the length field of IPv4; IPv6's counts the data alone.
        byte[] data = new byte[65528 / 2];
        Add(isIpv6, Datagram.Fragment(isIpv6, 0, true, data[..32760])).ShouldBe(DefragmentationOutcome.Queued);
        Add(isIpv6, Datagram.Fragment(isIpv6, 32760, true, data[..32760])).ShouldBe(DefragmentationOutcome.Queued);
        Add(isIpv6, Datagram.Fragment(isIpv6, 65520, false, new byte[15]))
            .ShouldBe(isIpv6 ? DefragmentationOutcome.Reassembled : DefragmentationOutcome.TooLong);
        Add(isIpv6, Datagram.Fragment(isIpv6, 65528, false, new byte[8], id: 8))
            .ShouldBe(isIpv6 ? DefragmentationOutcome.TooLong : DefragmentationOutcome.Queued);
    }

    [Fact]
    public void A_destination_that_is_too_small_is_not_written_to()
    {
        Add(false, Datagram.Fragment(false, 0, true, new byte[64]));
        byte[] small = new byte[Datagram.NetworkOffset + 20 + 71];
        _defragmenter.Add(Datagram.Fragment(false, 64, false, new byte[8]), Datagram.NetworkOffset, Datagram.Ipv4, 1, 1, 0, small, out _)
            .ShouldBe(DefragmentationOutcome.TooLong);
        small.ShouldAllBe(value => value == 0);
        _defragmenter.Waiting.ShouldBe(0);
    }

    [Fact]
    public void Ecn_follows_rfc_3168()
    {
        const byte notEct = 0;
        const byte ce = 3;
        for (byte first = 0; first < 4; first++)
        {
            for (byte second = 0; second < 4; second++)
            {
                foreach (bool isIpv6 in (bool[])[false, true])
                {
                    Add(isIpv6, Datagram.Fragment(isIpv6, 0, true, new byte[16], ecn: first)).ShouldBe(DefragmentationOutcome.Queued);
                    DefragmentationOutcome outcome = Add(isIpv6, Datagram.Fragment(isIpv6, 16, false, new byte[16], ecn: second));
                    bool contradict = (first == notEct) != (second == notEct);
                    outcome.ShouldBe(contradict ? DefragmentationOutcome.EcnMismatch : DefragmentationOutcome.Reassembled,
                        $"{first} {second}");
                    if (contradict)
                        continue;
                    int ecn = (isIpv6 ? _destination[Datagram.NetworkOffset + 1] >> 4 : _destination[Datagram.NetworkOffset + 1]) & 3;
                    ecn.ShouldBe(first == ce || second == ce ? ce : first);
                }
            }
        }
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public void Df_stays_if_the_largest_fragment_has_it(bool large, bool small, bool expected)
    {
        Add(false, Datagram.Fragment(false, 0, true, new byte[64], dontFragment: large));
        Add(false, Datagram.Fragment(false, 64, false, new byte[8], dontFragment: small)).ShouldBe(DefragmentationOutcome.Reassembled);
        ((_destination[Datagram.NetworkOffset + 6] & 0x40) != 0).ShouldBe(expected);
        InternetChecksum.Compute(_destination.AsSpan(Datagram.NetworkOffset, 20)).ShouldBe((ushort)0);
    }

    [Fact]
    public void Headers_are_those_of_the_fragment_at_offset_0()
    {
        byte[] last = Datagram.Fragment(false, 16, false, new byte[16]);
        last[0] = 0xee;
        last[Datagram.NetworkOffset + 8] = 1;
        Add(false, last);
        byte[] first = Datagram.Fragment(false, 0, true, new byte[16]);
        Add(false, first).ShouldBe(DefragmentationOutcome.Reassembled);
        _destination[0].ShouldBe(first[0]);
        _destination[Datagram.NetworkOffset + 8].ShouldBe((byte)64);
    }

    [Fact]
    public void The_frame_may_be_the_destination()
    {
        Add(false, Datagram.Fragment(false, 8, false, [9, 9]));
        byte[] first = Datagram.Fragment(false, 0, true, [1, 2, 3, 4, 5, 6, 7, 8]);
        first.CopyTo(_destination, 0);
        _defragmenter.Add(_destination.AsSpan(0, first.Length), Datagram.NetworkOffset, Datagram.Ipv4, 1, 1, 0, _destination,
            out Reassembly whole).ShouldBe(DefragmentationOutcome.Reassembled);
        _destination.AsSpan(Datagram.NetworkOffset + 20, 10).ToArray().ShouldBe(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 9 });
        whole.Length.ShouldBe(Datagram.NetworkOffset + 30);
    }

    [Fact]
    public void Link_local_ipv6_is_told_apart_by_port()
    {
        byte[] first = Datagram.Fragment(true, 0, true, new byte[16]);
        byte[] last = Datagram.Fragment(true, 16, false, new byte[16]);
        Add(true, first, inPort: 1);
        Add(true, last, inPort: 2).ShouldBe(DefragmentationOutcome.Reassembled, "a global address is the same everywhere");
        foreach (byte[] fragment in (byte[][])[first, last])
            (fragment[Datagram.NetworkOffset + 24], fragment[Datagram.NetworkOffset + 25]) = (0xfe, 0x80);
        Add(true, first, inPort: 1);
        Add(true, last, inPort: 2).ShouldBe(DefragmentationOutcome.Queued);
    }

    [Fact]
    public void The_oldest_datagram_makes_room_for_the_newest()
    {
        var small = new IpDefragmenter(memory: 8 * 1024);
        for (uint id = 0; id < 20; id++)
            small.Add(Datagram.Fragment(false, 8, true, new byte[1000], id), Datagram.NetworkOffset, Datagram.Ipv4, 1, 1, 0, _destination,
                out _).ShouldBe(DefragmentationOutcome.Queued);
        small.Evicted.ShouldBe(12UL);
        small.BytesInUse.ShouldBe(8 * 1024);
        // The youngest lives: its rest completes it.
        small.Add(Datagram.Fragment(false, 1008, false, new byte[8], 19), Datagram.NetworkOffset, Datagram.Ipv4, 1, 1, 0, _destination,
            out _).ShouldBe(DefragmentationOutcome.Queued);
        small.Add(Datagram.Fragment(false, 0, true, new byte[8], 19), Datagram.NetworkOffset, Datagram.Ipv4, 1, 1, 0, _destination, out _)
            .ShouldBe(DefragmentationOutcome.Reassembled);
        // One datagram alone cannot have more than there is.
        var tiny = new IpDefragmenter(memory: 1024);
        tiny.Add(Datagram.Fragment(false, 8, true, new byte[2000]), Datagram.NetworkOffset, Datagram.Ipv4, 1, 1, 0, _destination, out _)
            .ShouldBe(DefragmentationOutcome.NoMemory);
        tiny.BytesInUse.ShouldBe(0);
    }

    [Fact]
    public void Outcomes_are_counted()
    {
        Add(false, Datagram.Fragment(false, 0, true, new byte[16]));
        Add(false, Datagram.Fragment(false, 8, true, new byte[16]));
        _defragmenter.Count(DefragmentationOutcome.Queued).ShouldBe(1UL);
        _defragmenter.Count(DefragmentationOutcome.Overlap).ShouldBe(1UL);
    }

    [Fact]
    public void Reassembly_and_refragmentation_allocate_nothing_in_steady_state()
    {
        byte[][] fragments = [.. Datagram.Split(Datagram.Whole(new Random(1), false, 20_000), Datagram.Ipv4, 1500)];
        byte[] buffer = new byte[2000];
        Cycle(fragments, buffer).ShouldBe(fragments.Length);
        SteadyState.LeastAllocated(200, () => Cycle(fragments, buffer)).ShouldBe(0);
        _defragmenter.Count(DefragmentationOutcome.Reassembled).ShouldBe(1002UL);
    }

    private int Cycle(byte[][] fragments, byte[] buffer)
    {
        for (int i = fragments.Length - 1; i >= 0; i--)
            Add(false, fragments[i]);
        IpFragmenter.TryCreate(_destination.AsSpan(0, _whole.Length), _whole.NetworkOffset, Datagram.Ipv4, _whole.Mru, 1500, 0,
            out IpFragmenter fragmenter);
        int count = 0;
        while (fragmenter.TryNext(buffer, out _))
            count++;
        return count;
    }

    private DefragmentationOutcome Add(bool isIpv6, byte[] fragment, ushort zone = 1, uint inPort = 1, long now = 0) =>
        _defragmenter.Add(fragment, Datagram.NetworkOffset, Datagram.TypeOf(isIpv6), zone, inPort, now, _destination, out _whole);
}
