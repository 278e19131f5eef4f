using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>Sends messages to a datapath and collects the answers.</summary>
public sealed class RequestSender(IDatapath datapath) : IDisposable
{
    private readonly IRequestChannel _channel = datapath.OpenRequests();
    private readonly NativeRegion _region = new(1 << 20);
    private readonly SendVector _vector = new(16);
    private uint _sequence;

    public IRequestChannel Channel => _channel;

    /// <summary>Sends bytes as they are and returns the answers, whole messages.</summary>
    public List<byte[]> Send(ReadOnlySpan<byte> message)
    {
        message.CopyTo(_region.Slice(0, message.Length));
        _vector.Clear();
        _vector.Append(_region, 0, message.Length);
        _channel.Send(_vector).ShouldBe(Errno.None);
        return Answers();
    }

    /// <summary>Sends a request made of attributes and returns the errno that it is answered with, 0 for none.</summary>
    public int Request(ushort family, byte command, NetlinkFlags flags, ReadOnlySpan<byte> attributes, out List<byte[]> answers)
    {
        var writer = new NetlinkWriter(new byte[attributes.Length + 64]);
        int start = OvsHeader.Begin(ref writer, family, flags | NetlinkFlags.Request, ++_sequence, command, 1, datapath.IfIndex);
        writer.PutRaw(attributes);
        writer.EndMessage(start);
        answers = Send(writer.Written);
        int error = 0;
        foreach (byte[] answer in answers)
        {
            NetlinkMessage.TryRead(answer, out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
            message.Sequence.ShouldBe(_sequence);
            if (message.Type == 2)
            {
                answer.Length.ShouldBe(36);
                error = -BitConverter.ToInt32(message.Payload);
            }
        }

        return error;
    }

    public int Request(ushort family, byte command, ReadOnlySpan<byte> attributes) =>
        Request(family, command, NetlinkFlags.None, attributes, out _);

    public List<byte[]> Answers()
    {
        var answers = new List<byte[]>();
        byte[] buffer = new byte[128 * 1024];
        int length;
        while ((length = _channel.Receive(buffer)) > 0)
        {
            ReadOnlySpan<byte> left = buffer.AsSpan(0, length);
            while (!left.IsEmpty)
            {
                NetlinkMessage.TryRead(left, out NetlinkMessage message, out int consumed).ShouldBe(NetlinkParseError.None);
                answers.Add(message.Bytes.ToArray());
                left = left[consumed..];
            }
        }

        return answers;
    }

    public void Dispose()
    {
        _channel.Dispose();
        _region.Dispose();
    }
}
