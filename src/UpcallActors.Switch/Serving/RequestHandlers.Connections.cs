using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <content>What concerns the connection and the switch as a whole.</content>
internal static partial class RequestHandlers
{
    private const byte VisibleTables = TableAbilities.VisibleTables;
    private const uint Actions10 = 0xfff;

    // OFPC_*: statistics of flows, tables, ports and queues; addresses in ARP up to 1.1, groups since then; bundles and monitors since 1.4.
    private const uint Capabilities10 = 0xc7;
    private const uint Capabilities11 = 0xcf;
    private const uint Capabilities12 = 0x4f;
    private const uint Capabilities14 = 0x24f;

    // NXFF_*.
    private const uint StandardFormat = 0;
    private const uint NxmFormat = 2;

    private static IEnumerable<RequestRow> ConnectionRows() =>
    [
        Row<EchoMessage>(MessageType.EchoRequest, Echo),
        Row<EchoMessage>(MessageType.EchoReply, static (_, _) => null),
        Row<EmptyMessage>(MessageType.BarrierRequest, Barrier),
        Row<EmptyMessage>(MessageType.FeaturesRequest, Features),
        Row<EmptyMessage>(MessageType.DescStatsRequest, Describe),
        Row<NumberMessage>(MessageType.SetFlowFormat, SetFlowFormat),
        Row<FlowModTableIdMessage>(MessageType.FlowModTableId, static (_, _) => null),
        Row<EmptyMessage>(MessageType.FlowAge, static (_, _) => null),
    ];

    private static OpenFlowError? Echo(BridgeRequest request, EchoMessage echo)
    {
        request.Reply(MessageType.EchoReply, echo);
        return null;
    }

    /// <summary>All that came before was answered.</summary>
    private static OpenFlowError? Barrier(BridgeRequest request, EmptyMessage barrier)
    {
        request.Reply(MessageType.BarrierReply, barrier);
        return null;
    }

    private static OpenFlowError? Features(BridgeRequest request, EmptyMessage body)
    {
        uint capabilities = request.Version switch
        {
            OpenFlowVersion.V10 => Capabilities10,
            OpenFlowVersion.V11 => Capabilities11,
            < OpenFlowVersion.V14 => Capabilities12,
            _ => Capabilities14,
        };
        bool hasPorts = request.Version < OpenFlowVersion.V13;
        request.Reply(MessageType.FeaturesReply, new SwitchFeaturesMessage(
            request.Bridge.DatapathId,
            Buffers: 0,
            VisibleTables,
            AuxiliaryId: 0,
            capabilities,
            request.Version == OpenFlowVersion.V10 ? Actions10 : 0,
            hasPorts ? [.. request.Bridge.DescribePorts()] : []));
        return null;
    }

    /// <summary>
    /// Open vSwitch's own answer: scripts compare it, and ovs-save looks for what a version can do by it.
    /// </summary>
    private static OpenFlowError? Describe(BridgeRequest request, EmptyMessage body)
    {
        request.Reply(
            MessageType.DescStatsReply,
            new SwitchDescriptionMessage("Nicira, Inc.", "Open vSwitch", "3.1.0", SerialNumber: "None", Datapath: "None"));
        return null;
    }

    /// <summary>
    /// A client says how it will write flows (<c>handle_nxt_set_flow_format</c>). Both forms are read, whatever it says.
    /// </summary>
    private static OpenFlowError? SetFlowFormat(BridgeRequest request, NumberMessage format)
    {
        if (format.Value is not (StandardFormat or NxmFormat))
            return BadRequest.NotPermitted;
        request.Client.UsesNxm = format.Value == NxmFormat;
        return null;
    }
}
