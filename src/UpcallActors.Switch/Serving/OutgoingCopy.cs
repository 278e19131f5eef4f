using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// Messages that were encoded before, for another transaction. A client that adds one flow asks for the abilities of all tables first,
/// which is more than a megabyte.
/// </summary>
internal sealed class OutgoingCopy(IReadOnlyList<byte[]> messages, uint xid) : Outgoing
{
    private const int XidOffset = 4;

    private int _next;

    /// <inheritdoc/>
    public override bool TryEncodeNext(WireWriter writer)
    {
        if (_next == messages.Count)
            return false;
        int start = writer.Length;
        writer.Bytes(messages[_next++]);
        writer.Patch16(start + XidOffset, (int)(xid >> 16));
        writer.Patch16(start + XidOffset + sizeof(ushort), (int)(xid & ushort.MaxValue));
        return true;
    }
}
