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
    private const int UpcallPidLength = NetlinkAttribute.HeaderLength + sizeof(uint);
    private const int HeaderLength = UpcallBatch.RoomBeforeActions;

    /// <summary>
    /// Frames actions where they lie, with <see cref="UpcallBatch.RoomBeforeActions"/> in front of them: headers before, zero padding
    /// behind.
    /// Returns where the tail lies. It is the same whenever it is framed again. Without a pid (0) there is no UPCALL_PID.
    /// </summary>
    public static Extent Frame(NativeRegion arena, Extent actions, uint upcallPid)
    {
        int start = actions.Offset - HeaderLength;
        int length = HeaderLength + actions.Length;
        int padded = NetlinkAlignment.Align(length);
        Span<byte> tail = arena.Slice(start, padded);
        BinaryPrimitives.WriteUInt16LittleEndian(tail, UpcallPidLength);
        BinaryPrimitives.WriteUInt16LittleEndian(tail[2..], OvsPacketAttribute.UpcallPid);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[4..], upcallPid);
        BinaryPrimitives.WriteUInt16LittleEndian(tail[8..], (ushort)(NetlinkAttribute.HeaderLength + actions.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(tail[10..], OvsPacketAttribute.Actions);
        tail[length..].Clear();
        int skip = upcallPid == 0 ? UpcallPidLength : 0;
        return new Extent(start + skip, padded - skip);
    }
}
