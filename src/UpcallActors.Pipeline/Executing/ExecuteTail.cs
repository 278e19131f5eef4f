using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// What an EXECUTE has that its upcall had not: UPCALL_PID and ACTIONS, in this order, behind the upcall's own bytes. It
/// lies in the batch's arena and goes out as a second piece of the send, one for all duplicates of an upcall.
/// </summary>
internal static class ExecuteTail
{
    /// <summary>Bytes in front of the actions: UPCALL_PID (8) and the header of ACTIONS (4).</summary>
    public const int HeaderLength = UpcallPidLength + NetlinkAttribute.HeaderLength;

    private const int UpcallPidLength = NetlinkAttribute.HeaderLength + sizeof(uint);

    /// <summary>
    /// Writes the headers in front of actions that lie at <see cref="HeaderLength"/>, and zero padding behind them.
    /// Returns the bytes of it all. Without a pid (0) the first 8 bytes are not sent, see <see cref="Skip"/>.
    /// </summary>
    public static int Finish(Span<byte> tail, int actionsLength, uint upcallPid)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(tail, UpcallPidLength);
        BinaryPrimitives.WriteUInt16LittleEndian(tail[2..], OvsPacketAttribute.UpcallPid);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[4..], upcallPid);
        BinaryPrimitives.WriteUInt16LittleEndian(tail[8..], (ushort)(NetlinkAttribute.HeaderLength + actionsLength));
        BinaryPrimitives.WriteUInt16LittleEndian(tail[10..], OvsPacketAttribute.Actions);
        int length = HeaderLength + actionsLength;
        int padded = NetlinkAlignment.Align(length);
        tail[length..padded].Clear();
        return padded;
    }

    /// <summary>Bytes to leave out at the front: UPCALL_PID where the datapath has none.</summary>
    public static int Skip(ReadOnlySpan<byte> tail) => BinaryPrimitives.ReadUInt32LittleEndian(tail[4..]) == 0 ? UpcallPidLength : 0;
}
