using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>
/// Where the parts of an <c>ovs_flow</c> message lie (a request, or a flow as the datapath reports it), and its small
/// values. Checked by <see cref="TryParse"/>, infallible afterwards; the extents count from the message's first byte.
/// </summary>
internal readonly struct FlowMessage
{
    /// <summary>One of <see cref="OvsCommand"/>.</summary>
    public byte Command { get; init; }

    /// <summary>The datapath's <c>dp_ifindex</c>.</summary>
    public int DatapathIfIndex { get; init; }

    /// <summary>The flow's id; absent from dumps of flows that have none.</summary>
    public Ufid? Ufid { get; init; }

    /// <summary>Key attributes.</summary>
    public Extent Key { get; init; }

    /// <summary>Mask attributes. Absent from a request means an exact match.</summary>
    public Extent Mask { get; init; }

    /// <summary>
    /// Action attributes. Present and empty means drop; absent from a part of a dump they are to be asked for
    /// (<c>ovs_flow_cmd_fill_actions</c>).
    /// </summary>
    public Extent Actions { get; init; }

    /// <summary>Packets that matched; the datapath leaves counters of 0 out.</summary>
    public ulong Packets { get; init; }

    /// <summary>Bytes that matched.</summary>
    public ulong Bytes { get; init; }

    /// <summary>Monotonic milliseconds of the last match; 0 is never.</summary>
    public ulong Used { get; init; }

    /// <summary>TCP flags seen, ORed.</summary>
    public byte TcpFlags { get; init; }

    /// <summary>Whether a request asks to clear the counters.</summary>
    public bool Clear { get; init; }

    /// <summary>Whether errors of a request are to be logged nowhere.</summary>
    public bool IsProbe { get; init; }

    /// <summary>What an answer may leave out: OMIT_KEY 1, OMIT_MASK 2, OMIT_ACTIONS 4.</summary>
    public uint UfidFlags { get; init; }

    /// <summary>
    /// Reads a message. The last attribute of a type wins; attributes not
    /// known are left alone. Nested lists are checked at their first level.
    /// </summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> message, out FlowMessage parsed)
    {
        parsed = default;
        OdpParseError error = OvsHeader.TryRead(message, out _, out byte command, out int ifIndex, out ReadOnlySpan<byte> attributes);
        if (error != OdpParseError.None)
            return error;
        if (command is < OvsCommand.New or > OvsCommand.Set)
            return OdpParseError.UnknownCommand;
        var flow = new FlowMessage { Command = command, DatapathIfIndex = ifIndex };
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(attributes))
        {
            error = Take(attribute, ref flow);
            if (error != OdpParseError.None)
                return error;
        }

        parsed = flow;
        return OdpParseError.None;
    }

    private static OdpParseError Take(NetlinkAttribute attribute, ref FlowMessage flow)
    {
        ReadOnlySpan<byte> payload = attribute.Payload;
        if (payload.Length < MinimumLength(attribute.Type))
            return OdpParseError.AttributeSize;
        if (attribute.Type is OvsFlowAttribute.Key or OvsFlowAttribute.Mask or OvsFlowAttribute.Actions
            && NetlinkAttributes.Check(payload) != NetlinkParseError.None)
            return OdpParseError.Netlink;
        var extent = new Extent(OvsHeader.AttributesOffset + attribute.PayloadOffset, payload.Length);
        switch (attribute.Type)
        {
            case OvsFlowAttribute.Key:
                flow = flow with { Key = extent };
                break;
            case OvsFlowAttribute.Mask:
                flow = flow with { Mask = extent };
                break;
            case OvsFlowAttribute.Actions:
                flow = flow with { Actions = extent };
                break;
            case OvsFlowAttribute.Stats:
                flow = flow with { Packets = attribute.U64, Bytes = BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]) };
                break;
            case OvsFlowAttribute.TcpFlags:
                flow = flow with { TcpFlags = attribute.U8 };
                break;
            case OvsFlowAttribute.Used:
                flow = flow with { Used = attribute.U64 };
                break;
            case OvsFlowAttribute.Clear:
                flow = flow with { Clear = true };
                break;
            case OvsFlowAttribute.Probe:
                flow = flow with { IsProbe = true };
                break;
            case OvsFlowAttribute.Ufid:
                flow = flow with { Ufid = Odp.Ufid.Read(payload) };
                break;
            case OvsFlowAttribute.UfidFlags:
                flow = flow with { UfidFlags = attribute.U32 };
                break;
            default:
                break;
        }

        return OdpParseError.None;
    }

    /// <summary>The kernel takes ids of 1 to 16 bytes; Open vSwitch has only ever made them 16 long, and so do we.</summary>
    private static int MinimumLength(ushort type) => type switch
    {
        OvsFlowAttribute.Stats or OvsFlowAttribute.Ufid => 16,
        OvsFlowAttribute.Used => 8,
        OvsFlowAttribute.UfidFlags => 4,
        OvsFlowAttribute.TcpFlags => 1,
        _ => 0,
    };
}
