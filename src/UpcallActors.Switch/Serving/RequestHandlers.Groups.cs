using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <content>Groups.</content>
internal static partial class RequestHandlers
{
    // All four types; weights, liveness and groups in buckets (OFPGFC_SELECT_WEIGHT, OFPGFC_SELECT_LIVENESS, OFPGFC_CHAINING).
    private const uint GroupTypes = 0xf;
    private const uint GroupCapabilities = 7;

    // What Open vSwitch says that buckets may do, by the numbers that actions have in a version.
    private const uint GroupActions10 = 0xfff;
    private const uint GroupActions11 = 0x1ffe7ff;
    private const uint GroupActions12 = 0x3ff8001;

    private static IEnumerable<RequestRow> GroupRows() =>
    [
        Transaction(MessageType.GroupMod, ChangeGroups),
        Row<NumberMessage>(MessageType.GroupStatsRequest, DumpGroupStatistics),
        Row<OpenFlowMessage>(MessageType.GroupDescRequest, DescribeGroups),
        Row<EmptyMessage>(MessageType.GroupFeaturesRequest, TellGroupFeatures),
    ];

    private static OpenFlowError? ChangeGroups(BridgeRequest request, in TableTransaction transaction) =>
        transaction.Make(((GroupModMessage)request.Message.Body).Change);

    /// <summary>The groups of one moment; a group that is not there is none.</summary>
    private static OpenFlowError? DumpGroupStatistics(BridgeRequest request, NumberMessage group)
    {
        FlowTables tables = request.Bridge.Tables;
        request.ReplyAll(MessageType.GroupStatsReply, tables.GetGroups(group.Value).Select(tables.GetStatistics));
        return null;
    }

    /// <summary>All groups, or the one that is asked for where a version can ask for one.</summary>
    private static OpenFlowError? DescribeGroups(BridgeRequest request, OpenFlowMessage body)
    {
        uint id = body is NumberMessage { Value: var one } ? one : GroupChange.AllGroups;
        request.ReplyAll(MessageType.GroupDescReply, request.Bridge.Tables.GetGroups(id).Select(group => new GroupDescription(
            group.Type, group.Id, [.. group.Buckets.Select(bucket => bucket.Given)], group.Selection)));
        return null;
    }

    private static OpenFlowError? TellGroupFeatures(BridgeRequest request, EmptyMessage body)
    {
        uint actions = request.Version switch
        {
            OpenFlowVersion.V10 => GroupActions10,
            OpenFlowVersion.V11 => GroupActions11,
            _ => GroupActions12,
        };
        const uint Most = GroupChange.LargestGroup;
        request.Reply(MessageType.GroupFeaturesReply, new GroupFeaturesMessage(
            GroupTypes,
            GroupCapabilities,
            new GroupFeaturesMessage.ByType(Most, Most, Most, Most),
            new GroupFeaturesMessage.ByType(actions, actions, actions, actions)));
        return null;
    }
}
