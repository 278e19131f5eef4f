using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp.Tests.Recordings;
using UpcallActors.Odp.Text;

namespace UpcallActors.Odp.Tests;

/// <summary>What a hostile or broken datapath might send: an error value each time, and no read outside the message.</summary>
public sealed class MalformedMessageTests
{
    public static TheoryData<string> Recordings => Recording.All;

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_recorded_message_cut_anywhere_is_an_error(string name)
    {
        Recording recording = Recording.Of(name);
        foreach (RecordedMessage message in recording.Messages.Where(message => message.Type >= recording.Families.Datapath
            && message.Type <= recording.Families.Packet).DistinctBy(message => (message.Type, message.Bytes.Length)))
        {
            for (int length = 0; length < message.Bytes.Length; length++)
                Parse(recording.Families, message.Type, message.Bytes.AsSpan(0, length))
                    .ShouldBe(OdpParseError.Netlink, $"{message} cut to {length}");
        }
    }

    /// <summary>
    /// The same with a length field that admits the cut: some cuts leave a shorter message that is fine, the others must be told.
    /// </summary>
    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_recorded_message_shortened_anywhere_is_parsed_or_refused(string name)
    {
        Recording recording = Recording.Of(name);
        foreach (RecordedMessage message in recording.Messages.Where(message => message.Type >= recording.Families.Datapath
            && message.Type <= recording.Families.Packet).DistinctBy(message => (message.Type, message.Bytes.Length)))
        {
            int refused = 0;
            for (int length = NetlinkMessage.HeaderLength; length < message.Bytes.Length; length++)
            {
                byte[] cut = message.Bytes[..length];
                BinaryPrimitives.WriteUInt32LittleEndian(cut, (uint)length);
                refused += Parse(recording.Families, message.Type, cut) == OdpParseError.None ? 0 : 1;
            }

            refused.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void An_attribute_that_claims_more_than_its_list_is_refused_at_every_level()
    {
        byte[] upcall = Upcall(out int keyOffset);
        foreach (int lengthField in new[] { OvsHeader.AttributesOffset, keyOffset })
        {
            byte[] lying = [.. upcall];
            BinaryPrimitives.WriteUInt16LittleEndian(lying.AsSpan(lengthField), ushort.MaxValue);
            PacketMessage.TryParse(lying, out _).ShouldBe(OdpParseError.Netlink);
            BinaryPrimitives.WriteUInt16LittleEndian(lying.AsSpan(lengthField), 3);
            PacketMessage.TryParse(lying, out _).ShouldBe(OdpParseError.Netlink);
        }
    }

    [Theory]
    [InlineData(OvsPacketAttribute.Mru, 1)]
    [InlineData(OvsPacketAttribute.Hash, 7)]
    [InlineData(OvsPacketAttribute.Len, 3)]
    [InlineData(OvsPacketAttribute.UpcallPid, 3)]
    [InlineData(OvsPacketAttribute.Packet, 13)]
    public void A_known_attribute_that_is_too_short_is_refused(int type, int length)
    {
        var writer = Begin(out int start);
        writer.PutReserved((ushort)type, length);
        writer.EndMessage(start);
        PacketMessage.TryParse(writer.Written, out _).ShouldBe(OdpParseError.AttributeSize);
    }

    [Fact]
    public void An_upcall_needs_a_packet_and_a_key_and_an_execute_actions_too()
    {
        var writer = Begin(out int start);
        writer.PutReserved(OvsPacketAttribute.Packet, 14);
        writer.EndMessage(start);
        PacketMessage.TryParse(writer.Written, out _).ShouldBe(OdpParseError.AttributeMissing);
        byte[] upcall = Upcall(out _);
        PacketMessage.TryParse(upcall, out _).ShouldBe(OdpParseError.None);
        upcall[GenericNetlinkHeader.CommandOffset] = (byte)PacketCommand.Execute;
        PacketMessage.TryParse(upcall, out _).ShouldBe(OdpParseError.AttributeMissing);
        upcall[GenericNetlinkHeader.CommandOffset] = 4;
        PacketMessage.TryParse(upcall, out _).ShouldBe(OdpParseError.UnknownCommand);
    }

    [Fact]
    public void The_last_attribute_of_a_type_wins()
    {
        var writer = Begin(out int start);
        writer.PutU16(OvsPacketAttribute.Mru, 1000);
        writer.Put(OvsPacketAttribute.Key, []);
        writer.PutReserved(OvsPacketAttribute.Packet, 14);
        writer.PutU16(OvsPacketAttribute.Mru, 1500);
        writer.Put(200, [1, 2, 3]);
        writer.EndMessage(start);
        PacketMessage.TryParse(writer.Written, out PacketMessage parsed).ShouldBe(OdpParseError.None);
        parsed.Origin.Mru.ShouldBe((ushort)1500);
    }

    [Fact]
    public void The_last_list_of_a_type_wins()
    {
        var writer = Begin(out int start);
        writer.PutReserved(OvsPacketAttribute.Packet, 14);
        foreach (byte[] list in new byte[][] { [4, 0, 1, 0], [4, 0, 2, 0] })
        {
            writer.Put(OvsPacketAttribute.Key, list);
            writer.Put(OvsPacketAttribute.Actions, list);
        }

        writer.EndMessage(start);
        PacketMessage.TryParse(writer.Written, out PacketMessage packet).ShouldBe(OdpParseError.None);
        packet.Key.Of(writer.Written).ToArray().ShouldBe([4, 0, 2, 0]);
        packet.Actions.Of(writer.Written).ToArray().ShouldBe([4, 0, 2, 0]);

        writer = new NetlinkWriter(new byte[256]);
        start = OvsHeader.Begin(ref writer, 35, NetlinkFlags.None, 0, OvsCommand.New, OvsFamilyVersion.Flow, 3);
        writer.Put(OvsFlowAttribute.Actions, [4, 0, 1, 0]);
        writer.Put(OvsFlowAttribute.Actions, [4, 0, 2, 0]);
        writer.EndMessage(start);
        FlowMessage.TryParse(writer.Written, out FlowMessage flow).ShouldBe(OdpParseError.None);
        flow.Actions.Of(writer.Written).ToArray().ShouldBe([4, 0, 2, 0]);
    }

    /// <summary>PID is mandatory in <c>validate_userspace</c>.</summary>
    [Fact]
    public void A_userspace_action_without_a_PID_is_refused()
    {
        var writer = new NetlinkWriter(new byte[64]);
        int nest = writer.BeginNest(OvsActionAttribute.Userspace);
        writer.PutU32(OvsUserspaceAttribute.EgressTunnelPort, 1);
        writer.EndNest(nest);
        OvsActionList.Check(writer.Written).ShouldBe(OdpParseError.AttributeMissing);
    }

    [Theory]
    [InlineData(4, 16, OdpParseError.AttributeSize)]
    [InlineData(16, 4, OdpParseError.AttributeSize)]
    [InlineData(5, 5, OdpParseError.AttributeSize)]
    [InlineData(4, 4, OdpParseError.None)]
    [InlineData(16, 16, OdpParseError.None)]
    public void The_ends_of_a_NAT_range_are_addresses_of_one_family(int lowest, int highest, object expected)
    {
        var writer = new NetlinkWriter(new byte[64]);
        writer.PutFlag(OvsNatAttribute.Src);
        writer.PutReserved(OvsNatAttribute.IpMin, lowest);
        writer.PutReserved(OvsNatAttribute.IpMax, highest);
        OvsNatAction.TryParse(writer.Written, out _).ShouldBe((OdpParseError)expected);
    }

    [Fact]
    public void NAT_of_both_source_and_destination_is_refused()
    {
        var writer = new NetlinkWriter(new byte[64]);
        writer.PutFlag(OvsNatAttribute.Src);
        writer.PutFlag(OvsNatAttribute.Dst);
        OvsNatAction.TryParse(writer.Written, out _).ShouldBe(OdpParseError.AttributeValue);
    }

    [Fact]
    public void Actions_nested_too_deeply_are_refused()
    {
        byte[] actions = [];
        for (int depth = 1; depth < OvsActionList.MaximumDepth; depth++)
            actions = Clone(actions);
        OvsActionList.Check(actions).ShouldBe(OdpParseError.None);
        OvsActionList.Check(Clone(actions)).ShouldBe(OdpParseError.TooDeep);
    }

    [Theory]
    [InlineData("sample(sample=50.0%,actions({0}))")]
    [InlineData("check_pkt_len(size=100,gt({0}),le(drop))")]
    [InlineData("check_pkt_len(size=100,gt(drop),le({0}))")]
    [InlineData("dec_ttl(le_1({0}))")]
    public void Every_action_that_holds_others_counts_as_a_level(string action)
    {
        string actions = "1";
        for (int depth = 1; depth < OvsActionList.MaximumDepth; depth++)
            actions = action.Replace("{0}", actions, StringComparison.Ordinal);
        byte[] deepest = ActionText.Parse(actions, null);
        OvsActionList.Check(deepest).ShouldBe(OdpParseError.None);
        OvsActionList.Check(Clone(deepest)).ShouldBe(OdpParseError.TooDeep);
    }

    private static byte[] Clone(byte[] actions)
    {
        var writer = new NetlinkWriter(new byte[4096]);
        OvsActionWriter.Clone(ref writer, actions);
        return writer.Written.ToArray();
    }

    private static NetlinkWriter Begin(out int start)
    {
        var writer = new NetlinkWriter(new byte[1024]);
        start = OvsHeader.Begin(ref writer, 35, NetlinkFlags.None, 0, (byte)PacketCommand.Miss, OvsFamilyVersion.Packet, 3);
        return writer;
    }

    private static byte[] Upcall(out int keyOffset)
    {
        NetlinkWriter writer = Begin(out int start);
        int key = writer.BeginNest(OvsPacketAttribute.Key);
        keyOffset = writer.Length;
        writer.PutU32(OvsKeyAttribute.InPort, 1);
        writer.EndNest(key);
        writer.PutReserved(OvsPacketAttribute.Packet, 14);
        writer.EndMessage(start);
        return writer.Written.ToArray();
    }

    private static OdpParseError Parse(OvsFamilies families, ushort type, ReadOnlySpan<byte> bytes)
    {
        if (type == families.Packet)
            return PacketMessage.TryParse(bytes, out _);
        if (type == families.Flow)
            return FlowMessage.TryParse(bytes, out _);
        return type == families.Vport ? VportMessage.TryParse(bytes, out _) : DatapathMessage.TryParse(bytes, out _);
    }
}
