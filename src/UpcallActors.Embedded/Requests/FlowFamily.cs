using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// The <c>ovs_flow</c> family: <c>ovs_flow_cmd_new</c>, <c>_set</c>, <c>_get</c>
/// and <c>_del</c>. Under the datapath's lock.
/// </summary>
internal sealed class FlowFamily(EmbeddedDatapathOptions options, PacketProcessor processor, DatapathCounters counters)
{
    private const int UfidLength = 16;

    private FlowTable Flows => processor.Flows;

    public Errno Handle(EmbeddedRequest request, AnswerQueue answers) => request.Command switch
    {
        OvsCommand.New => New(request, answers),
        OvsCommand.Set => Set(request, answers),
        OvsCommand.Get => Get(request, answers),
        OvsCommand.Delete => Delete(request, answers),
        _ => Errno.NotSupported,
    };

    /// <summary>Writes a flow as a message (<c>ovs_flow_cmd_fill_info</c>).</summary>
    public void Write(DatapathFlow flow, byte command, NetlinkFlags flags, uint sequence, FlowOmissions omit, ref NetlinkWriter writer)
    {
        int start = OvsHeader.Begin(ref writer, EmbeddedDatapath.FamilyIds.Flow, flags, sequence, command, OvsFamilyVersion.Flow,
            options.IfIndex);
        if (flow.Ufid is { } ufid)
            BinaryPrimitives.WriteUInt128BigEndian(writer.PutReserved(OvsFlowAttribute.Ufid, UfidLength), ufid);
        if (flow.Ufid is null || (omit & FlowOmissions.Key) == 0)
        {
            int nest = writer.BeginNest(OvsFlowAttribute.Key);
            OvsFlowKeyWriter.WriteKey(flow.Ufid is null ? flow.UnmaskedKey : flow.Key, ref writer);
            writer.EndNest(nest);
        }

        if ((omit & FlowOmissions.Mask) == 0)
        {
            int nest = writer.BeginNest(OvsFlowAttribute.Mask);
            OvsFlowKeyWriter.WriteMask(flow.UnmaskedKey, flow.Mask.Mask, ref writer);
            writer.EndNest(nest);
        }

        WriteStatistics(flow, ref writer);
        if ((omit & FlowOmissions.Actions) == 0)
            writer.Put(OvsFlowAttribute.Actions, flow.Actions);
        writer.EndMessage(start);
    }

    /// <summary>What the answer to a request may leave out.</summary>
    public static FlowOmissions OmissionsOf(EmbeddedRequest request) =>
        request.TryFind(OvsFlowAttribute.UfidFlags, out NetlinkAttribute flags) ? (FlowOmissions)flags.U32 : FlowOmissions.None;

    private static void WriteStatistics(DatapathFlow flow, ref NetlinkWriter writer)
    {
        if (flow.Used >= 0)
            writer.PutU64(OvsFlowAttribute.Used, (ulong)flow.Used);
        if (flow.Packets != 0)
            FlowStatistics.Put(ref writer, OvsFlowAttribute.Stats, flow.Packets, flow.Bytes);
        if (flow.TcpFlags != 0)
            writer.PutU8(OvsFlowAttribute.TcpFlags, flow.TcpFlags);
    }

    private Errno New(EmbeddedRequest request, AnswerQueue answers)
    {
        if (!request.TryFind(OvsFlowAttribute.Key, out NetlinkAttribute keyAttribute)
            || !request.TryFind(OvsFlowAttribute.Actions, out NetlinkAttribute actions))
            return Errno.Invalid;
        Errno error = ReadMatch(request, keyAttribute, out FlowKey key, out FlowKey mask);
        if (error == Errno.None)
            error = ReadUfid(request, out _);
        if (error == Errno.None)
            error = ActionValidation.Check(actions.Payload, FlowTable.Masked(key, mask));
        if (error != Errno.None)
            return error;
        _ = ReadUfid(request, out UInt128? ufid);
        DatapathFlow? flow = ufid is { } id ? Flows.FindByUfid(id) : null;
        flow ??= Flows.Find(key, out _);
        if (flow is null)
        {
            if (Flows.Count >= options.FlowLimit)
                return Errno.NoSpace;
            flow = Flows.Insert(key, mask, ufid, actions.Payload.ToArray());
        }
        else
        {
            if ((request.Flags & (NetlinkFlags.Create | NetlinkFlags.Exclusive)) != 0)
                return Errno.Exists;
            flow = SameFlow(flow, key, mask);
            if (flow is null)
                return Errno.NoEntry;
            flow.Actions = actions.Payload.ToArray();
        }

        counters.CountFlowPut();
        Echo(request, flow, answers);
        return Errno.None;
    }

    /// <summary>A flow found by a packet's match or by UFID is the one meant only if the key agrees (<c>ovs_flow_cmp</c>).</summary>
    private DatapathFlow? SameFlow(DatapathFlow flow, in FlowKey key, in FlowKey mask)
    {
        if (flow.Ufid is not null)
            return flow.Key == FlowTable.Masked(key, mask) ? flow : null;
        return flow.UnmaskedKey == key ? flow : Flows.FindExact(key);
    }

    private Errno Set(EmbeddedRequest request, AnswerQueue answers)
    {
        bool hasKey = request.TryFind(OvsFlowAttribute.Key, out NetlinkAttribute keyAttribute);
        bool hasActions = request.TryFind(OvsFlowAttribute.Actions, out NetlinkAttribute actions);
        Errno error = ReadUfid(request, out UInt128? ufid);
        if (error != Errno.None || (!hasKey && (ufid is null || hasActions)))
            return Errno.Invalid;
        FlowKey key = default;
        if (hasKey)
        {
            error = ReadMatch(request, keyAttribute, out key, out FlowKey mask);
            if (error == Errno.None && hasActions)
                error = ActionValidation.Check(actions.Payload, FlowTable.Masked(key, mask));
            if (error != Errno.None)
                return error;
        }

        DatapathFlow? flow = Find(ufid, key);
        if (flow is null)
            return Errno.NoEntry;
        if (hasActions)
        {
            flow.Actions = actions.Payload.ToArray();
            counters.CountFlowPut();
        }

        Echo(request, flow, answers);
        if (request.TryFind(OvsFlowAttribute.Clear, out _))
            flow.Clear();
        return Errno.None;
    }

    private Errno Get(EmbeddedRequest request, AnswerQueue answers)
    {
        Errno error = ReadIdentity(request, out UInt128? ufid, out FlowKey key, out bool identified);
        if (error != Errno.None || !identified)
            return Errno.Invalid;
        DatapathFlow? flow = Find(ufid, key);
        if (flow is null)
            return Errno.NoEntry;
        Answer(request, flow, answers);
        return Errno.None;
    }

    private Errno Delete(EmbeddedRequest request, AnswerQueue answers)
    {
        Errno error = ReadIdentity(request, out UInt128? ufid, out FlowKey key, out bool identified);
        if (error != Errno.None)
            return error;
        if (!identified)
        {
            Flows.Flush();
            return Errno.None;
        }

        DatapathFlow? flow = Find(ufid, key);
        if (flow is null)
            return Errno.NoEntry;
        Echo(request, flow, answers);
        Flows.Remove(flow);
        return Errno.None;
    }

    private DatapathFlow? Find(UInt128? ufid, in FlowKey key) => ufid is { } id ? Flows.FindByUfid(id) : Flows.FindExact(key);

    private static Errno ReadMatch(EmbeddedRequest request, NetlinkAttribute keyAttribute, out FlowKey key, out FlowKey mask)
    {
        bool hasMask = request.TryFind(OvsFlowAttribute.Mask, out NetlinkAttribute maskAttribute);
        return FlowMatch.Read(keyAttribute.Payload, hasMask, maskAttribute.Payload, out key, out mask);
    }

    private static Errno ReadIdentity(EmbeddedRequest request, out UInt128? ufid, out FlowKey key, out bool identified)
    {
        key = default;
        identified = false;
        Errno error = ReadUfid(request, out ufid);
        if (error != Errno.None)
            return error;
        bool hasKey = request.TryFind(OvsFlowAttribute.Key, out NetlinkAttribute keyAttribute);
        identified = hasKey || ufid is not null;
        return hasKey ? FlowMatch.ReadKey(keyAttribute.Payload, out key) : Errno.None;
    }

    private static Errno ReadUfid(EmbeddedRequest request, out UInt128? ufid)
    {
        ufid = null;
        if (!request.TryFind(OvsFlowAttribute.Ufid, out NetlinkAttribute attribute))
            return Errno.None;
        if (attribute.Payload.Length != UfidLength)
            return Errno.Invalid;
        ufid = BinaryPrimitives.ReadUInt128BigEndian(attribute.Payload);
        return Errno.None;
    }

    private void Echo(EmbeddedRequest request, DatapathFlow flow, AnswerQueue answers)
    {
        if (request.WantsEcho)
            Answer(request, flow, answers);
    }

    private void Answer(EmbeddedRequest request, DatapathFlow flow, AnswerQueue answers)
    {
        NetlinkWriter writer = answers.Writer();
        Write(flow, request.Command, NetlinkFlags.None, request.Sequence, OmissionsOf(request), ref writer);
        answers.Append(writer);
    }
}
