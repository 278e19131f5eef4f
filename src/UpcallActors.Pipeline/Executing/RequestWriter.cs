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
    public static DatapathRequest Execute(UpcallBatch batch, int upcall, ushort family, uint sequence)
    {
        ref UpcallRecord record = ref batch.Record(upcall);
        int skip = ExecuteTail.Skip(batch.Arena.Slice(record.TailOffset, ExecuteTail.HeaderLength));
        int tailLength = NetlinkAlignment.Align(record.TailLength) - skip;
        int length = batch.Slots.Message(upcall).Length;
        int padded = NetlinkAlignment.Align(length);
        Span<byte> message = batch.Slots.Slot(upcall)[..padded];
        message[length..].Clear();
        if (ClampsMru(record))
            BinaryPrimitives.WriteUInt16LittleEndian(message[record.Message.Mru.Offset..], record.Translation.MruLimit);
        BinaryPrimitives.WriteUInt32LittleEndian(message, (uint)(padded + tailLength));
        BinaryPrimitives.WriteUInt16LittleEndian(message[NetlinkMessage.TypeOffset..], family);
        BinaryPrimitives.WriteUInt16LittleEndian(message[NetlinkMessage.FlagsOffset..], (ushort)NetlinkFlags.Request);
        BinaryPrimitives.WriteUInt32LittleEndian(message[NetlinkMessage.SequenceOffset..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(message[NetlinkMessage.PortIdOffset..], 0);
        message[GenericNetlinkHeader.CommandOffset] = (byte)PacketCommand.Execute;
        return new DatapathRequest(batch, upcall, MessageSlots.OffsetOf(upcall), padded, record.TailOffset + skip, tailLength);
    }

    /// <summary>Whether the EXECUTE of an upcall has a smaller MRU than the upcall: the port that it goes to takes no more.</summary>
    public static bool ClampsMru(in UpcallRecord record) =>
        record.Translation.MruLimit != 0 && record.Message.Mru.IsPresent && record.Translation.MruLimit < record.Message.Origin.Mru;

    /// <summary>The MRU that the EXECUTE of an upcall carries; 0 for none.</summary>
    public static ushort MruOf(in UpcallRecord record) => ClampsMru(record) ? record.Translation.MruLimit : record.Message.Origin.Mru;

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
