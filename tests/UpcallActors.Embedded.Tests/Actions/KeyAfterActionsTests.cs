using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Actions;

/// <summary>What actions leave in the key and in the hash of a packet, judged by the frame that the next upcall carries.</summary>
public sealed class KeyAfterActionsTests : IDisposable
{
    private const uint RecircId = 7;

    /// <summary><c>OVS_PACKET_HASH_L4_BIT</c>.</summary>
    private const ulong HashedPorts = 1UL << 33;

    private static readonly byte[] PortsSet = ActionBytes.Set(OvsKeyAttribute.Udp, [0, 9, 0, 8]);
    private static readonly byte[] AddressesSet = ActionBytes.Set(OvsKeyAttribute.Ipv4, [10, 0, 0, 9, 10, 0, 0, 8, 17, 4, 3, 0]);

    private readonly TestDatapath _datapath = new();

    public static TheoryData<string, bool, ushort, byte[]> Changes => new()
    {
        { "Ethernet addresses", false, 0, ActionBytes.Set(OvsKeyAttribute.Ethernet, [2, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]) },
        { "IPv4 addresses, TOS and TTL", false, 0, AddressesSet },
        { "IPv6 addresses, label, class and hop limit", true, 0, ActionBytes.Set(OvsKeyAttribute.Ipv6,
            [.. Filled(16, 0x21), .. Filled(16, 0x22), 0, 1, 2, 3, 17, 4, 3, 0]) },
        { "UDP ports", false, 0, PortsSet },
        { "A tag pushed", false, 0, ActionBytes.PushVlan(5) },
        { "A tag pushed on another", false, 4, ActionBytes.PushVlan(5, tpid: 0x88a8) },
        { "A tag popped", false, 4, ActionBytes.PopVlan() },
        { "A tag popped from under which another comes up", false, 4, Attributes.Concat(ActionBytes.PushVlan(5), ActionBytes.PopVlan()) },
    };

    public void Dispose() => _datapath.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_recirculated_packet_comes_up_with_the_key_of_its_changed_frame(string what, bool isIpv6, ushort vlan, byte[] actions)
    {
        byte[] frame = isIpv6 ? TestFrames.UdpOverIpv6() : TestFrames.Udp(vlan: vlan);
        _datapath.Execute(frame, Attributes.Concat(actions, ActionBytes.Recirc(RecircId))).ShouldBe(0);

        byte[] upcall = _datapath.Upcalls().Single();
        PacketMessage.TryParse(upcall, out PacketMessage message).ShouldBe(OdpParseError.None);
        OvsFlowKeyReader.TryRead(message.Key.Of(upcall), out FlowKey key).ShouldBe(OdpParseError.None);
        OvsFlowKeyReader.TryRead(TestDatapath.Key(message.Packet.Of(upcall), recircId: RecircId), out FlowKey expected)
            .ShouldBe(OdpParseError.None);
        (key == expected).ShouldBeTrue(what);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_packet_whose_addresses_or_ports_were_set_has_the_hash_of_its_new_ones(bool ports)
    {
        byte[] frame = TestFrames.Udp();
        byte[] actions = Attributes.Concat(ActionBytes.Userspace(), ports ? PortsSet : AddressesSet, ActionBytes.Userspace(),
            ActionBytes.Output(TestDatapath.PortB));
        _datapath.FlowRequest(OvsCommand.New, TestDatapath.Flow(TestDatapath.Key(frame), null, actions), NetlinkFlags.Create).ShouldBe(0);
        _datapath.Datapath.Receive(TestDatapath.PortA, frame);
        _datapath.Execute(_datapath.B.Frames.Single(), ActionBytes.Userspace()).ShouldBe(0);

        ulong[] hashes = [.. _datapath.Upcalls().Select(HashOf)];
        hashes.Length.ShouldBe(3);
        hashes[1].ShouldNotBe(hashes[0]);
        hashes[1].ShouldBe(hashes[2]);
    }

    /// <summary><c>handle_fragments</c> clears the last fragment's hash, which was made without ports.</summary>
    [Fact]
    public void A_reassembled_packet_has_a_hash_of_its_ports_which_its_fragments_had_not()
    {
        using var sender = new TestDatapath();
        sender.Execute(TestFrames.Udp(payload: 4000), ActionBytes.Output(TestDatapath.PortB), mru: 1500).ShouldBe(0);
        List<byte[]> fragments = sender.B.Frames;
        _datapath.PutFlow(fragments[0],
            Attributes.Concat(ActionBytes.Userspace(), ActionBytes.Ct(5, commit: false), ActionBytes.Userspace()));
        foreach (byte[] fragment in fragments)
            _datapath.Datapath.Receive(TestDatapath.PortA, fragment);

        _datapath.Upcalls().Select(upcall => HashOf(upcall) & HashedPorts).ShouldBe([0, 0, 0, HashedPorts]);
    }

    private static byte[] Filled(int length, byte value)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, value);
        return bytes;
    }

    private static ulong HashOf(byte[] upcall)
    {
        PacketMessage.TryParse(upcall, out PacketMessage message).ShouldBe(OdpParseError.None);
        return message.Origin.Hash;
    }
}
