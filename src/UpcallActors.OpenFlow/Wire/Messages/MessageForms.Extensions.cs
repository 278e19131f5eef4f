using static UpcallActors.OpenFlow.MessageSpace;
using static UpcallActors.OpenFlow.OpenFlowVersion;

namespace UpcallActors.OpenFlow;

internal static partial class MessageForms
{
    // Nicira's and ONF's messages.
    private static IEnumerable<MessageForm> ExtensionsRows() =>
    [
        Row<PacketInMessage>(MessageType.PacketIn, "NXT_PACKET_IN", Nicira, 17, V10, V15, 24, 1),
        Row<PacketInMessage>(MessageType.PacketIn2, "NXT_PACKET_IN2", Nicira, 30, V10, V15, 0, 8),
        Row<FlowRemovedMessage>(MessageType.FlowRemoved, "NXT_FLOW_REMOVED", Nicira, 14, V10, V15, 40, 8),
        Row<FlowModMessage>(MessageType.FlowMod, "NXT_FLOW_MOD", Nicira, 13, V10, V15, 32, 8),
        Row<GroupModMessage>(MessageType.GroupMod, "NXT_GROUP_MOD", Nicira, 31, V10, V10, 16, 8),
        Row<RoleMessage>(MessageType.RoleRequest, "NXT_ROLE_REQUEST", Nicira, 10, V10, V15, 4),
        Row<RoleMessage>(MessageType.RoleReply, "NXT_ROLE_REPLY", Nicira, 11, V10, V15, 4),
        Row<AsyncConfigMessage>(MessageType.SetAsync, "NXT_SET_ASYNC_CONFIG", Nicira, 19, V10, V15, 24),
        Row<AsyncConfigMessage>(MessageType.SetAsync, "NXT_SET_ASYNC_CONFIG2", Nicira, 27, V10, V13, 0, 8),
        Row<RoleStatusMessage>(MessageType.RoleStatus, "ONFT13_ROLE_STATUS", Onf, 1911, V13, V13, 16, 8),
        Row<RequestForwardMessage>(MessageType.RequestForward, "NXT_REQUESTFORWARD", Nicira, 132, V10, V12, 8, 8),
        Row<RequestForwardMessage>(MessageType.RequestForward, "ONFT13_REQUESTFORWARD", Onf, 2350, V13, V13, 8, 8),
        Row<BundleControlMessage>(MessageType.BundleControl, "ONFT13_BUNDLE_CONTROL", Onf, 2300, V13, V13, 8, 8),
        Row<BundleAddMessage>(MessageType.BundleAddMessage, "ONFT13_BUNDLE_ADD_MESSAGE", Onf, 2301, V13, V13, 8, 1),
        Row<NumberMessage>(MessageType.FlowMonitorCancel, "ONFT13_FLOW_MONITOR_CANCEL", Onf, 1870, V13, V13, 4),
        Row<NumberMessage>(MessageType.FlowMonitorCancel, "NXT_FLOW_MONITOR_CANCEL", Nicira, 21, V10, V12, 4),
        Row<EmptyMessage>(MessageType.FlowMonitorPaused, "ONFT13_FLOW_MONITOR_PAUSED", Onf, 1871, V13, V13),
        Row<EmptyMessage>(MessageType.FlowMonitorPaused, "NXT_FLOW_MONITOR_PAUSED", Nicira, 22, V10, V12),
        Row<EmptyMessage>(MessageType.FlowMonitorResumed, "ONFT13_FLOW_MONITOR_RESUMED", Onf, 1872, V13, V13),
        Row<EmptyMessage>(MessageType.FlowMonitorResumed, "NXT_FLOW_MONITOR_RESUMED", Nicira, 23, V10, V12),
        Row<NumberMessage>(MessageType.SetFlowFormat, "NXT_SET_FLOW_FORMAT", Nicira, 12, V10, V10, 4),
        Row<FlowModTableIdMessage>(MessageType.FlowModTableId, "NXT_FLOW_MOD_TABLE_ID", Nicira, 15, V10, V15, 8),
        Row<NumberMessage>(MessageType.SetPacketInFormat, "NXT_SET_PACKET_IN_FORMAT", Nicira, 16, V10, V15, 4),
        Row<EmptyMessage>(MessageType.FlowAge, "NXT_FLOW_AGE", Nicira, 18, V10, V15),
        Row<ShortNumberMessage>(MessageType.SetControllerId, "NXT_SET_CONTROLLER_ID", Nicira, 20, V10, V15, 8),
        Row<TlvTableModMessage>(MessageType.TlvTableMod, "NXT_TLV_TABLE_MOD", Nicira, 24, V10, V15, 8, 8),
        Row<EmptyMessage>(MessageType.TlvTableRequest, "NXT_TLV_TABLE_REQUEST", Nicira, 25, V10, V15),
        Row<TlvTableMessage>(MessageType.TlvTableReply, "NXT_TLV_TABLE_REPLY", Nicira, 26, V10, V15, 16, 8),
        Row<PacketInMessage>(MessageType.Resume, "NXT_RESUME", Nicira, 28, V10, V15, 0, 8),
        Row<ShortNumberMessage>(MessageType.CtFlushZone, "NXT_CT_FLUSH_ZONE", Nicira, 29, V10, V15, 8),
        Row<ConntrackFlushMessage>(MessageType.CtFlush, "NXT_CT_FLUSH", Nicira, 32, V10, V15, 8, 8),
    ];
}
