using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Odp.Tests;

/// <summary>A request channel whose answers a test makes, datagram by datagram.</summary>
internal sealed class ScriptedChannel : IRequestChannel
{
    private readonly Queue<byte[]> _answers = new();

    /// <summary>Answers a request: the datagrams that wait behind it.</summary>
    public Func<byte[], IEnumerable<byte[]>> Answer { get; set; } = request => [Ack(request)];

    /// <summary>With what the next sends are refused as a whole.</summary>
    public Errno Refusal { get; set; }

    /// <summary>What comes whenever nothing else waits; null for nothing.</summary>
    public byte[]? Endless { get; set; }

    public int SendLimit { get; init; } = 1 << 20;

    public bool IsDisposed { get; private set; }

    /// <summary>The sends, each with its requests.</summary>
    public List<List<byte[]>> Sends { get; } = [];

    /// <summary>Datagrams that were not received.</summary>
    public int Waiting => _answers.Count;

    public Errno Send(SendVector requests)
    {
        List<byte[]> sent = [];
        for (int piece = 0; piece < requests.Count; piece++)
        {
            ReadOnlySpan<byte> rest = requests[piece];
            while (NetlinkMessage.TryRead(rest, out NetlinkMessage message, out int consumed) == NetlinkParseError.None)
            {
                sent.Add(message.Bytes.ToArray());
                rest = rest[consumed..];
            }

            rest.IsEmpty.ShouldBeTrue("a send is whole messages");
        }

        Sends.Add(sent);
        if (Refusal != Errno.None)
            return Refusal;
        foreach (byte[] answer in sent.SelectMany(Answer))
            _answers.Enqueue(answer);
        return Errno.None;
    }

    public int Receive(Span<byte> answer)
    {
        if (!_answers.TryDequeue(out byte[]? waiting))
            waiting = Endless;
        waiting.AsSpan(0, Math.Min(waiting?.Length ?? 0, answer.Length)).CopyTo(answer);
        return waiting?.Length ?? 0;
    }

    public void Dispose() => IsDisposed = true;

    /// <summary>A request's sequence number.</summary>
    public static uint SequenceOf(byte[] request) => BinaryPrimitives.ReadUInt32LittleEndian(request.AsSpan(NetlinkMessage.SequenceOffset));

    public static NetlinkFlags FlagsOf(byte[] request) =>
        (NetlinkFlags)BinaryPrimitives.ReadUInt16LittleEndian(request.AsSpan(NetlinkMessage.FlagsOffset));

    /// <summary>A message of a family that answers a request.</summary>
    public static byte[] Data(byte[] request, byte content, NetlinkFlags flags = NetlinkFlags.None) =>
        Message(32, flags, SequenceOf(request), [content, 0, 0, 0]);

    public static byte[] Ack(byte[] request) => Error(request, Errno.None);

    /// <summary>An error answer; with the kernel's words for it, if there are some, as NETLINK_EXT_ACK has them.</summary>
    public static byte[] Error(byte[] request, Errno error, string text = "")
    {
        const NetlinkFlags Capped = (NetlinkFlags)0x100;
        const NetlinkFlags HasAttributes = (NetlinkFlags)0x200;
        var payload = new NetlinkWriter(new byte[256]);
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, -(int)error);
        payload.PutRaw(number);
        payload.PutRaw(request.AsSpan(0, NetlinkMessage.HeaderLength));
        if (text.Length > 0)
            payload.PutString(1, text);
        return Message(NetlinkControlType.Error, text.Length > 0 ? Capped | HasAttributes : Capped, SequenceOf(request), payload.Written);
    }

    /// <summary>The end of a dump.</summary>
    public static byte[] Done(byte[] request, Errno error = Errno.None, NetlinkFlags flags = NetlinkFlags.None)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, -(int)error);
        return Message(NetlinkControlType.Done, NetlinkFlags.Multi | flags, SequenceOf(request), number);
    }

    public static byte[] Message(ushort type, NetlinkFlags flags, uint sequence, ReadOnlySpan<byte> payload)
    {
        var writer = new NetlinkWriter(new byte[NetlinkMessage.HeaderLength + payload.Length + 16]);
        int start = writer.BeginMessage(type, flags, sequence, 0);
        writer.PutRaw(payload);
        writer.EndMessage(start);
        return writer.Written.ToArray();
    }
}
