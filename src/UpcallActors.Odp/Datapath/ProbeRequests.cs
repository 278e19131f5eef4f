using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>The requests of <see cref="DatapathProbe"/>, one at a time. Whatever goes wrong means that the datapath cannot do it.</summary>
internal sealed class ProbeRequests(IRequestChannel channel, OvsFamilies families, int ifIndex) : IDisposable
{
    private readonly NativeRegion _request = new(4096);
    private readonly SendVector _vector = new(1);
    private readonly byte[] _answers = new byte[32 * 1024];
    private uint _sequence;

    private delegate void AnswerHandler(ReadOnlySpan<byte> message);

    /// <summary>Whether a flow can be put and is there then. It is deleted again.</summary>
    public bool TakesFlow(byte[] key, byte[] actions, Ufid? ufid = null)
    {
        if (AskFlow(OvsCommand.New, NetlinkFlags.Create, key, actions, ufid) != Errno.None)
            return false;
        bool isThere = false;
        Errno error = AskFlow(OvsCommand.Get, NetlinkFlags.None, key, null, ufid, message =>
            isThere = FlowMessage.TryParse(message, out FlowMessage flow) == OdpParseError.None && (ufid is null || flow.Ufid == ufid));
        AskFlow(OvsCommand.Delete, NetlinkFlags.None, key, null, ufid);
        return error == Errno.None && isThere;
    }

    /// <summary>Whether the actions can be carried out on a packet.</summary>
    public bool TakesActions(byte[] packet, byte[] actions)
    {
        NetlinkWriter writer = Begin(families.Packet, NetlinkFlags.None, (byte)PacketCommand.Execute, OvsFamilyVersion.Packet);
        writer.Put(OvsPacketAttribute.Packet, packet);
        writer.Put(OvsPacketAttribute.Key, []);
        writer.Put(OvsPacketAttribute.Actions, actions);
        writer.PutFlag(OvsPacketAttribute.Probe);
        return Exchange(writer) == Errno.None;
    }

    /// <summary>What the datapath says about its meters; empty when it has none.</summary>
    public MeterMessage MeterFeatures()
    {
        MeterMessage? features = null;
        if (families.Meter != 0)
        {
            NetlinkWriter writer = Begin(families.Meter, NetlinkFlags.None, OvsMeterCommand.Features, OvsFamilyVersion.Meter);
            Exchange(writer, message => MeterMessage.TryParse(message, out features));
        }

        return features ?? new MeterMessage();
    }

    public void Dispose() => _request.Dispose();

    /// <summary>PROBE keeps the kernel from logging what it refuses.</summary>
    private Errno AskFlow(byte command, NetlinkFlags flags, byte[] key, byte[]? actions, Ufid? ufid, AnswerHandler? onAnswer = null)
    {
        NetlinkWriter writer = Begin(families.Flow, flags, command, OvsFamilyVersion.Flow);
        if (ufid is { } id)
            id.Write(writer.PutReserved(OvsFlowAttribute.Ufid, Ufid.Length));
        writer.Put(OvsFlowAttribute.Key, key);
        if (actions is not null)
            writer.Put(OvsFlowAttribute.Actions, actions);
        writer.PutFlag(OvsFlowAttribute.Probe);
        return Exchange(writer, onAnswer);
    }

    private NetlinkWriter Begin(ushort family, NetlinkFlags flags, byte command, byte version)
    {
        var writer = new NetlinkWriter(_request.Slice(0, _request.Length));
        OvsHeader.Begin(ref writer, family, NetlinkFlags.Request | NetlinkFlags.Ack | flags, ++_sequence, command, version, ifIndex);
        return writer;
    }

    /// <summary>Sends what was written and takes its answers up to the acknowledgement, which waits already.</summary>
    private Errno Exchange(NetlinkWriter writer, AnswerHandler? onAnswer = null)
    {
        writer.EndMessage(0);
        if (writer.Overflowed)
            return Errno.MessageSize;
        _vector.Clear();
        _vector.Append(_request, 0, writer.Length);
        Errno refused = channel.Send(_vector);
        if (refused != Errno.None)
            return refused;
        int length;
        while ((length = channel.Receive(_answers)) > 0)
        {
            if (TryFinish(_answers.AsSpan(0, length), onAnswer, out Errno error))
                return error;
        }

        return Errno.TimedOut;
    }

    private bool TryFinish(ReadOnlySpan<byte> answers, AnswerHandler? onAnswer, out Errno error)
    {
        error = Errno.InputOutput;
        while (NetlinkMessage.TryRead(answers, out NetlinkMessage message, out int consumed) == NetlinkParseError.None)
        {
            answers = answers[consumed..];
            if (message.Sequence != _sequence)
                continue;
            if (message.Type == NetlinkControlType.Error)
            {
                if (NetlinkErrorAnswer.TryRead(message, out NetlinkErrorAnswer answer))
                    error = answer.Error;
                return true;
            }

            onAnswer?.Invoke(message.Bytes);
        }

        return false;
    }
}
