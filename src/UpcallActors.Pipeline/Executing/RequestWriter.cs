using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>Makes the requests of translated upcalls, in the batch's own memory.</summary>
internal static class RequestWriter
{
    /// <summary>A flow put's key is the upcall's, which is shorter than the upcall; its actions fit an attribute.</summary>
    private const int MaxFlowPut = (2 * ushort.MaxValue) + 4096;

    /// <summary>
    /// Turns an upcall in place into its EXECUTE: command, flags, sequence and length change, and zero padding makes room for the tail. All
    /// attributes of the datapath go back unchanged, including MRU and HASH. An ACTION upcall may already have ACTIONS; the last one counts
    /// (<c>nla_parse</c>), which is the tail's.
    /// </summary>
    public static DatapathRequest Execute(UpcallBatch batch, int upcall, ushort family, uint sequence, uint upcallPid)
    {
        ref UpcallRecord record = ref batch.Record(upcall);
        Extent tail = ExecuteTail.Frame(batch.Arena, record.Actions, upcallPid);
        int length = batch.Slots.Message(upcall).Length;
        int padded = NetlinkAlignment.Align(length);
        Span<byte> message = batch.Slots.Slot(upcall)[..padded];
        message[length..].Clear();
        if (record.ClampsMru)
            BinaryPrimitives.WriteUInt16LittleEndian(message[record.Message.Mru.Offset..], record.Translation.MruLimit);
        BinaryPrimitives.WriteUInt32LittleEndian(message, (uint)(padded + tail.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(message[NetlinkMessage.TypeOffset..], family);
        BinaryPrimitives.WriteUInt16LittleEndian(message[NetlinkMessage.FlagsOffset..], (ushort)NetlinkFlags.Request);
        BinaryPrimitives.WriteUInt32LittleEndian(message[NetlinkMessage.SequenceOffset..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(message[NetlinkMessage.PortIdOffset..], 0);
        message[GenericNetlinkHeader.CommandOffset] = (byte)PacketCommand.Execute;
        return new DatapathRequest(batch, upcall, MessageSlots.OffsetOf(upcall), padded, tail.Offset, tail.Length);
    }

    /// <summary>
    /// Writes the flow put of a miss into the batch's arena; false when it does not fit. An exact one matches the key of the miss alone.
    /// </summary>
    public static bool TryPut(UpcallBatch batch, int upcall, bool exact, ushort family, uint sequence, int datapathIfIndex,
        out DatapathRequest request)
    {
        ref UpcallRecord record = ref batch.Record(upcall);
        int start = batch.ArenaUsed;
        int room = Math.Min(MaxFlowPut, batch.Arena.Length - start);
        var writer = new NetlinkWriter(batch.Arena.Slice(start, room));
        ReadOnlySpan<byte> key = record.Message.Key.Of(batch.Slots.Message(upcall));
        Ufid ufid = Ufid.OfHash(record.KeyHash);
        if (exact)
            FlowMessageWriter.WriteExactPut(ref writer, family, sequence, datapathIfIndex, ufid, key, batch.Actions(record));
        else
            FlowMessageWriter.WritePut(ref writer, family, sequence, datapathIfIndex, ufid, key, batch.Key(upcall), batch.Mask(upcall),
                batch.Actions(record));
        request = new DatapathRequest(batch, upcall, start, writer.Length, 0, 0);
        if (writer.Overflowed)
            return false;
        batch.ArenaUsed = start + writer.Length;
        return true;
    }
}
