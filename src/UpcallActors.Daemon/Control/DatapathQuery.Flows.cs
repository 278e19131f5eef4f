using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;

namespace UpcallActors.Daemon.Control;

/// <content>Single flows, by their id: what <c>dpctl/add-flow</c> and those beside it need.</content>
internal sealed partial class DatapathQuery
{
    /// <summary>The flow with an id. Throws <see cref="DatapathException"/> with ENOENT when there is none.</summary>
    public FlowDumpLine GetFlow(Ufid ufid)
    {
        FlowDumpLine? found = null;
        NetlinkWriter writer = _client.Writer();
        FlowMessageWriter.WriteByUfid(
            ref writer, _datapath.Families.Flow, NetlinkFlags.None, 0, OvsCommand.Get, _datapath.IfIndex, ufid);
        Ask(writer, "getting flow", message => found = LineOf(message.Bytes));
        return found ?? throw new DatapathException("the datapath does not answer");
    }

    /// <summary>Puts a flow, and returns it as it was just before the datapath cleared its counters, if it was told to.</summary>
    /// <param name="ufid">The flow's id.</param>
    /// <param name="key">Key attributes.</param>
    /// <param name="mask">Mask attributes.</param>
    /// <param name="actions">Action attributes.</param>
    /// <param name="change">Whether it must be new.</param>
    /// <param name="clears">Whether its counters begin anew.</param>
    public FlowDumpLine? PutFlow(
        Ufid ufid, ReadOnlySpan<byte> key, ReadOnlySpan<byte> mask, ReadOnlySpan<byte> actions, FlowPut change, bool clears)
    {
        NetlinkWriter writer = _client.Writer();
        // As dpif_netlink_init_flow_put has it: NEW with CREATE refuses a flow that is there, NEW without takes both, SET wants one.
        NetlinkFlags flags = NetlinkFlags.Request | NetlinkFlags.Echo;
        byte command = change == FlowPut.Modify ? OvsCommand.Set : OvsCommand.New;
        int start = OvsHeader.Begin(
            ref writer, _datapath.Families.Flow, change == FlowPut.Add ? flags | NetlinkFlags.Create : flags, 0, command,
            OvsFamilyVersion.Flow, _datapath.IfIndex);
        PutUfid(ref writer, ufid);
        writer.Put(OvsFlowAttribute.Key, key);
        writer.Put(OvsFlowAttribute.Mask, mask);
        writer.Put(OvsFlowAttribute.Actions, actions);
        if (clears)
            writer.Put(OvsFlowAttribute.Clear, []);
        writer.EndMessage(start);
        if (writer.Overflowed)
            throw new DatapathException("the flow is too long for a request");
        FlowDumpLine? before = null;
        Ask(writer, "updating flow table", message => before = LineOf(message.Bytes));
        return before;
    }

    /// <summary>Deletes the flow with an id, and returns it as it was.</summary>
    public FlowDumpLine? DeleteFlow(Ufid ufid)
    {
        FlowDumpLine? found = null;
        NetlinkWriter writer = _client.Writer();
        FlowMessageWriter.WriteByUfid(
            ref writer, _datapath.Families.Flow, NetlinkFlags.Echo, 0, OvsCommand.Delete, _datapath.IfIndex, ufid);
        Ask(writer, "deleting flow", message => found = LineOf(message.Bytes));
        return found;
    }

    private static void PutUfid(ref NetlinkWriter writer, Ufid ufid)
    {
        Span<byte> payload = writer.PutReserved(OvsFlowAttribute.Ufid, Ufid.Length);
        if (!payload.IsEmpty)
            ufid.Write(payload);
    }

    private FlowDumpLine LineOf(ReadOnlySpan<byte> message)
    {
        Parsed(FlowMessage.TryParse(message, out FlowMessage flow), "");
        return FlowDumpLine.Of(flow, message, _datapath.Milliseconds);
    }
}

/// <summary>Whether a flow that is put must be new, must be there, or may be either.</summary>
internal enum FlowPut
{
    /// <summary>It must be new.</summary>
    Add,

    /// <summary>It must be there.</summary>
    Modify,

    /// <summary>Either.</summary>
    AddOrModify,
}
