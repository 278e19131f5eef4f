using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>
/// A request channel to an <see cref="EmbeddedDatapath"/>: takes messages apart as <c>netlink_rcv_skb</c> does and keeps
/// the answers until they are received.
/// </summary>
internal sealed class EmbeddedRequestChannel(EmbeddedDatapath datapath) : IRequestChannel
{
    /// <summary>The largest send buffer that a socket can be given with privilege is about this.</summary>
    private const int Limit = 8 << 20;

    private readonly AnswerQueue _answers = new();
    private byte[] _message = new byte[MessageSlots.Stride];
    private EmbeddedDump? _dump;

    public int SendLimit => Limit;

    public Errno Send(SendVector requests)
    {
        if (requests.TotalLength > Limit)
            return Errno.MessageSize;
        var source = new PieceReader(requests);
        Span<byte> header = stackalloc byte[NetlinkMessage.HeaderLength];
        while (source.TryPeek(header))
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(header);

            // A length that cannot be makes the kernel give up on the rest of the send, without a word.
            if (length < NetlinkMessage.HeaderLength || length > (uint)source.Left)
                break;
            if (length > (uint)_message.Length)
                _message = new byte[Math.Max((int)length, _message.Length * 2)];
            source.Read(_message.AsSpan(0, (int)length));
            source.Skip(NetlinkAlignment.Align((int)length) - (int)length);
            Handle((int)length);
        }

        datapath.FlushOutputs();
        return Errno.None;
    }

    public int Receive(Span<byte> answer)
    {
        if (_answers.IsEmpty && _dump is not null)
        {
            datapath.ContinueDump(_dump, _answers, answer.Length);
            if (_dump.IsDone)
                _dump = null;
        }

        return _answers.Take(answer);
    }

    public void Dispose()
    {
        // Answers that were not read are dropped with the channel.
    }

    private void Handle(int length)
    {
        var flags = (NetlinkFlags)BinaryPrimitives.ReadUInt16LittleEndian(_message.AsSpan(NetlinkMessage.FlagsOffset));
        if ((flags & NetlinkFlags.Request) == 0)
            return;
        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(_message.AsSpan(NetlinkMessage.TypeOffset));
        bool isDump = false;
        Errno error = type < NetlinkControlType.FirstFamily ? Errno.None : Dispatch(length, out isDump);
        if (!isDump && (error != Errno.None || (flags & NetlinkFlags.Ack) != 0))
            _answers.AppendError(_message.AsSpan(0, length), error);
    }

    /// <summary>Handles the message at hand; a dump that was begun answers by itself.</summary>
    private Errno Dispatch(int length, out bool isDump)
    {
        isDump = false;
        Errno error = EmbeddedRequest.TryRead(_message, length, out EmbeddedRequest request);
        if (error != Errno.None)
            return error;
        if (request.Command != OvsCommand.Get || !request.IsDump || request.Family == datapath.Families.Packet
            || request.Family == datapath.Families.Meter)
            return datapath.Handle(request, _answers);
        if (_dump is not null)
            return Errno.Busy;
        if (request.IfIndex != datapath.IfIndex && request.Family != datapath.Families.Datapath)
            return Errno.NoDevice;
        _dump = datapath.BeginDump(request);
        isDump = _dump is not null;
        return isDump ? Errno.None : Errno.NotSupported;
    }
}
