using System.Buffers.Binary;
using UpcallActors.Netlink;
using UpcallActors.Odp.Tests.Recordings;

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
        foreach (RecordedMessage message in recording.Messages.Where(message => message.Type >= recording.Families.Datapath && message.Type <= recording.Families.Packet).DistinctBy(message => (message.Type, message.Bytes.Length)))
        {
            for (int length = 0; length < message.Bytes.Length; length++)
                Parse(recording.Families, message.Type, message.Bytes.AsSpan(0, length)).ShouldBe(OdpParseError.Netlink, $"{message} cut to {length}");
        }
    }

    /// <summary>The same with a length field that admits the cut: some cuts leave a shorter message that is fine, the others must be told.</summary>
    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_recorded_message_shortened_anywhere_is_parsed_or_refused(string name)
    {
        Recording recording = Recording.Of(name);
        foreach (RecordedMessage message in recording.Messages.Where(message => message.Type >= recording.Families.Datapath && message.Type <= recording.Families.Packet).DistinctBy(message => (message.Type, message.Bytes.Length)))
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
    public void Actions_nested_too_deeply_are_refused()
    {
        byte[] actions = [];
        for (int depth = 1; depth < OvsActionList.MaximumDepth; depth++)
            actions = Clone(actions);
        OvsActionList.Check(actions).ShouldBe(OdpParseError.None);
        OvsActionList.Check(Clone(actions)).ShouldBe(OdpParseError.TooDeep);
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
