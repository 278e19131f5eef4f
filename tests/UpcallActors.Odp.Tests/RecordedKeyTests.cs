using UpcallActors.Netlink;
using UpcallActors.Odp.Tests.Recordings;

namespace UpcallActors.Odp.Tests;

/// <summary>Keys and masks of every recorded message, parsed to a <see cref="FlowKey"/> and written from it.</summary>
public sealed class RecordedKeyTests
{
    public static TheoryData<string> Recordings => Recording.All;

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_packet_message_parses(string name)
    {
        Recording recording = Recording.Of(name);
        int upcalls = 0;
        foreach (RecordedMessage message in recording.OfFamily(recording.Families.Packet))
        {
            PacketMessage.TryParse(message.Bytes, out PacketMessage parsed).ShouldBe(OdpParseError.None, message.ToString());
            parsed.Packet.Length.ShouldBeGreaterThanOrEqualTo(PacketMessage.MinimumPacketLength);
            OvsFlowKeyReader.TryRead(parsed.Key.Of(message.Bytes), out FlowKey key).ShouldBe(OdpParseError.None, message.ToString());
            if (parsed.Command == PacketCommand.Execute)
                continue;
            upcalls++;
            WriteKey(key, parsed.Key.Of(message.Bytes)).ShouldBe(parsed.Key.Of(message.Bytes).ToArray(), message.ToString());
        }

        upcalls.ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_mask_that_is_put_is_written_as_recorded(string name)
    {
        Recording recording = Recording.Of(name);
        int masks = 0;
        foreach (RecordedMessage message in recording.OfFamily(recording.Families.Flow))
        {
            if (OvsHeader.TryRead(message.Bytes, out _, out byte command, out _, out ReadOnlySpan<byte> list) != OdpParseError.None || command != OvsCommand.New)
                continue;
            var attributes = new NetlinkAttributes(list);
            if (!attributes.TryFindLast(OvsFlowAttribute.Key, out NetlinkAttribute keyBytes) || !attributes.TryFindLast(OvsFlowAttribute.Mask, out NetlinkAttribute maskBytes))
                continue;
            if (BitConverter.ToUInt32(message.Bytes, NetlinkMessage.PortIdOffset) == 0)
                continue;
            OvsFlowKeyReader.TryRead(keyBytes.Payload, out FlowKey key).ShouldBe(OdpParseError.None, message.ToString());
            OvsFlowKeyReader.TryReadMask(maskBytes.Payload, out FlowKey mask).ShouldBe(OdpParseError.None, message.ToString());
            byte[] buffer = new byte[2048];
            var writer = new NetlinkWriter(buffer);
            OvsFlowKeyWriter.WriteMask(key, mask, ref writer);
            Convert.ToHexString(writer.Written).ShouldBe(Convert.ToHexString(maskBytes.Payload), message.ToString());
            masks++;
        }

        masks.ShouldBeGreaterThan(0);
    }

    private static byte[] WriteKey(in FlowKey key, ReadOnlySpan<byte> recorded)
    {
        byte[] buffer = new byte[2048];
        var writer = new NetlinkWriter(buffer);
        if (TryFindExtensionHeaders(recorded, out ushort headers))
            OvsFlowKeyWriter.WriteKey(key, headers, ref writer);
        else
            OvsFlowKeyWriter.WriteKey(key, ref writer);
        writer.Overflowed.ShouldBeFalse();
        return writer.Written.ToArray();
    }

    private static bool TryFindExtensionHeaders(ReadOnlySpan<byte> keyAttributes, out ushort headers)
    {
        headers = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(keyAttributes))
        {
            if (attribute.Type == OvsKeyAttribute.Ipv6ExtHdrs)
            {
                headers = attribute.U16;
                return true;
            }

            if (attribute.Type == OvsKeyAttribute.Encap && TryFindExtensionHeaders(attribute.Payload, out headers))
                return true;
        }

        return false;
    }
}
