using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <content>What a client may do beside others.</content>
internal static partial class RequestHandlers
{
    // OFPCRR_PRIMARY_REQUEST: another client became the primary.
    private const byte PrimaryRequested = 0;

    private static IEnumerable<RequestRow> RoleRows() =>
    [
        Row<RoleMessage>(MessageType.RoleRequest, ChangeRole),
    ];

    /// <summary>Only a role that others may not have is given by election (<c>handle_role_request</c>).</summary>
    private static OpenFlowError? ChangeRole(BridgeRequest request, RoleMessage asked)
    {
        OpenFlowClient client = request.Client;
        ServedBridge bridge = request.Bridge;
        bool isElected = asked.Role is ControllerRole.Primary or ControllerRole.Secondary && !request.IsNicira;
        if (isElected)
        {
            // The difference of two numbers says which is newer, also when they have wrapped around.
            if (bridge.GenerationId is { } known && (long)(asked.GenerationId - known) < 0)
                return RoleRequestFailed.Stale;
            bridge.GenerationId = asked.GenerationId;
        }

        if (asked.Role == ControllerRole.Primary && client.Role != ControllerRole.Primary)
            TurnToSecondary(bridge);
        if (asked.Role != ControllerRole.NoChange)
            bridge.Assign(client, asked.Role);
        request.Reply(MessageType.RoleReply, new RoleMessage(client.Role, bridge.GenerationId ?? ulong.MaxValue));
        return null;
    }

    /// <summary>
    /// There is one primary at a time. The one before is told so, whatever it has said of asynchronous messages
    /// (<c>ofconn_set_role</c>, <c>ofconn_send_role_status</c>), unless its version has no such message.
    /// </summary>
    private static void TurnToSecondary(ServedBridge bridge)
    {
        foreach (OpenFlowClient other in bridge.Clients.Where(other => other.Role == ControllerRole.Primary))
        {
            bridge.Assign(other, ControllerRole.Secondary);
            if (other.Version >= OpenFlowVersion.V13)
            {
                other.Tell(
                    MessageType.RoleStatus,
                    new RoleStatusMessage(other.Role, PrimaryRequested, bridge.GenerationId ?? ulong.MaxValue));
            }
        }
    }
}
