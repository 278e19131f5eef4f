using UpcallActors.Linux;
using UpcallActors.Odp.Tests.Recordings;
using UpcallActors.Packets;

namespace UpcallActors.Odp.Tests;

/// <summary>
/// Every Open vSwitch message of the ten recordings: it decodes, and what we write from the decoded model is what was recorded.
/// </summary>
public sealed class RecordedMessageTests
{
    public static TheoryData<string> Recordings => Recording.All;

    [Fact]
    public void There_are_ten_recordings() => Recording.Names.Count().ShouldBe(10);

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_packet_message_decodes_and_its_key_is_written_the_same(string name)
    {
        Recording recording = Recording.Of(name);
        int upcalls = 0;
        int executes = 0;
        foreach (RecordedMessage message in recording.OfFamily(recording.Families.Packet))
        {
            PacketMessage.TryParse(message.Bytes, out PacketMessage parsed).ShouldBe(OdpParseError.None, message.ToString());
            parsed.Packet.Length.ShouldBeGreaterThanOrEqualTo(PacketMessage.MinimumPacketLength);
            parsed.DatapathIfIndex.ShouldNotBe(0);
            ReadOnlySpan<byte> key = parsed.Key.Of(message.Bytes);
            if (parsed.Command == PacketCommand.Execute)
            {
                executes++;
                OvsFlowKeyReader.TryRead(key, out FlowKey metadata).ShouldBe(OdpParseError.None, message.ToString());
                metadata.DatapathPort.ShouldNotBe(0u);
                ShouldBeSame(ModelRewriter.Actions(parsed.Actions.Of(message.Bytes), asKernel: false),
                    parsed.Actions.Of(message.Bytes), message);
                ShouldBeSame(ExecuteKey(metadata), key, message);
            }
            else
            {
                upcalls++;
                message.IsRequest.ShouldBeFalse();
                ShouldBeSame(ModelRewriter.Key(key), key, message);
            }
        }

        upcalls.ShouldBeGreaterThan(0);
        executes.ShouldBeGreaterThan(0);
    }

    /// <summary>Upcalls with an MRU are what the recordings were made for; the figures are those of their description.</summary>
    [Theory]
    [MemberData(nameof(Recordings))]
    public void The_largest_fragment_is_read_in_host_order_and_comes_back_on_execute(string name)
    {
        ushort expected = name.Contains("vxlan", StringComparison.Ordinal) ? (ushort)1444
            : name.Contains("ipv6", StringComparison.Ordinal) ? (ushort)1496
            : (ushort)1500;
        Recording recording = Recording.Of(name);
        var byCommand = recording.OfFamily(recording.Families.Packet)
            .Select(message => PacketMessage.TryParse(message.Bytes, out PacketMessage parsed) == OdpParseError.None ? parsed : default)
            .Where(parsed => parsed.Origin.Mru != 0)
            .ToLookup(parsed => parsed.Command == PacketCommand.Execute, parsed => parsed.Origin.Mru);

        // In this one recording no reassembled packet missed.
        ushort[] seen = name == "linux-6.1/vxlan-fragmentation" ? [] : [expected];
        byCommand[false].Distinct().ShouldBe(seen);
        byCommand[true].ShouldBe(byCommand[false]);
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_flow_put_is_written_the_same_from_its_parts(string name)
    {
        Recording recording = Recording.Of(name);
        int puts = 0;
        foreach (RecordedMessage message in recording.OfFamily(recording.Families.Flow))
        {
            FlowMessage.TryParse(message.Bytes, out FlowMessage flow).ShouldBe(OdpParseError.None, message.ToString());
            if (!message.IsRequest || flow.Command != OvsCommand.New)
                continue;
            puts++;
            ReadOnlySpan<byte> keyBytes = flow.Key.Of(message.Bytes);
            OvsFlowKeyReader.TryRead(keyBytes, out FlowKey key).ShouldBe(OdpParseError.None);
            OvsFlowKeyReader.TryReadMask(flow.Mask.Of(message.Bytes), out FlowKey mask).ShouldBe(OdpParseError.None);
            NetlinkMessage.TryRead(message.Bytes, out NetlinkMessage header, out _).ShouldBe(NetlinkParseError.None);
            var writer = new NetlinkWriter(new byte[8192]);
            FlowMessageWriter.WritePut(
                ref writer, message.Type, header.Sequence, flow.DatapathIfIndex, flow.Ufid.ShouldNotBeNull(),
                ModelRewriter.Key(keyBytes), key, mask, ModelRewriter.Actions(flow.Actions.Of(message.Bytes), asKernel: false));
            ShouldBeSame(WithoutPortId(writer.Written), WithoutPortId(message.Bytes), message);
        }

        puts.ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_reported_flow_is_written_the_same_from_its_parts(string name)
    {
        Recording recording = Recording.Of(name);
        int reports = 0;
        foreach (RecordedMessage message in recording.OfFamily(recording.Families.Flow).Where(message => !message.IsRequest))
        {
            FlowMessage.TryParse(message.Bytes, out FlowMessage flow).ShouldBe(OdpParseError.None, message.ToString());
            NetlinkMessage.TryRead(message.Bytes, out NetlinkMessage header, out _).ShouldBe(NetlinkParseError.None);
            byte[] key = flow.Key.IsPresent ? ModelRewriter.Key(flow.Key.Of(message.Bytes)) : [];
            byte[] mask = flow.Mask.IsPresent
                ? ModelRewriter.Mask(flow.Key.Of(message.Bytes), flow.Mask.Of(message.Bytes), asKernel: true)
                : [];
            byte[] actions = flow.Actions.IsPresent ? ModelRewriter.Actions(flow.Actions.Of(message.Bytes), asKernel: true) : [];
            var writer = new NetlinkWriter(new byte[8192]);
            FlowMessageWriter.WriteReport(ref writer, message.Type, header.Flags, header.Sequence, header.PortId, flow, key, mask, actions,
                omitActions: !flow.Actions.IsPresent);
            ShouldBeSame(writer.Written, message.Bytes, message);
            reports++;
        }

        reports.ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_other_flow_request_is_written_the_same(string name)
    {
        Recording recording = Recording.Of(name);
        foreach (RecordedMessage message in recording.OfFamily(recording.Families.Flow).Where(message => message.IsRequest))
        {
            FlowMessage.TryParse(message.Bytes, out FlowMessage flow).ShouldBe(OdpParseError.None);
            NetlinkMessage.TryRead(message.Bytes, out NetlinkMessage header, out _).ShouldBe(NetlinkParseError.None);
            var writer = new NetlinkWriter(new byte[8192]);
            if (flow.Command == OvsCommand.Get && flow.Ufid is null)
                FlowMessageWriter.WriteDump(ref writer, message.Type, header.Sequence, flow.DatapathIfIndex, flow.UfidFlags);
            else if (flow.Ufid is { } ufid && !flow.Key.IsPresent && flow.UfidFlags == 0)
                FlowMessageWriter.WriteByUfid(ref writer, message.Type, header.Flags & ~NetlinkFlags.Request, header.Sequence, flow.Command,
                    flow.DatapathIfIndex, ufid);
            else
                continue;
            ShouldBeSame(WithoutAnswerFlags(WithoutPortId(writer.Written)), WithoutAnswerFlags(WithoutPortId(message.Bytes)), message);
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_datapath_and_vport_message_decodes_and_is_written_the_same(string name)
    {
        Recording recording = Recording.Of(name);
        var writer = new NetlinkWriter(new byte[8192]);
        foreach (RecordedMessage message in recording.OfFamily(recording.Families.Datapath).Where(message => !message.IsRequest))
        {
            DatapathMessage.TryParse(message.Bytes, out DatapathMessage? datapath).ShouldBe(OdpParseError.None, message.ToString());
            datapath.ShouldNotBeNull().Name.ShouldBe("ovs-system");
            NetlinkMessage.TryRead(message.Bytes, out NetlinkMessage header, out _);
            writer.Truncate(0);
            datapath.Write(ref writer, message.Type, header.Flags, header.Sequence, header.PortId);
            ShouldBeSame(writer.Written, message.Bytes, message);
        }

        foreach (RecordedMessage message in recording.OfFamily(recording.Families.Vport).Where(message => !message.IsRequest))
        {
            VportMessage.TryParse(message.Bytes, out VportMessage? vport).ShouldBe(OdpParseError.None, message.ToString());
            NetlinkMessage.TryRead(message.Bytes, out NetlinkMessage header, out _);
            writer.Truncate(0);
            vport.ShouldNotBeNull().Write(ref writer, message.Type, header.Flags, header.Sequence, header.PortId);
            ShouldBeSame(writer.Written, message.Bytes, message);
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_datapath_and_vport_request_decodes(string name)
    {
        Recording recording = Recording.Of(name);
        foreach (RecordedMessage message in recording.OfFamily(recording.Families.Datapath).Where(message => message.IsRequest))
            DatapathMessage.TryParse(message.Bytes, out _).ShouldBe(OdpParseError.None, message.ToString());
        foreach (RecordedMessage message in recording.OfFamily(recording.Families.Vport).Where(message => message.IsRequest))
            VportMessage.TryParse(message.Bytes, out _).ShouldBe(OdpParseError.None, message.ToString());
    }

    private static byte[] ExecuteKey(in FlowKey metadata)
    {
        var writer = new NetlinkWriter(new byte[2048]);
        OvsFlowKeyWriter.WriteExecuteKey(metadata, ref writer);
        return writer.Written.ToArray();
    }

    /// <summary>The kernel fills the sender's port id in after the message has left us.</summary>
    private static byte[] WithoutPortId(ReadOnlySpan<byte> message)
    {
        byte[] copy = message.ToArray();
        copy.AsSpan(NetlinkMessage.PortIdOffset, 4).Clear();
        return copy;
    }

    /// <summary>
    /// ovs-vswitchd asks for an echo where it wants content, and for an acknowledgement
    /// of a dump, which the kernel passes over; both are the sender's choice.
    /// </summary>
    private static byte[] WithoutAnswerFlags(byte[] message)
    {
        message[NetlinkMessage.FlagsOffset] &= unchecked((byte)~(byte)(NetlinkFlags.Echo | NetlinkFlags.Ack));
        return message;
    }

    private static void ShouldBeSame(ReadOnlySpan<byte> written, ReadOnlySpan<byte> recorded, RecordedMessage message)
    {
        if (!written.SequenceEqual(recorded))
            Convert.ToHexString(written).ShouldBe(Convert.ToHexString(recorded), message.ToString());
    }
}
