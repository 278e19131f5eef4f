using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>Turns an upcall into an EXECUTE as the pipeline does: command changed, padded to 4, ACTIONS appended.</summary>
public static class UpcallTurning
{
    public static byte[] ToExecute(ReadOnlySpan<byte> upcall, ReadOnlySpan<byte> actions)
    {
        byte[] request = new byte[NetlinkAlignment.Align(upcall.Length) + NetlinkAttribute.HeaderLength + actions.Length];
        upcall.CopyTo(request);
        Span<byte> appended = request.AsSpan(NetlinkAlignment.Align(upcall.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(appended, (ushort)appended.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(appended[2..], OvsPacketAttribute.Actions);
        actions.CopyTo(appended[NetlinkAttribute.HeaderLength..]);
        request[GenericNetlinkHeader.CommandOffset] = (byte)PacketCommand.Execute;
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(NetlinkMessage.FlagsOffset), (ushort)NetlinkFlags.Request);
        BinaryPrimitives.WriteUInt32LittleEndian(request, (uint)request.Length);
        return request;
    }
}
