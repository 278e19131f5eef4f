using System.Collections.Frozen;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>Answers a message; returns the error that the client gets instead, if any.</summary>
internal delegate OpenFlowError? RequestHandler(BridgeRequest request);

/// <summary>Makes the changes that a message asks for in a transaction; returns the error if one is refused.</summary>
internal delegate OpenFlowError? TransactionHandler(BridgeRequest request, in TableTransaction transaction);

/// <summary>Which message is answered by what, a row for each (<c>handle_single_part_openflow</c> of Open vSwitch).</summary>
internal static partial class RequestHandlers
{
    // OFPRFR_*.
    private const int GroupForwarded = 0;
    private const int MeterForwarded = 1;

    private static readonly FrozenDictionary<MessageType, RequestRow> _rows =
        new IEnumerable<RequestRow>[]
            {
                ConnectionRows(), RoleRows(), FlowRows(), TableRows(), PortRows(), GroupRows(), MeterRows(), PacketRows(), BundleRows(),
                MonitorRows(), DatapathRows(),
            }
            .SelectMany(rows => rows).ToFrozenDictionary(row => row.Type);

    /// <summary>Answers one message of a client.</summary>
    public static void Handle(ServedBridge bridge, OpenFlowClient client, in ReceivedMessage received, List<Outgoing> replies)
    {
        OpenFlowError? error = received.Error;
        ReceivedMessage? whole = received;
        error ??= client.Assembly.Take(received, bridge.Now, out whole);
        if (error is null && whole is null)
            return;
        var request = new BridgeRequest(bridge, client, whole ?? received, replies);
        error ??= _rows.TryGetValue(request.Message.Type, out RequestRow? row) ? row.Handle(request) : BadRequest.BadType;
        if (error is not null)
            request.Refuse(error);
        else if (request.Message.Type is MessageType.GroupMod or MessageType.MeterMod)
            Forward(request);
    }

    /// <summary>
    /// Tells the other clients that want it what one has changed, before what comes of it (<c>connmgr_send_requestforward</c>).
    /// </summary>
    private static void Forward(BridgeRequest request)
    {
        int reason = request.Message.Type == MessageType.GroupMod ? GroupForwarded : MeterForwarded;
        foreach (OpenFlowClient client in request.Bridge.Clients)
        {
            if (client == request.Client || !client.Wants(AsyncKind.RequestForward, reason)
                || MessageForms.Find(request.Message.Type, client.Version) is not { } form)
                continue;
            // In the words of the other's version.
            var writer = new WireWriter();
            OpenFlowCodec.Encode(writer, (byte)client.Version, request.Xid, form, request.Message.Body);
            client.Tell(MessageType.RequestForward, new RequestForwardMessage([.. writer.Written]));
        }
    }

    private static RequestRow Row<T>(MessageType type, Func<BridgeRequest, T, OpenFlowError?> handle)
        where T : OpenFlowMessage =>
        new(type, request => handle(request, (T)request.Message.Body));

    /// <summary>A message that a secondary controller may not send.</summary>
    private static RequestRow Change<T>(MessageType type, Func<BridgeRequest, T, OpenFlowError?> handle)
        where T : OpenFlowMessage =>
        new(type, request => request.Client.Role == ControllerRole.Secondary
            ? BadRequest.IsSecondary
            : handle(request, (T)request.Message.Body));

    /// <summary>A message that changes tables: alone in a transaction of its own, or with others of a bundle.</summary>
    private static RequestRow Transaction(MessageType type, TransactionHandler transact) =>
        new(type, request => request.Client.Role == ControllerRole.Secondary ? BadRequest.IsSecondary : RunAlone(request, transact))
        {
            Transact = transact,
        };

    private static OpenFlowError? RunAlone(BridgeRequest request, TransactionHandler transact)
    {
        using TableTransaction transaction = request.Bridge.Tables.Begin(request.Origin);
        OpenFlowError? error = transact(request, transaction);
        if (error is null)
            transaction.Commit();
        return error;
    }

    private sealed record RequestRow(MessageType Type, RequestHandler Handle)
    {
        /// <summary>What can be wrong with it when it comes into a bundle; null when nothing can.</summary>
        public RequestHandler? CheckAdded { get; init; }

        /// <summary>What can be wrong with it in a bundle before anything is done; null when nothing can.</summary>
        public RequestHandler? Check { get; init; }

        /// <summary>What it does in its place among others of a bundle; null for one that is done after them.</summary>
        public TransactionHandler? Transact { get; init; }
    }
}
