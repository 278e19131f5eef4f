using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

/// <summary>A request that the pipeline sent, as one piece.</summary>
internal sealed record SentMessage(byte[] Bytes, bool IsExecute)
{
    public ushort Type => Header.Type;

    public uint Sequence => Header.Sequence;

    public NetlinkFlags Flags => Header.Flags;

    public uint Serial => Upcalls.SerialOf(Bytes);

    public PacketMessage Packet
    {
        get
        {
            PacketMessage.TryParse(Bytes, out PacketMessage parsed).ShouldBe(OdpParseError.None);
            parsed.Command.ShouldBe(PacketCommand.Execute);
            return parsed;
        }
    }

    public byte[] Actions => IsExecute ? Packet.Actions.Of(Bytes).ToArray() : FlowAttribute(OvsFlowAttribute.Actions);

    public FlowKey Key
    {
        get
        {
            byte[] attributes = IsExecute ? Packet.Key.Of(Bytes).ToArray() : FlowAttribute(OvsFlowAttribute.Key);
            OvsFlowKeyReader.TryRead(attributes, out FlowKey key).ShouldBe(OdpParseError.None);
            return key;
        }
    }

    private NetlinkMessage Header
    {
        get
        {
            NetlinkMessage.TryRead(Bytes, out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
            return message;
        }
    }

    public byte[] FlowAttribute(ushort type)
    {
        OvsHeader.TryRead(Bytes, out _, out byte command, out _, out ReadOnlySpan<byte> attributes).ShouldBe(OdpParseError.None);
        command.ShouldBe(OvsCommand.New);
        new NetlinkAttributes(attributes).TryFindLast(type, out NetlinkAttribute attribute).ShouldBeTrue();
        return attribute.Payload.ToArray();
    }
}
