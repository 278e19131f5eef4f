using System.Collections.Immutable;
using System.ComponentModel;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// Sends the packets of controllers (<c>OFPT_PACKET_OUT</c>) and lets those go on that wait for them (<c>NXT_RESUME</c>): translates
/// what is to be done with effects, as for a packet that has come in, and has the datapath do it. It uses nothing of the lanes. One thread.
/// </summary>
internal sealed class PacketOutSender : IDisposable
{
    private const int MostActions = ushort.MaxValue - NetlinkAttribute.HeaderLength - 3;

    private readonly OpenFlowTranslatorFactory _factory;
    private readonly IDatapath _datapath;
    private readonly OpenFlowTranslator _translator;
    private readonly HashSet<uint> _upcallPids = [];
    private readonly byte[] _actions = new byte[MostActions];
    private DatapathClient? _client;

    /// <summary>Sends over a channel of its own, which it opens for the first packet, and anew after it was disposed of.</summary>
    public PacketOutSender(OpenFlowTranslatorFactory factory, IDatapath datapath, TimeProvider time)
    {
        _factory = factory;
        _datapath = datapath;
        _translator = factory.CreateTranslator();
        Origins = new OriginMemory(time);
    }

    /// <summary>Packets for controllers that may come back.</summary>
    public OriginMemory Origins { get; }

    /// <summary>What was sent and what was not.</summary>
    public PacketOutSenderCounters Counters => _factory.Sent;

    /// <summary>Remembers a packet that goes to controllers, for when one sends it on.</summary>
    public void Remember(ControllerPacket packet)
    {
        if (packet.Origin.UpcallPid != 0)
            _upcallPids.Add(packet.Origin.UpcallPid);
        FlowKey key = default;
        if (packet.Origin.Mru != 0 && KeyExtraction.TryExtract(packet.Packet.AsSpan(), ref key, out PacketLayout layout))
            Origins.Remember(packet.Packet.AsSpan()[layout.NetworkOffset..], packet.Origin);
    }

    /// <summary>
    /// What is wrong with a packet that a controller wants sent, whatever the bridge is by then, if anything
    /// (<c>ofproto_packet_out_init</c>). Actions are held against the packet as those of a flow against its match.
    /// </summary>
    public static OpenFlowError? Check(OpenFlowVersion version, PacketOutMessage message)
    {
        if (message.BufferId != FlowModMessage.NoBuffer)
            return BadRequest.BufferUnknown;
        Flow flow = message.Metadata.ToValue();
        InjectedKey.TryExtract(message.Packet.AsSpan(), ref flow.Key, out _);
        return FlowCheck.Find(message.Actions, flow, version)?.Error;
    }

    /// <summary>Sends a packet of a controller. Returns the error that the controller gets, or null.</summary>
    /// <param name="bridge">The bridge that it is for.</param>
    /// <param name="version">The version that the controller speaks.</param>
    /// <param name="message">The packet, and what is to be done with it.</param>
    /// <param name="fragments">
    /// Whether it leaves in fragments when it is longer than its port takes and nothing is known of it; else the datapath drops it.
    /// </param>
    public OpenFlowError? Send(Bridge bridge, OpenFlowVersion version, PacketOutMessage message, bool fragments = false)
    {
        if (Check(version, message) is { } wrong)
            return wrong;
        if (Prepare(bridge, message, out PreparedPacket packet) is { } error)
            return error;
        packet.Effects.Credit(message.Packet.Length);
        packet.Effects.Learn();
        Finish(packet, fragments);
        return null;
    }

    /// <summary>
    /// Translates a packet of a controller that was checked (<c>ofproto_packet_out_start</c>). Returns the error that the controller gets,
    /// or null. Nothing was done yet.
    /// </summary>
    /// <param name="bridge">The bridge that it is for.</param>
    /// <param name="message">The packet, and what is to be done with it.</param>
    /// <param name="packet">What has to be done.</param>
    /// <param name="meetsUnpublished">Whether it meets the changes of a transaction that this thread has open, and shows.</param>
    public OpenFlowError? Prepare(Bridge bridge, PacketOutMessage message, out PreparedPacket packet, bool meetsUnpublished = false)
    {
        packet = default;
        if (bridge.Tables.FindMissingFor(message.Actions) is { } missing)
            return missing.Error;
        Flow flow = message.Metadata.ToValue();
        if (!InjectedKey.TryExtract(message.Packet.AsSpan(), ref flow.Key, out PacketLayout layout))
        {
            // No frame: ovs-vswitchd takes it, and the datapath refuses it.
            packet = new PreparedPacket(null, message.Packet, layout, [], new PacketEffects(new RuleCredits(0), []));
            return null;
        }

        BridgePort port = InjectedPacket.PortOf(bridge, message.InPort);
        flow.Key.DatapathPort = port.DatapathPort;
        return Prepare(
            new InjectedPacket(bridge, port, flow, Frozen(message.Actions))
            {
                IsPacketOut = true,
                MeetsUnpublished = meetsUnpublished,
                Origin = Origins.Recall(message.Packet.AsSpan()[layout.NetworkOffset..]),
            },
            message.Packet,
            layout,
            out packet);
    }

    /// <summary>
    /// Has the datapath send a packet that was prepared (<c>ofproto_packet_out_finish</c>). Not while tables are locked: what comes of it
    /// may change them.
    /// </summary>
    public void Finish(in PreparedPacket packet, bool fragments)
    {
        if (packet.Injected is null)
        {
            Counters.Refused++;
            return;
        }

        Counters.PacketOuts++;
        Execute(packet, packet.Injected, fragments);
    }

    /// <summary>Lets a paused packet go on, as <see cref="Send"/>. Returns the error that the controller gets, or null.</summary>
    public OpenFlowError? Resume(Bridge bridge, OpenFlowVersion version, PacketInMessage message, bool fragments = false)
    {
        if (Continuation.Decode(version, message.Continuation.AsSpan(), out Continuation? continuation) is { } error)
            return error;
        if (continuation!.Bridge != BridgeId.Of(bridge.Name))
            return ResumeFailed.Stale;
        Flow flow = message.Metadata.ToValue();
        if (!InjectedKey.TryExtract(message.Packet.AsSpan(), ref flow.Key, out PacketLayout layout))
            return BadProperty.BadLength;
        BridgePort port = continuation.DatapathPort is uint datapathPort
            && bridge.Ports.FirstOrDefault(port => port.Patch is null && port.DatapathPort == datapathPort) is { } known
                ? known
                : InjectedPacket.PortOf(bridge, flow.InPort);
        // Of a packet that waited behind a patch port, the datapath's port is another bridge's.
        flow.Key.DatapathPort = port.Patch is not null && continuation.DatapathPort is uint other
            && _factory.BridgeSet.TryFindPort(other, out _) ? other : port.DatapathPort;
        var packet = new InjectedPacket(bridge, port, flow, continuation.Actions)
        {
            IsConntracked = continuation.IsConntracked,
            // A port id of somebody else would get the packet's upcalls.
            Origin = new PacketOrigin(continuation.Mru, continuation.Hash,
                _upcallPids.Contains(continuation.UpcallPid) ? continuation.UpcallPid : 0),
        };
        Counters.Resumed++;
        if (Prepare(packet, message.Packet, layout, out PreparedPacket prepared) is { } failure)
            return failure;
        prepared.Effects.Credit(message.Packet.Length);
        prepared.Effects.Learn();
        Execute(prepared, packet, fragments);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client?.Dispose();
        _client = null;
    }

    private static ImmutableArray<FrozenAction> Frozen(ActionList actions) =>
        [.. actions.Actions.Select(action => new FrozenAction(action, Table: 0, Cookie: ulong.MaxValue))];

    private OpenFlowError? Prepare(
        InjectedPacket injected, ImmutableArray<byte> frame, PacketLayout layout, out PreparedPacket packet)
    {
        packet = default;
        Translation translation = _translator.Translate(injected, _actions);
        if (translation.Error is not (XlateError.None or XlateError.CongestionDrop))
            return FlowModFailed.Unknown;
        packet = new PreparedPacket(injected, frame, layout, _actions[..translation.ActionsLength], _translator.TakeEffects());
        return null;
    }

    private void Execute(in PreparedPacket packet, InjectedPacket injected, bool fragments)
    {
        PacketOrigin origin = injected.Origin;
        Counters.WithOrigin += origin.Mru != 0 ? 1 : 0;
        if (packet.Actions.Length == 0)
        {
            Counters.Dropped++;
            return;
        }

        int offset = packet.Layout.NetworkOffset;
        if (origin.Mru == 0 && NarrowestPort(packet.Actions, packet.Frame.Length - offset) is int mtu)
        {
            Counters.TooLong++;
            if (fragments && MayBeCut(injected.Flow.Key, packet.Frame.AsSpan()[offset..]))
                origin = origin with { Mru = (ushort)mtu };
        }

        if (Execute(injected.Flow.Key, packet.Frame.AsSpan(), packet.Actions, origin) != Errno.None)
            Counters.Refused++;
    }

    private Errno Execute(in FlowKey key, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> actions, PacketOrigin origin)
    {
        try
        {
            _client ??= new DatapathClient(_datapath);
        }
        catch (Win32Exception exhausted)
        {
            return (Errno)exhausted.NativeErrorCode;
        }

        NetlinkWriter writer = _client.Writer();
        int start = OvsHeader.Begin(ref writer, _datapath.Families.Packet, NetlinkFlags.None, sequence: 0, (byte)PacketCommand.Execute,
            OvsFamilyVersion.Packet, _datapath.IfIndex);
        writer.Put(OvsPacketAttribute.Packet, frame);
        int nest = writer.BeginNest(OvsPacketAttribute.Key);
        OvsFlowKeyWriter.WriteExecuteKey(key, ref writer);
        writer.EndNest(nest);
        writer.Put(OvsPacketAttribute.Actions, actions);
        if (origin.Mru != 0)
            writer.PutU16(OvsPacketAttribute.Mru, origin.Mru);
        if (origin.Hash != 0)
            writer.PutU64(OvsPacketAttribute.Hash, origin.Hash);
        if (origin.UpcallPid != 0)
            writer.PutU32(OvsPacketAttribute.UpcallPid, origin.UpcallPid);
        writer.EndMessage(start);
        return _client.Ask(writer).Error;
    }

    /// <summary>The least MTU of the ports that the packet goes to and is too long for; null if it fits all of them.</summary>
    private int? NarrowestPort(ReadOnlySpan<byte> actions, int length)
    {
        int? narrowest = null;
        foreach (NetlinkAttribute action in new NetlinkAttributes(actions))
        {
            int? mtu = action.Type switch
            {
                OvsActionAttribute.Output when _factory.BridgeSet.TryFindPort(action.U32, out BridgePort? port) && port.Mtu < length =>
                    port.Mtu,
                OvsActionAttribute.Clone => NarrowestPort(action.Payload, length),
                _ => null,
            };
            if (mtu is int found && (narrowest is null || found < narrowest))
                narrowest = found;
        }

        return narrowest;
    }

    /// <summary>Whether a packet may be cut: an IPv4 packet whose sender does not forbid it, or an IPv6 packet.</summary>
    private static bool MayBeCut(in FlowKey key, ReadOnlySpan<byte> packet)
    {
        const int FlagsOffset = 6;
        const byte DontFragment = 0x40;
        return key.EthType == EtherTypes.Ipv6
            || (key.EthType == EtherTypes.Ipv4 && packet.Length > FlagsOffset && (packet[FlagsOffset] & DontFragment) == 0);
    }
}
