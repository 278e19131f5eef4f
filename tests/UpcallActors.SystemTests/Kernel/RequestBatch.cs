using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.SystemTests.Kernel;

/// <summary>Requests to a datapath, written back to back and sent by one send, and what was answered.</summary>
internal sealed class RequestBatch(IDatapath datapath) : IDisposable
{
    private readonly NativeRegion _region = new(8 << 20);
    private readonly SendVector _vector = new(1);
    private int _length;

    /// <summary>How many bytes were written.</summary>
    public int Length => _length;

    /// <summary>An EXECUTE of a packet as from a port.</summary>
    public void Execute(uint sequence, byte[] packet, uint inPort, byte[] actions, ushort? mru = null)
    {
        var writer = new NetlinkWriter(_region.Slice(_length, _region.Length - _length));
        int start = OvsHeader.Begin(ref writer, datapath.Families.Packet, NetlinkFlags.Request, sequence, (byte)PacketCommand.Execute,
            OvsFamilyVersion.Packet, datapath.IfIndex);
        writer.Put(OvsPacketAttribute.Packet, packet);
        int key = writer.BeginNest(OvsPacketAttribute.Key);
        writer.PutU32(OvsKeyAttribute.InPort, inPort);
        writer.EndNest(key);
        writer.Put(OvsPacketAttribute.Actions, actions);
        if (mru is { } size)
            writer.PutU16(OvsPacketAttribute.Mru, size);
        End(writer, start);
    }

    /// <summary>A flow put.</summary>
    public void Put(uint sequence, byte[] key, byte[] actions, NetlinkFlags flags = NetlinkFlags.Create | NetlinkFlags.Exclusive)
    {
        var writer = new NetlinkWriter(_region.Slice(_length, _region.Length - _length));
        int start = OvsHeader.Begin(ref writer, datapath.Families.Flow, NetlinkFlags.Request | flags, sequence, OvsCommand.New,
            OvsFamilyVersion.Flow, datapath.IfIndex);
        writer.Put(OvsFlowAttribute.Key, key);
        writer.Put(OvsFlowAttribute.Actions, actions);
        End(writer, start);
    }

    /// <summary>A dump of all flows.</summary>
    public void DumpFlows(uint sequence)
    {
        var writer = new NetlinkWriter(_region.Slice(_length, _region.Length - _length));
        FlowMessageWriter.WriteDump(ref writer, datapath.Families.Flow, sequence, datapath.IfIndex, ufidFlags: 0);
        End(writer, 0);
    }

    /// <summary>Sends all of it at once.</summary>
    public Errno Send(IRequestChannel channel)
    {
        _vector.Clear();
        _vector.Append(_region, 0, _length);
        return channel.Send(_vector);
    }

    public void Clear() => _length = 0;

    /// <summary>What waits on a channel: errors by sequence number.</summary>
    public static Dictionary<uint, Errno> Errors(IRequestChannel channel)
    {
        var errors = new Dictionary<uint, Errno>();
        Answers(channel, message =>
        {
            NetlinkErrorAnswer.TryRead(message, out NetlinkErrorAnswer error).ShouldBeTrue();
            errors.Add(message.Sequence, error.Error);
        });
        return errors;
    }

    /// <summary>All messages that wait on a channel.</summary>
    public static void Answers(IRequestChannel channel, NetlinkAnswerHandler onAnswer)
    {
        byte[] buffer = new byte[64 * 1024];
        int length;
        while ((length = channel.Receive(buffer)) > 0)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, length);
            while (!rest.IsEmpty)
            {
                NetlinkMessage.TryRead(rest, out NetlinkMessage message, out int consumed).ShouldBe(NetlinkParseError.None);
                onAnswer(message);
                rest = rest[consumed..];
            }
        }
    }

    public void Dispose() => _region.Dispose();

    private void End(NetlinkWriter writer, int start)
    {
        writer.EndMessage(start);
        writer.Overflowed.ShouldBeFalse();
        _length += writer.Length;
    }
}
