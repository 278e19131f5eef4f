using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Embedded;

/// <summary>Answers that wait on a request channel, bounded like a socket's receive buffer. One thread.</summary>
internal sealed class AnswerQueue
{
    /// <summary>Bytes that may wait; more are lost and counted, as in a full socket.</summary>
    private const int Capacity = 4 << 20;

    /// <summary>Bytes of an error answer with a capped request: two message headers and an error.</summary>
    private const int ErrorLength = 36;

    private const ushort ErrorType = 2;
    private const ushort DoneType = 3;
    private const NetlinkFlags Capped = (NetlinkFlags)0x100;

    private readonly byte[] _scratch = new byte[160 * 1024];
    private byte[] _bytes = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Answers that found no room.</summary>
    public ulong Dropped { get; private set; }

    public bool IsEmpty => _start == _end;

    /// <summary>A writer for the next answer; give it to <see cref="Append(in NetlinkWriter)"/>.</summary>
    public NetlinkWriter Writer() => new(_scratch);

    /// <summary>Queues what was written, one message whose length is set.</summary>
    public void Append(in NetlinkWriter writer)
    {
        if (writer.Overflowed)
            Dropped++;
        else
            Append(writer.Written);
    }

    /// <summary>
    /// Answers a request with an error (none acknowledges): 36 bytes, the request's header alone (<c>NETLINK_CAP_ACK</c>).
    /// </summary>
    public void AppendError(ReadOnlySpan<byte> request, Errno error)
    {
        Span<byte> answer = stackalloc byte[ErrorLength];
        WriteHeader(answer, ErrorType, Capped, BinaryPrimitives.ReadUInt32LittleEndian(request[NetlinkMessage.SequenceOffset..]));
        BinaryPrimitives.WriteInt32LittleEndian(answer[NetlinkMessage.HeaderLength..], -(int)error);
        request[..NetlinkMessage.HeaderLength].CopyTo(answer[(NetlinkMessage.HeaderLength + sizeof(int))..]);
        Append(answer);
    }

    /// <summary>Ends a dump.</summary>
    public void AppendDone(uint sequence)
    {
        Span<byte> answer = stackalloc byte[NetlinkMessage.HeaderLength + sizeof(int)];
        answer.Clear();
        WriteHeader(answer, DoneType, NetlinkFlags.Multi, sequence);
        Append(answer);
    }

    /// <summary>
    /// Moves the next answer to <paramref name="target"/>, and the parts of a dump that follow as far as they fit. One
    /// that does not fit at all is cut, as a socket would.
    /// </summary>
    public int Take(Span<byte> target)
    {
        int taken = 0;
        while (!IsEmpty)
        {
            int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(_start));
            bool isPart = (NetlinkFlagsAt(_start) & NetlinkFlags.Multi) != 0;
            if (taken > 0 && (!isPart || length > target.Length - taken))
                break;
            int copied = Math.Min(length, target.Length - taken);
            _bytes.AsSpan(_start, copied).CopyTo(target[taken..]);
            taken = Math.Min(NetlinkAlignment.Align(taken + copied), target.Length);
            _start += NetlinkAlignment.Align(length);
            if (!isPart)
                break;
        }

        if (IsEmpty)
        {
            _start = 0;
            _end = 0;
        }

        return taken;
    }

    private NetlinkFlags NetlinkFlagsAt(int offset) =>
        (NetlinkFlags)BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(offset + NetlinkMessage.FlagsOffset));

    private static void WriteHeader(Span<byte> answer, ushort type, NetlinkFlags flags, uint sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(answer, (uint)answer.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(answer[NetlinkMessage.TypeOffset..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(answer[NetlinkMessage.FlagsOffset..], (ushort)flags);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[NetlinkMessage.SequenceOffset..], sequence);
        answer.Slice(NetlinkMessage.PortIdOffset, sizeof(uint)).Clear();
    }

    private void Append(ReadOnlySpan<byte> message)
    {
        int length = NetlinkAlignment.Align(message.Length);
        if (_end - _start + length > Capacity)
        {
            Dropped++;
            return;
        }

        if (_end + length > _bytes.Length)
            MakeRoom(length);
        message.CopyTo(_bytes.AsSpan(_end));
        _end += length;
    }

    private void MakeRoom(int length)
    {
        int waiting = _end - _start;
        byte[] target = waiting + length > _bytes.Length
            ? new byte[Math.Max(_bytes.Length * 2, NetlinkAlignment.Align(waiting + length))]
            : _bytes;
        _bytes.AsSpan(_start, waiting).CopyTo(target);
        _bytes = target;
        _start = 0;
        _end = waiting;
    }
}
