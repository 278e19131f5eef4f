using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <content>Packets to and from controllers, and what else these are told unasked.</content>
internal static partial class RequestHandlers
{
    // OFPC_INVALID_TTL_TO_CONTROLLER, up to 1.2.
    private const ushort InvalidTtlFlag = 4;
    private const ushort FragmentFlags = 3;
    private const uint InvalidTtlReason = 1 << (int)ControllerReason.InvalidTtl;

    private static IEnumerable<RequestRow> PacketRows() =>
    [
        Change<PacketOutMessage>(MessageType.PacketOut, SendPacket) with
        {
            CheckAdded = static request => PacketOutSender.Check(request.Version, (PacketOutMessage)request.Message.Body),
            Transact = PreparePacket,
        },
        Row<PacketInMessage>(MessageType.Resume, Resume),
        Row<NumberMessage>(MessageType.SetPacketInFormat, SetPacketInFormat),
        Row<ShortNumberMessage>(MessageType.SetControllerId, SetControllerId),
        Row<EmptyMessage>(MessageType.GetConfigRequest, GetConfig),
        Row<SwitchConfigMessage>(MessageType.SetConfig, SetConfig),
        Row<EmptyMessage>(MessageType.GetAsyncRequest, GetAsync),
        Row<AsyncConfigMessage>(MessageType.SetAsync, SetAsync),
    ];

    private static OpenFlowError? SendPacket(BridgeRequest request, PacketOutMessage message)
    {
        request.Bridge.TellUnknownMeter(message.Actions);
        return request.Bridge.Packets.Send(
            request.Bridge.View.Bridge, request.Version, message, request.Bridge.View.Configuration.FragmentsLongPackets);
    }

    /// <summary>It meets the tables as the messages before it in the bundle leave them (<c>do_bundle_commit</c>).</summary>
    private static OpenFlowError? PreparePacket(BridgeRequest request, in TableTransaction transaction)
    {
        transaction.Show();
        request.Bridge.TellUnknownMeter(((PacketOutMessage)request.Message.Body).Actions);
        OpenFlowError? error = request.Bridge.Packets.Prepare(
            request.Bridge.View.Bridge, (PacketOutMessage)request.Message.Body, out PreparedPacket packet, meetsUnpublished: true);
        request.Prepared = packet;
        return error;
    }

    private static OpenFlowError? Resume(BridgeRequest request, PacketInMessage message) =>
        request.Bridge.Packets.Resume(
            request.Bridge.View.Bridge, request.Version, message, request.Bridge.View.Configuration.FragmentsLongPackets);

    private static OpenFlowError? SetPacketInFormat(BridgeRequest request, NumberMessage message)
    {
        if (message.Value > (uint)PacketInFormat.Nicira2)
            return BadRequest.NotPermitted;
        request.Client.PacketInFormat = (PacketInFormat)message.Value;
        return null;
    }

    private static OpenFlowError? SetControllerId(BridgeRequest request, ShortNumberMessage message)
    {
        request.Client.ControllerId = message.Value;
        return null;
    }

    private static OpenFlowError? GetConfig(BridgeRequest request, EmptyMessage body)
    {
        OpenFlowClient client = request.Client;
        bool tellsTtl = request.Version < OpenFlowVersion.V13
            && client.Async.Wants(AsyncKind.PacketIn, ControllerRole.Primary, (int)ControllerReason.InvalidTtl);
        ushort flags = (ushort)((int)request.Bridge.Settings.Current.Fragments | (tellsTtl ? InvalidTtlFlag : 0));
        request.Reply(MessageType.GetConfigReply, new SwitchConfigMessage(flags, client.MissSendLength));
        return null;
    }

    /// <summary>
    /// A secondary controller has no say in how fragments are looked up, and the wish for reassembled ones is passed over: the client is
    /// to ask what became of it (<c>handle_set_config</c>).
    /// </summary>
    private static OpenFlowError? SetConfig(BridgeRequest request, SwitchConfigMessage message)
    {
        OpenFlowClient client = request.Client;
        int known = FragmentFlags | (request.Version < OpenFlowVersion.V13 ? InvalidTtlFlag : 0);
        if ((message.Flags & ~known) != 0)
            return SwitchConfigFailed.BadFlags;
        var fragments = (FragmentHandling)(message.Flags & FragmentFlags);
        if (client.Settings.Kind == ConnectionKind.Primary && client.Role == ControllerRole.Secondary)
            fragments = request.Bridge.Settings.Current.Fragments;
        if (fragments == FragmentHandling.Reassemble)
            request.Bridge.RefuseFragments(fragments);
        else
            request.Bridge.Settings.Set(fragments);
        client.MissSendLength = message.MissSendLength;
        if (request.Version < OpenFlowVersion.V13)
        {
            uint reasons = client.Async[AsyncKind.PacketIn, ControllerRole.Primary] & ~InvalidTtlReason;
            client.Async[AsyncKind.PacketIn, ControllerRole.Primary] =
                reasons | ((message.Flags & InvalidTtlFlag) != 0 ? InvalidTtlReason : 0);
        }

        return null;
    }

    private static OpenFlowError? GetAsync(BridgeRequest request, EmptyMessage body)
    {
        request.Reply(MessageType.GetAsyncReply, request.Client.Async.ToMessage());
        return null;
    }

    private static OpenFlowError? SetAsync(BridgeRequest request, AsyncConfigMessage message)
    {
        request.Client.Async.Set(message);
        request.Client.BeTold();
        return null;
    }
}
