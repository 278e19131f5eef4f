using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Recordings;

/// <summary>One generic-netlink message of a recording.</summary>
public sealed record RecordedMessage(long Microseconds, byte[] Bytes)
{
    public ushort Type => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.AsSpan(NetlinkMessage.TypeOffset));

    public byte Command => Bytes[GenericNetlinkHeader.CommandOffset];

    public bool IsRequest =>
        ((NetlinkFlags)BinaryPrimitives.ReadUInt16LittleEndian(Bytes.AsSpan(NetlinkMessage.FlagsOffset)) & NetlinkFlags.Request) != 0;

    /// <summary>Upcalls alone come from the kernel with neither sequence number nor port id.</summary>
    public bool IsUpcallShaped => BinaryPrimitives.ReadUInt64LittleEndian(Bytes.AsSpan(NetlinkMessage.SequenceOffset)) == 0 && !IsRequest;

    internal FlowMessage Flow
    {
        get
        {
            FlowMessage.TryParse(Bytes, out FlowMessage flow).ShouldBe(OdpParseError.None);
            return flow;
        }
    }

    internal PacketMessage Packet
    {
        get
        {
            PacketMessage.TryParse(Bytes, out PacketMessage packet).ShouldBe(OdpParseError.None);
            return packet;
        }
    }

    /// <summary>The key of a flow message.</summary>
    public FlowKey FlowKey
    {
        get
        {
            OvsFlowKeyReader.TryRead(Flow.Key.Of(Bytes), out FlowKey key).ShouldBe(OdpParseError.None);
            return key;
        }
    }
}
