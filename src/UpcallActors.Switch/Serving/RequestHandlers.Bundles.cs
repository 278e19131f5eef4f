using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <content>Bundles: messages that are collected, and then done together or not at all.</content>
internal static partial class RequestHandlers
{
    private const ushort Atomic = 1;

    // OFPBCT_*; an answer's number is the request's and 1.
    private const ushort Open = 0;
    private const ushort Close = 2;
    private const ushort Commit = 4;
    private const ushort Discard = 6;

    private static IEnumerable<RequestRow> BundleRows() =>
    [
        Change<BundleControlMessage>(MessageType.BundleControl, ControlBundle),
        Change<BundleAddMessage>(MessageType.BundleAddMessage, AddToBundle),
    ];

    private static OpenFlowError? ControlBundle(BridgeRequest request, BundleControlMessage asked)
    {
        OpenFlowError? error = asked.Type switch
        {
            Open => OpenBundle(request, asked),
            Close => CloseBundle(request, asked),
            Commit => CommitBundle(request, asked),
            Discard => DiscardBundle(request, asked),
            _ => BundleFailed.BadType,
        };
        if (error is null)
            request.Reply(MessageType.BundleControl, new BundleControlMessage(asked.Id, (ushort)(asked.Type + 1), Flags: 0));
        return error;
    }

    /// <summary>To open a bundle again ends it (<c>ofp_bundle_open</c>).</summary>
    private static OpenFlowError? OpenBundle(BridgeRequest request, BundleControlMessage asked)
    {
        BundleTable bundles = request.Client.Bundles;
        if (bundles.Find(asked.Id) is null)
            return Begin(request, asked.Id, asked.Flags) is null ? BundleFailed.OutOfBundles : null;
        bundles.Remove(asked.Id);
        return BundleFailed.BadId;
    }

    private static OpenFlowError? CloseBundle(BridgeRequest request, BundleControlMessage asked)
    {
        if (request.Client.Bundles.Find(asked.Id) is not { } bundle)
            return BundleFailed.BadId;
        OpenFlowError? error = FindMisuse(bundle, asked.Flags);
        if (error is not null)
            request.Client.Bundles.Remove(asked.Id);
        bundle.IsClosed = true;
        bundle.Used = request.Bridge.Now;
        return error;
    }

    private static OpenFlowError? DiscardBundle(BridgeRequest request, BundleControlMessage asked)
    {
        if (request.Client.Bundles.Find(asked.Id) is null)
            return BundleFailed.BadId;
        request.Client.Bundles.Remove(asked.Id);
        return null;
    }

    /// <summary>
    /// A message alone that cannot be read, cannot be in a bundle, or is wrong by itself, is refused here; whether it can be done turns out
    /// when the bundle is committed (<c>handle_bundle_add</c>).
    /// </summary>
    private static OpenFlowError? AddToBundle(BridgeRequest request, BundleAddMessage asked)
    {
        if (asked.FindMisfit(request.Xid) is { } misfit)
            return misfit;
        byte[] inner = [.. asked.Added];
        if (OpenFlowCodec.Decode(inner, out DecodedMessage? decoded, request.Message.HasTableId) is { } unreadable)
            return unreadable;
        var received = new ReceivedMessage(inner, decoded, null);
        if (_rows[decoded!.Type].CheckAdded?.Invoke(request.For(received)) is { } wrong)
            return wrong;
        BundleTable bundles = request.Client.Bundles;
        Bundle? bundle = bundles.Find(asked.Id);
        if (bundle is null)
        {
            bundle = Begin(request, asked.Id, asked.Flags);
            if (bundle is null)
                return BundleFailed.OutOfBundles;
        }
        else if (FindMisuse(bundle, asked.Flags) is { } misuse)
        {
            bundles.Remove(asked.Id);
            return misuse;
        }

        bundle.Used = request.Bridge.Now;
        return bundles.TryAdd(bundle, received, request.Bytes) ? null : BundleFailed.OutOfBundles;
    }

    /// <summary>
    /// Does all of it in one transaction. The message that fails is answered first, with what brought it, and then the commit
    /// (<c>do_bundle_commit</c>). The bundle is gone in any case.
    /// </summary>
    private static OpenFlowError? CommitBundle(BridgeRequest request, BundleControlMessage asked)
    {
        BundleTable bundles = request.Client.Bundles;
        if (bundles.Find(asked.Id) is not { } bundle)
            return BundleFailed.BadId;
        bundles.Remove(asked.Id);
        return bundle.Flags == asked.Flags ? CommitAll(request, bundle) : BundleFailed.BadFlags;
    }

    /// <summary>
    /// Packets meet the tables as they are in their place, and ports as they were before the bundle; they leave when all is done.
    /// </summary>
    private static OpenFlowError? CommitAll(BridgeRequest request, Bundle bundle)
    {
        var packets = new List<PreparedPacket>();
        var later = new List<(BridgeRequest Request, byte[] Added)>();
        using (TableTransaction transaction = request.Bridge.Tables.Begin(request.Origin))
        {
            foreach ((ReceivedMessage message, byte[] added) in bundle.Messages)
            {
                BridgeRequest inner = request.For(message);
                RequestRow row = _rows[message.Message!.Type];
                OpenFlowError? error = row.Transact is { } transact ? transact(inner, transaction)
                    : message.Message.Type == MessageType.PortMod && (bundle.Flags & Atomic) != 0 ? BundleFailed.MessageFailed
                    : row.Check?.Invoke(inner);
                if (error is not null)
                {
                    request.Refuse(error, inner.Xid, added);
                    return BundleFailed.MessageFailed;
                }

                if (row.Transact is null)
                    later.Add((inner, added));
                if (inner.Prepared is { } prepared)
                    packets.Add(prepared);
            }

            // Before it is told what the flows that go have counted.
            foreach (PreparedPacket packet in packets)
                packet.Effects.Credit(packet.Frame.Length);
            transaction.Commit();
        }

        foreach (PreparedPacket packet in packets)
            packet.Effects.Learn();
        foreach ((ReceivedMessage message, _) in bundle.Messages.Where(one => one.Message.Message!.Type == MessageType.GroupMod))
            Forward(request.For(message));
        OpenFlowError? failure = FinishBundle(request, later);
        foreach (PreparedPacket packet in packets)
            request.Bridge.Packets.Finish(packet, request.Bridge.View.Configuration.FragmentsLongPackets);
        return failure;
    }

    /// <summary>Does what changes no table. All of it was found right, but a device may still refuse.</summary>
    private static OpenFlowError? FinishBundle(BridgeRequest request, List<(BridgeRequest Request, byte[] Added)> later)
    {
        OpenFlowError? failure = null;
        foreach ((BridgeRequest inner, byte[] added) in later)
        {
            if (_rows[inner.Message.Type].Handle(inner) is not { } error)
                continue;
            request.Refuse(error, inner.Xid, added);
            failure = BundleFailed.MessageFailed;
        }

        return failure;
    }

    private static Bundle? Begin(BridgeRequest request, uint id, ushort flags)
    {
        Bundle? bundle = request.Client.Bundles.Begin(id, flags, request.Bytes);
        if (bundle is not null)
            bundle.Used = request.Bridge.Now;
        return bundle;
    }

    private static OpenFlowError? FindMisuse(Bundle bundle, ushort flags) =>
        bundle.IsClosed ? BundleFailed.BundleClosed : bundle.Flags != flags ? BundleFailed.BadFlags : null;
}
