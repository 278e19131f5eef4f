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

    /// <summary>Types below are Netlink's own (<c>NLMSG_MIN_TYPE</c>).</summary>
    private const ushort FirstFamily = 16;

    private readonly AnswerQueue _answers = new();
    private byte[] _message = new byte[MessageSlots.Stride];
    private EmbeddedDump? _dump;

    public int SendLimit => Limit;

    public int Send(SendVector requests)
    {
        if (requests.TotalLength > Limit)
            return RequestErrno.MessageSize;
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
        return 0;
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
        int error = type < FirstFamily ? 0 : Dispatch(length, out isDump);
        if (!isDump && (error != 0 || (flags & NetlinkFlags.Ack) != 0))
            _answers.AppendError(_message.AsSpan(0, length), error);
    }

    /// <summary>Handles the message at hand; a dump that was begun answers by itself.</summary>
    private int Dispatch(int length, out bool isDump)
    {
        isDump = false;
        int error = EmbeddedRequest.TryRead(_message, length, out EmbeddedRequest request);
        if (error != 0)
            return error;
        if (request.Command != OvsCommand.Get || !request.IsDump || request.Family == datapath.Families.Packet
            || request.Family == datapath.Families.Meter)
            return datapath.Handle(request, _answers);
        if (_dump is not null)
            return RequestErrno.Busy;
        if (request.IfIndex != datapath.IfIndex && request.Family != datapath.Families.Datapath)
            return RequestErrno.NoDevice;
        _dump = datapath.BeginDump(request);
        isDump = _dump is not null;
        return isDump ? 0 : RequestErrno.NotSupported;
    }
}
