using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using PacketDotNet;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Actions;

/// <summary>Actions on packets; PacketDotNet decodes what comes out.</summary>
public sealed class ActionExecutionTests : IDisposable
{
    private readonly TestDatapath _datapath = new();

    public void Dispose() => _datapath.Dispose();

    [Fact]
    public void Output_puts_the_frame_out_as_it_came()
    {
        byte[] frame = TestFrames.Udp();
        _datapath.PutFlow(frame, Attributes.Concat(ActionBytes.Output(TestDatapath.PortB), ActionBytes.Output(TestDatapath.PortC)));
        _datapath.Datapath.Receive(TestDatapath.PortA, frame);

        _datapath.B.Frames.ShouldHaveSingleItem().ShouldBe(frame);
        _datapath.C.Frames.ShouldHaveSingleItem().ShouldBe(frame);
        _datapath.Counters.Hits.ShouldBe(1);
    }

    [Fact]
    public void Output_to_a_port_that_is_not_there_is_counted()
    {
        _datapath.Execute(TestFrames.Udp(), ActionBytes.Output(99)).ShouldBe(0);
        _datapath.Counters.Dropped(DropReason.UnknownPort).ShouldBe(1);
    }

    [Fact]
    public void No_actions_drop_and_a_drop_action_says_why()
    {
        _datapath.Execute(TestFrames.Udp(), []).ShouldBe(0);
        _datapath.Execute(TestFrames.Udp(), ActionBytes.Drop(0)).ShouldBe(0);
        _datapath.Execute(TestFrames.Udp(), ActionBytes.Drop(3)).ShouldBe(0);

        _datapath.Counters.Dropped(DropReason.LastAction).ShouldBe(1);
        _datapath.Counters.Dropped(DropReason.Explicit).ShouldBe(1);
        _datapath.Counters.Dropped(DropReason.ExplicitWithError).ShouldBe(1);
    }

    [Fact]
    public void A_UDP_checksum_that_comes_out_as_0_is_written_as_its_other_form()
    {
        // Ports p and 0: the source port that makes the sum all ones is the checksum's own value with source port 0.
        byte[] frame = TestFrames.Udp(source: 0);
        byte[] port = frame[40..42];
        _datapath.Execute(frame, Attributes.Concat(
            ActionBytes.SetMasked(OvsKeyAttribute.Udp, [.. port, 0, 0], [0xff, 0xff, 0, 0]), ActionBytes.Output(TestDatapath.PortB)));

        byte[] sent = _datapath.B.Frames.ShouldHaveSingleItem();
        sent[34..36].ShouldBe(port);
        sent[40..42].ShouldBe([0xff, 0xff]);
        TestFrames.HasValidChecksums(sent).ShouldBeTrue();
    }

    [Fact]
    public void A_vlan_tag_is_pushed_and_popped()
    {
        byte[] frame = TestFrames.Udp();
        _datapath.Execute(frame, Attributes.Concat(
            ActionBytes.PushVlan(100), ActionBytes.Output(TestDatapath.PortB), ActionBytes.PushVlan(200, 0x88a8),
            ActionBytes.Output(TestDatapath.PortB),
            ActionBytes.PopVlan(), ActionBytes.Output(TestDatapath.PortB), ActionBytes.PopVlan(), ActionBytes.Output(TestDatapath.PortB)));

        _datapath.B.Frames.Count.ShouldBe(4);
        byte[] tagged = [.. frame[..12], 0x81, 0, 0, 100, .. frame[12..]];
        _datapath.B.Frames[0].ShouldBe(tagged);
        _datapath.B.Frames[1].ShouldBe([.. frame[..12], 0x88, 0xa8, 0, 200, 0x81, 0, 0, 100, .. frame[12..]]);
        _datapath.B.Frames[2].ShouldBe(tagged);
        _datapath.B.Frames[3].ShouldBe(frame);
        Packet.ParsePacket(LinkLayers.Ethernet, tagged).Extract<Ieee8021QPacket>().VlanIdentifier.ShouldBe((ushort)100);
    }

    [Fact]
    public void Ethernet_addresses_are_set_under_their_mask()
    {
        byte[] value = [2, 0, 0, 0, 0, 0x77, 0, 0, 0, 0, 0, 0];
        byte[] mask = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0];
        byte[] frame = TestFrames.Udp();
        _datapath.Execute(frame, Attributes.Concat(ActionBytes.SetMasked(OvsKeyAttribute.Ethernet, value, mask),
            ActionBytes.Output(TestDatapath.PortB))).ShouldBe(0);

        var ethernet = (EthernetPacket)Packet.ParsePacket(LinkLayers.Ethernet, _datapath.B.Frames.Single());
        ethernet.SourceHardwareAddress.ToString().ShouldBe("020000000077");
        ethernet.DestinationHardwareAddress.ToString().ShouldBe(TestFrames.HostB.ToString("X12", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("icmp")]
    public void IPv4_fields_are_set_and_checksums_stay_right(string protocol)
    {
        byte[] frame = protocol switch { "udp" => TestFrames.Udp(payload: 33), "tcp" => TestFrames.Tcp(), _ => TestFrames.Icmp() };
        byte[] value = [192, 168, 1, 9, 10, 0, 0, 77, 0, 0x28, 9, 0];
        byte[] mask = [255, 255, 255, 255, 0, 0, 0, 255, 0, 0xfc, 255, 0];
        for (int index = 0; index < value.Length; index++)
            value[index] &= mask[index];
        _datapath.Execute(frame, Attributes.Concat(ActionBytes.SetMasked(OvsKeyAttribute.Ipv4, value, mask),
            ActionBytes.Output(TestDatapath.PortB))).ShouldBe(0);

        byte[] sent = _datapath.B.Frames.Single();
        TestFrames.HasValidChecksums(sent).ShouldBeTrue();
        IPv4Packet ip = Packet.ParsePacket(LinkLayers.Ethernet, sent).Extract<IPv4Packet>();
        ip.SourceAddress.ShouldBe(IPAddress.Parse("192.168.1.9"));
        ip.DestinationAddress.ShouldBe(IPAddress.Parse("10.0.0.77"));
        ip.TimeToLive.ShouldBe(9);
        ip.TypeOfService.ShouldBe(0x28);
    }

    [Theory]
    [InlineData(OvsKeyAttribute.Udp)]
    [InlineData(OvsKeyAttribute.Tcp)]
    public void Ports_are_set_and_checksums_stay_right(ushort key)
    {
        byte[] frame = key == OvsKeyAttribute.Udp ? TestFrames.Udp() : TestFrames.Tcp();
        _datapath.Execute(frame, Attributes.Concat(ActionBytes.Set(key, [0x30, 0x39, 0, 53]), ActionBytes.Output(TestDatapath.PortB)))
            .ShouldBe(0);

        byte[] sent = _datapath.B.Frames.Single();
        TestFrames.HasValidChecksums(sent).ShouldBeTrue();
        BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(34)).ShouldBe((ushort)12345);
        BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(36)).ShouldBe((ushort)53);
    }

    [Fact]
    public void A_UDP_packet_without_checksum_stays_without()
    {
        byte[] frame = TestFrames.Udp();
        frame[40] = 0;
        frame[41] = 0;
        _datapath.Execute(frame, Attributes.Concat(ActionBytes.Set(OvsKeyAttribute.Udp, [1, 2, 3, 4]),
            ActionBytes.Output(TestDatapath.PortB))).ShouldBe(0);
        _datapath.B.Frames.Single().AsSpan(40, 2).ToArray().ShouldBe([0, 0]);
    }

    [Fact]
    public void IPv6_addresses_are_set_and_the_checksum_stays_right()
    {
        byte[] value = new byte[40];
        byte[] mask = new byte[40];
        value[0] = 0xfd;
        mask[0] = 0xff;
        value[31] = 0x99;
        mask[31] = 0xff;
        value[38] = 7;
        mask[38] = 0xff;
        _datapath.Execute(TestFrames.UdpOverIpv6(), Attributes.Concat(ActionBytes.SetMasked(OvsKeyAttribute.Ipv6, value, mask),
            ActionBytes.Output(TestDatapath.PortB))).ShouldBe(0);

        byte[] sent = _datapath.B.Frames.Single();
        IPv6Packet ip = Packet.ParsePacket(LinkLayers.Ethernet, sent).Extract<IPv6Packet>();
        ip.SourceAddress.ShouldBe(IPAddress.Parse("fd00::1"));
        ip.DestinationAddress.ShouldBe(IPAddress.Parse("fc00::99"));
        ip.HopLimit.ShouldBe(7);
        InternetChecksum.Compute(sent.AsSpan(54),
            InternetChecksum.PseudoHeader(sent.AsSpan(22, 16), sent.AsSpan(38, 16), 17, sent.Length - 54)).ShouldBe((ushort)0);
    }

    [Fact]
    public void Trunc_cuts_the_next_output_alone()
    {
        byte[] frame = TestFrames.Udp(payload: 200);
        _datapath.Execute(frame, Attributes.Concat(ActionBytes.Trunc(60), ActionBytes.Output(TestDatapath.PortB),
            ActionBytes.Output(TestDatapath.PortC))).ShouldBe(0);

        _datapath.B.Frames.Single().ShouldBe(frame[..60]);
        _datapath.C.Frames.Single().ShouldBe(frame);
    }

    [Fact]
    public void Trunc_is_used_up_by_an_upcall_and_by_an_output_to_nowhere()
    {
        const uint nowhere = 99;
        byte[] frame = TestFrames.Udp(payload: 200);
        _datapath.Execute(frame, Attributes.Concat(ActionBytes.Trunc(60), ActionBytes.Userspace(), ActionBytes.Output(TestDatapath.PortB)))
            .ShouldBe(0);
        _datapath.Execute(frame, Attributes.Concat(ActionBytes.Trunc(60), ActionBytes.Output(nowhere),
            ActionBytes.Output(TestDatapath.PortC))).ShouldBe(0);

        _datapath.B.Frames.Single().ShouldBe(frame);
        _datapath.C.Frames.Single().ShouldBe(frame);
    }

    [Fact]
    public void A_clone_changes_its_own_packet()
    {
        byte[] frame = TestFrames.Udp();
        byte[] clone = ActionBytes.Clone(Attributes.Concat(ActionBytes.Set(OvsKeyAttribute.Udp, [0, 1, 0, 2]),
            ActionBytes.Output(TestDatapath.PortB)));
        _datapath.Execute(frame, Attributes.Concat(clone, ActionBytes.Output(TestDatapath.PortC))).ShouldBe(0);

        _datapath.B.Frames.Single()[35].ShouldBe((byte)1);
        _datapath.C.Frames.Single().ShouldBe(frame);
    }

    [Fact]
    public void Sampling_is_always_at_the_highest_probability_never_at_0_and_sometimes_between()
    {
        byte[] output = ActionBytes.Output(TestDatapath.PortB);
        for (int round = 0; round < 400; round++)
            _datapath.Execute(TestFrames.Udp(), ActionBytes.Sample(uint.MaxValue / 2, output));
        int half = _datapath.B.Frames.Count;
        _datapath.Execute(TestFrames.Udp(), ActionBytes.Sample(0, output));
        int none = _datapath.B.Frames.Count - half;
        _datapath.Execute(TestFrames.Udp(), ActionBytes.Sample(uint.MaxValue, output));

        half.ShouldBeInRange(100, 300);
        none.ShouldBe(0);
        _datapath.B.Frames.Count.ShouldBe(half + 1);
    }

    [Theory]
    [InlineData(0, 100, false)]
    [InlineData(0, 101, true)]
    [InlineData(86, 3000, false)]
    [InlineData(87, 3000, true)]
    public void CheckPktLen_looks_at_the_frame_or_at_the_largest_fragment_it_came_from(ushort mru, int length, bool greater)
    {
        byte[] frame = TestFrames.Udp(payload: length - 42);
        byte[] actions = ActionBytes.CheckPktLen(100, ActionBytes.Userspace([1]), ActionBytes.Userspace([2]));
        _datapath.Execute(frame, actions, mru).ShouldBe(0);

        byte[] upcall = _datapath.Upcalls().Single();
        PacketMessage.TryParse(upcall, out PacketMessage message).ShouldBe(OdpParseError.None);
        message.UserData.Of(upcall).ToArray().ShouldBe(greater ? [1] : [2]);
        message.Origin.Mru.ShouldBe(mru);
    }

    [Fact]
    public void Recirculation_matches_on_the_changed_packet()
    {
        byte[] frame = TestFrames.Udp(vlan: 10);
        byte[] untagged = TestFrames.Udp();
        _datapath.PutFlow(frame, Attributes.Concat(ActionBytes.PopVlan(), ActionBytes.Recirc(5)));
        _datapath.PutFlow(untagged, ActionBytes.Output(TestDatapath.PortC), recircId: 5);
        _datapath.Datapath.Receive(TestDatapath.PortA, frame);

        _datapath.C.Frames.Single().ShouldBe(untagged);
        _datapath.Counters.Hits.ShouldBe(2);
    }

    [Fact]
    public void The_hash_action_gives_every_packet_of_a_flow_the_same_hash_for_a_recirculation_to_match_on()
    {
        byte[] first = TestFrames.Udp(payload: 10);
        _datapath.PutFlow(first, Attributes.Concat(ActionBytes.Hash(3), ActionBytes.Recirc(9)));
        _datapath.Datapath.Receive(TestDatapath.PortA, first);
        _datapath.Datapath.Receive(TestDatapath.PortA, TestFrames.Udp(payload: 20));
        _datapath.Datapath.Receive(TestDatapath.PortA, TestFrames.Udp(source: 4444));

        uint[] hashes = [.. _datapath.Upcalls().Select(HashOf)];
        hashes.Length.ShouldBe(3);
        hashes[0].ShouldNotBe(0u);
        hashes[1].ShouldBe(hashes[0]);
        hashes[2].ShouldNotBe(hashes[0]);
    }

    [Fact]
    public void Endless_recirculation_stops_at_the_recursion_limit()
    {
        byte[] frame = TestFrames.Udp();
        _datapath.PutFlow(frame, ActionBytes.Recirc(1));
        _datapath.PutFlow(frame, Attributes.Concat(ActionBytes.Recirc(1), ActionBytes.Recirc(1)), recircId: 1);
        _datapath.Datapath.Receive(TestDatapath.PortA, frame);

        // Each level puts two more packets off, until the places for them are taken.
        _datapath.Counters.Dropped(DropReason.DeferredLimit).ShouldBeGreaterThan(0);
        _datapath.Counters.Hits.ShouldBeLessThan(200);
        _datapath.Datapath.Receive(TestDatapath.PortB, frame);
        _datapath.Upcalls().Count.ShouldBe(1);
    }

    /// <summary>The ct action cuts a packet to its IP length: what is set afterwards may no longer be there.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(27)]
    public void Fields_that_an_IP_length_cuts_off_are_not_set(ushort totalLength)
    {
        byte[] frame = TestFrames.Udp();
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), totalLength);
        byte[] set = ActionBytes.Set(OvsKeyAttribute.Udp, [0, 1, 0, 2]);
        _datapath.Execute(frame, Attributes.Concat(ActionBytes.Ct(1, commit: false), set, ActionBytes.Output(TestDatapath.PortB)))
            .ShouldBe(22);

        _datapath.Counters.Dropped(DropReason.ActionError).ShouldBe(1);
        _datapath.B.Frames.ShouldBeEmpty();
    }

    [Fact]
    public void SCTP_ports_are_set_with_the_checksum_right_or_as_wrong_as_it_was()
    {
        // An SCTP packet of a header alone: ports 1 and 2, tag 3. Its CRC-32C by RFC 9260 is in the last four bytes.
        byte[] frame = [.. TestFrames.Udp(payload: 4)];
        frame[23] = 132;
        byte[] sctp = [0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(sctp.AsSpan(8), Crc32C(sctp));
        sctp.CopyTo(frame.AsSpan(34));
        byte[] actions = Attributes.Concat(ActionBytes.Set(OvsKeyAttribute.Sctp, [0, 9, 0, 8]), ActionBytes.Output(TestDatapath.PortB));
        _datapath.Execute(frame, actions).ShouldBe(0);
        frame[42] ^= 0x40;
        _datapath.Execute(frame, actions).ShouldBe(0);

        byte[] expected = [0, 9, 0, 8, 0, 0, 0, 3, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(8), Crc32C(expected));
        _datapath.B.Frames[0][34..].ShouldBe(expected);
        expected[8] ^= 0x40;
        _datapath.B.Frames[1][34..].ShouldBe(expected);
    }

    /// <summary>Bit by bit, as the polynomial is written.</summary>
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f6_3b78u : 0);
        }

        return ~crc;
    }

    private static uint HashOf(byte[] upcall)
    {
        PacketMessage.TryParse(upcall, out PacketMessage message).ShouldBe(OdpParseError.None);
        OvsFlowKeyReader.TryRead(message.Key.Of(upcall), out FlowKey key).ShouldBe(OdpParseError.None);
        return key.DpHash;
    }
}
