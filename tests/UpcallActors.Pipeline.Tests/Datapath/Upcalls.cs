using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>Makes upcall messages as the kernel's <c>queue_userspace_packet</c> does.</summary>
internal static class Upcalls
{
    public static readonly OvsFamilies Families = new(Datapath: 32, Vport: 33, Flow: 34, Packet: 35, Meter: 36, CtLimit: 37);

    public const int IfIndex = 7;

    /// <summary>The key of an IPv4 ICMP packet; flows are told apart by their destination address.</summary>
    public static FlowKey Key(uint inPort, uint flow) => new()
    {
        DatapathPort = inPort,
        EthSrc = 0x0200_0000_0001,
        EthDst = 0x0200_0000_0002,
        EthType = 0x0800,
        Ipv4Src = 0x0a010101,
        Ipv4Dst = 0x0a020000 + flow,
        NwProto = 1,
        NwTtl = 64,
        TpSrc = 8,
    };

    public static byte[] Miss(uint inPort, uint flow, uint serial = 0, int packetLength = 98, ushort mru = 0, ulong hash = 0x1_2345_6789) =>
        Message(PacketCommand.Miss, Key(inPort, flow), serial, packetLength, mru, hash, cookie: null);

    public static byte[] Action(uint inPort, uint flow, UserspaceReason reason, uint serial = 0, int packetLength = 98)
    {
        var written = new UserspaceCookie(reason, 0, 0);
        byte[] cookie = new byte[written.Length];
        written.Write(cookie);
        return Message(PacketCommand.Action, Key(inPort, flow), serial, packetLength, 0, 0, cookie);
    }

    /// <summary>The serial number that a message's packet carries in its last four bytes.</summary>
    public static uint SerialOf(ReadOnlySpan<byte> message)
    {
        PacketMessage.TryParse(message, out PacketMessage parsed).ShouldBe(OdpParseError.None);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(parsed.Packet.Of(message)[^4..]);
    }

    public static byte[] Message(PacketCommand command, FlowKey key, uint serial, int packetLength, ushort mru, ulong hash, byte[]? cookie)
    {
        var writer = new NetlinkWriter(new byte[packetLength + 2048]);
        int start = OvsHeader.Begin(ref writer, Families.Packet, NetlinkFlags.None, 0, (byte)command, OvsFamilyVersion.Packet, IfIndex);
        int nest = writer.BeginNest(OvsPacketAttribute.Key);
        OvsFlowKeyWriter.WriteKey(key, ref writer);
        writer.EndNest(nest);
        if (cookie is not null)
            writer.Put(OvsPacketAttribute.UserData, cookie);
        if (mru != 0)
            writer.PutU16(OvsPacketAttribute.Mru, mru);
        if (hash != 0)
            writer.PutU64(OvsPacketAttribute.Hash, hash);
        byte[] packet = new byte[packetLength];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(packetLength - 4), serial);
        writer.Put(OvsPacketAttribute.Packet, packet);
        writer.EndMessage(start);

        // The kernel leaves the last attribute without padding once OVS_DP_F_UNALIGNED is agreed on.
        byte[] message = writer.Written[..^(NetlinkAlignment.Align(packetLength) - packetLength)].ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        return message;
    }
}
