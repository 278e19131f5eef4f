using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>
/// Writes <c>ovs_flow</c> messages behind what a <see cref="NetlinkWriter"/> holds already, so that many fit one send.
/// Allocates nothing. Whether all fitted is <see cref="NetlinkWriter.Overflowed"/>.
/// </summary>
internal static class FlowMessageWriter
{
    /// <summary>OMIT_KEY, OMIT_MASK and OMIT_ACTIONS: a dump that names flows by id and carries counters only.</summary>
    public const uint OmitAll = 7;

    /// <summary>
    /// Writes a flow put: FLOW_CMD_NEW with CREATE and without ACK, attributes in the order of ovs-vswitchd: UFID, KEY and
    /// ACTIONS as given, MASK made from the parsed key and mask.
    /// </summary>
    public static void WritePut(
        ref NetlinkWriter writer, ushort family, uint sequence, int datapathIfIndex, Ufid ufid,
        scoped ReadOnlySpan<byte> keyAttributes, in FlowKey key, in FlowKey mask, scoped ReadOnlySpan<byte> actions)
    {
        int start = OvsHeader.Begin(ref writer, family, NetlinkFlags.Request | NetlinkFlags.Create, sequence, OvsCommand.New,
            OvsFamilyVersion.Flow, datapathIfIndex);
        WriteUfid(ref writer, ufid);
        writer.Put(OvsFlowAttribute.Key, keyAttributes);
        int nest = writer.BeginNest(OvsFlowAttribute.Mask);
        OvsFlowKeyWriter.WriteMask(key, mask, ref writer);
        writer.EndNest(nest);
        writer.Put(OvsFlowAttribute.Actions, actions);
        writer.EndMessage(start);
    }

    /// <summary>Writes a flow put whose mask is at hand as attributes.</summary>
    public static void WritePut(
        ref NetlinkWriter writer, ushort family, uint sequence, int datapathIfIndex, Ufid ufid,
        scoped ReadOnlySpan<byte> keyAttributes, scoped ReadOnlySpan<byte> maskAttributes, scoped ReadOnlySpan<byte> actions)
    {
        int start = OvsHeader.Begin(ref writer, family, NetlinkFlags.Request | NetlinkFlags.Create, sequence, OvsCommand.New,
            OvsFamilyVersion.Flow, datapathIfIndex);
        WriteUfid(ref writer, ufid);
        writer.Put(OvsFlowAttribute.Key, keyAttributes);
        writer.Put(OvsFlowAttribute.Mask, maskAttributes);
        writer.Put(OvsFlowAttribute.Actions, actions);
        writer.EndMessage(start);
    }

    /// <summary>Writes a flow put without MASK: the flow matches what has exactly this key (<c>ovs_nla_get_match</c>).</summary>
    public static void WriteExactPut(
        ref NetlinkWriter writer, ushort family, uint sequence, int datapathIfIndex, Ufid ufid, scoped ReadOnlySpan<byte> keyAttributes,
        scoped ReadOnlySpan<byte> actions)
    {
        int start = OvsHeader.Begin(ref writer, family, NetlinkFlags.Request | NetlinkFlags.Create, sequence, OvsCommand.New,
            OvsFamilyVersion.Flow, datapathIfIndex);
        WriteUfid(ref writer, ufid);
        writer.Put(OvsFlowAttribute.Key, keyAttributes);
        writer.Put(OvsFlowAttribute.Actions, actions);
        writer.EndMessage(start);
    }

    /// <summary>
    /// Writes a request that gives a flow other actions in place (FLOW_CMD_SET); key and mask as the datapath reported them, since
    /// <c>ovs_flow_cmd_set</c> checks the actions against them.
    /// </summary>
    public static void WriteSet(
        ref NetlinkWriter writer, ushort family, uint sequence, int datapathIfIndex, Ufid ufid,
        scoped ReadOnlySpan<byte> keyAttributes, scoped ReadOnlySpan<byte> maskAttributes, scoped ReadOnlySpan<byte> actions)
    {
        int start = OvsHeader.Begin(ref writer, family, NetlinkFlags.Request, sequence, OvsCommand.Set, OvsFamilyVersion.Flow,
            datapathIfIndex);
        WriteUfid(ref writer, ufid);
        writer.Put(OvsFlowAttribute.Key, keyAttributes);
        writer.Put(OvsFlowAttribute.Mask, maskAttributes);
        writer.Put(OvsFlowAttribute.Actions, actions);
        writer.EndMessage(start);
    }

    /// <summary>
    /// Writes a request that deletes a flow and has its last counters reported (<c>NLM_F_ECHO</c>), without key, mask and actions.
    /// </summary>
    public static void WriteDelete(ref NetlinkWriter writer, ushort family, uint sequence, int datapathIfIndex, Ufid ufid)
    {
        int start = OvsHeader.Begin(ref writer, family, NetlinkFlags.Request | NetlinkFlags.Echo, sequence, OvsCommand.Delete,
            OvsFamilyVersion.Flow, datapathIfIndex);
        WriteUfid(ref writer, ufid);
        writer.PutU32(OvsFlowAttribute.UfidFlags, OmitAll);
        writer.EndMessage(start);
    }

    /// <summary>Writes a request that names a flow by id alone: GET or DEL, by <paramref name="command"/>.</summary>
    public static void WriteByUfid(ref NetlinkWriter writer, ushort family, NetlinkFlags flags, uint sequence, byte command,
        int datapathIfIndex, Ufid ufid)
    {
        int start = OvsHeader.Begin(ref writer, family, NetlinkFlags.Request | flags, sequence, command, OvsFamilyVersion.Flow,
            datapathIfIndex);
        WriteUfid(ref writer, ufid);
        writer.EndMessage(start);
    }

    /// <summary>
    /// Writes a request that names a flow by its key alone, one that has no id: GET or DEL, by
    /// <paramref name="command"/>.
    /// </summary>
    public static void WriteByKey(
        ref NetlinkWriter writer, ushort family, uint sequence, byte command, int datapathIfIndex, scoped ReadOnlySpan<byte> keyAttributes)
    {
        int start = OvsHeader.Begin(ref writer, family, NetlinkFlags.Request, sequence, command, OvsFamilyVersion.Flow, datapathIfIndex);
        writer.Put(OvsFlowAttribute.Key, keyAttributes);
        writer.EndMessage(start);
    }

    /// <summary>Writes a request for all flows; <paramref name="ufidFlags"/> says what the answers may leave out.</summary>
    public static void WriteDump(ref NetlinkWriter writer, ushort family, uint sequence, int datapathIfIndex, uint ufidFlags)
    {
        int start = OvsHeader.Begin(ref writer, family, NetlinkFlags.Request | NetlinkFlags.Dump, sequence, OvsCommand.Get,
            OvsFamilyVersion.Flow, datapathIfIndex);
        if (ufidFlags != 0)
            writer.PutU32(OvsFlowAttribute.UfidFlags, ufidFlags);
        writer.EndMessage(start);
    }

    /// <summary>
    /// Writes a flow as the datapath reports it, in the order of the kernel's <c>ovs_flow_cmd_fill_info</c>. Empty spans and
    /// counters of 0 are left out, except for actions, which are there, if empty, unless <paramref name="omitActions"/>.
    /// </summary>
    public static void WriteReport(
        ref NetlinkWriter writer, ushort family, NetlinkFlags flags, uint sequence, uint portId, in FlowMessage flow,
        scoped ReadOnlySpan<byte> keyAttributes, scoped ReadOnlySpan<byte> maskAttributes, scoped ReadOnlySpan<byte> actions,
        bool omitActions)
    {
        int start = OvsHeader.Begin(ref writer, family, flags, sequence, flow.Command, OvsFamilyVersion.Flow, flow.DatapathIfIndex, portId);
        if (flow.Ufid is { } ufid)
            WriteUfid(ref writer, ufid);
        if (!keyAttributes.IsEmpty)
            writer.Put(OvsFlowAttribute.Key, keyAttributes);
        if (!maskAttributes.IsEmpty)
            writer.Put(OvsFlowAttribute.Mask, maskAttributes);
        if (flow.Used != 0)
            writer.PutU64(OvsFlowAttribute.Used, flow.Used);
        if (flow.Packets != 0)
            WriteStats(ref writer, flow);
        if (flow.TcpFlags != 0)
            writer.PutU8(OvsFlowAttribute.TcpFlags, flow.TcpFlags);
        if (!omitActions)
            writer.Put(OvsFlowAttribute.Actions, actions);
        writer.EndMessage(start);
    }

    private static void WriteStats(ref NetlinkWriter writer, in FlowMessage flow)
    {
        Span<byte> payload = writer.PutReserved(OvsFlowAttribute.Stats, 16);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt64LittleEndian(payload, flow.Packets);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], flow.Bytes);
    }

    private static void WriteUfid(ref NetlinkWriter writer, Ufid ufid)
    {
        Span<byte> payload = writer.PutReserved(OvsFlowAttribute.Ufid, Ufid.Length);
        if (!payload.IsEmpty)
            ufid.Write(payload);
    }
}
