namespace UpcallActors.OpenFlow;

/// <summary>
/// A reply with a list that may take several messages: none is longer than 65,535 bytes, no entry is split, and all but the last say that
/// more is to come (<c>ofpmp_postappend</c>). An empty list is one message. The entries are asked for one by one as messages are
/// written, so that a dump can wait for a client that reads slowly.
/// </summary>
/// <typeparam name="T">What is listed.</typeparam>
internal sealed class MultipartReply<T>(byte version, uint xid, MessageForm form, IEnumerator<T> entries)
    where T : class, IWireDecoder<T>, IWireEntry
{
    private static readonly EntriesMessage<T> _empty = new([]);

    private readonly WireContext _context = new((OpenFlowVersion)version, form, HasTableId: false);
    private T? _waiting;

    /// <summary>Whether the last message was written.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Appends the next message; false if the last one was written.</summary>
    public bool TryEncodeNext(WireWriter writer)
    {
        if (IsOver)
            return false;
        int start = writer.Length;
        OpenFlowCodec.Encode(writer, version, xid, form, _empty, DecodedMessage.MoreFlag);
        int body = writer.Length;
        _waiting?.Encode(_context, writer);
        _waiting = null;
        while (entries.MoveNext())
        {
            int before = writer.Length;
            entries.Current.Encode(_context, writer);
            if (writer.Length - start <= ushort.MaxValue)
                continue;
            int length = writer.Length - before;
            writer.Truncate(before);

            // One that no message has room for is left out.
            if (body - start + length > ushort.MaxValue)
                continue;
            _waiting = entries.Current;
            writer.PatchLength(start + sizeof(ushort), start);
            return true;
        }

        IsOver = true;
        writer.PatchLength(start + sizeof(ushort), start);
        writer.Patch16(start + OpenFlowHeader.Size + sizeof(ushort), 0);
        return true;
    }
}
