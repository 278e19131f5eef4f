using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>The requests of <see cref="DatapathProbe"/>, one at a time. Whatever goes wrong means that the datapath cannot do it.</summary>
internal sealed class ProbeRequests(DatapathClient client, OvsFamilies families, int ifIndex)
{
    /// <summary>Whether a flow can be put and is there then. It is deleted again.</summary>
    public bool TakesFlow(byte[] key, byte[] actions, Ufid? ufid = null)
    {
        if (AskFlow(OvsCommand.New, NetlinkFlags.Create, key, actions, ufid) != Errno.None)
            return false;
        bool isThere = false;
        Errno error = AskFlow(OvsCommand.Get, NetlinkFlags.None, key, null, ufid, message =>
            isThere = FlowMessage.TryParse(message.Bytes, out FlowMessage flow) == OdpParseError.None
                && (ufid is null || flow.Ufid == ufid));
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
            Exchange(writer, message => MeterMessage.TryParse(message.Bytes, out features));
        }

        return features ?? new MeterMessage();
    }

    /// <summary>PROBE keeps the kernel from logging what it refuses.</summary>
    private Errno AskFlow(byte command, NetlinkFlags flags, byte[] key, byte[]? actions, Ufid? ufid, NetlinkAnswerHandler? onAnswer = null)
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
        NetlinkWriter writer = client.Writer();
        OvsHeader.Begin(ref writer, family, flags, 0, command, version, ifIndex);
        return writer;
    }

    private Errno Exchange(in NetlinkWriter writer, NetlinkAnswerHandler? onAnswer = null)
    {
        writer.EndMessage(0);
        return client.Ask(writer, onAnswer).Error;
    }
}
