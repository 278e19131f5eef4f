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
    /// Sends a packet of a controller. Returns the error that the controller gets, or null. Actions are held against the packet as those
    /// of a flow against its match.
    /// </summary>
    /// <param name="bridge">The bridge that it is for.</param>
    /// <param name="version">The version that the controller speaks.</param>
    /// <param name="message">The packet, and what is to be done with it.</param>
    /// <param name="fragments">
    /// Whether it leaves in fragments when it is longer than its port takes and nothing is known of it; else the datapath drops it.
    /// </param>
    public OpenFlowError? Send(Bridge bridge, OpenFlowVersion version, PacketOutMessage message, bool fragments = false)
    {
        if (message.BufferId != FlowModMessage.NoBuffer)
            return BadRequest.BufferUnknown;
        Flow flow = message.Metadata.ToValue();
        bool isFrame = KeyExtraction.TryExtract(message.Packet.AsSpan(), ref flow.Key, out PacketLayout layout);
        if ((FlowCheck.Find(message.Actions, flow, version) ?? bridge.Tables.FindMissingFor(message.Actions)) is { } problem)
            return problem.Error;
        if (!isFrame)
        {
            // No frame: ovs-vswitchd takes it, and the datapath refuses it.
            Counters.Refused++;
            return null;
        }

        BridgePort port = InjectedPacket.PortOf(bridge, message.InPort);
        flow.Key.DatapathPort = port.DatapathPort;
        var packet = new InjectedPacket(bridge, port, flow, Frozen(message.Actions))
        {
            IsPacketOut = true,
            Origin = Origins.Recall(message.Packet.AsSpan()[layout.NetworkOffset..]),
        };
        Counters.PacketOuts++;
        Counters.WithOrigin += packet.Origin.Mru != 0 ? 1 : 0;
        return Inject(packet, message.Packet, layout, fragments);
    }

    /// <summary>Lets a paused packet go on, as <see cref="Send"/>. Returns the error that the controller gets, or null.</summary>
    public OpenFlowError? Resume(Bridge bridge, OpenFlowVersion version, PacketInMessage message, bool fragments = false)
    {
        if (Continuation.Decode(version, message.Continuation.AsSpan(), out Continuation? continuation) is { } error)
            return error;
        if (continuation!.Bridge != BridgeId.Of(bridge.Name))
            return ResumeFailed.Stale;
        Flow flow = message.Metadata.ToValue();
        if (!KeyExtraction.TryExtract(message.Packet.AsSpan(), ref flow.Key, out PacketLayout layout))
            return BadProperty.BadLength;
        BridgePort port = continuation.DatapathPort is uint datapathPort
            && bridge.Ports.FirstOrDefault(port => port.DatapathPort == datapathPort) is { } known
                ? known
                : InjectedPacket.PortOf(bridge, flow.InPort);
        flow.Key.DatapathPort = port.DatapathPort;
        var packet = new InjectedPacket(bridge, port, flow, continuation.Actions)
        {
            IsConntracked = continuation.IsConntracked,
            // A port id of somebody else would get the packet's upcalls.
            Origin = new PacketOrigin(continuation.Mru, continuation.Hash,
                _upcallPids.Contains(continuation.UpcallPid) ? continuation.UpcallPid : 0),
        };
        Counters.Resumed++;
        Counters.WithOrigin += packet.Origin.Mru != 0 ? 1 : 0;
        return Inject(packet, message.Packet, layout, fragments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client?.Dispose();
        _client = null;
    }

    private static ImmutableArray<FrozenAction> Frozen(ActionList actions) =>
        [.. actions.Actions.Select(action => new FrozenAction(action, Table: 0, Cookie: ulong.MaxValue))];

    private OpenFlowError? Inject(InjectedPacket packet, ImmutableArray<byte> frame, PacketLayout layout, bool fragments)
    {
        Translation translation = _translator.Translate(packet, new FlowCredit(1, (ulong)frame.Length), _actions);
        if (translation.Error is not (XlateError.None or XlateError.CongestionDrop))
            return FlowModFailed.Unknown;
        ReadOnlySpan<byte> actions = _actions.AsSpan(0, translation.ActionsLength);
        if (actions.IsEmpty)
        {
            Counters.Dropped++;
            return null;
        }

        PacketOrigin origin = packet.Origin;
        if (origin.Mru == 0 && NarrowestPort(actions, frame.Length - layout.NetworkOffset) is int mtu)
        {
            Counters.TooLong++;
            if (fragments && MayBeCut(packet.Flow.Key, frame.AsSpan()[layout.NetworkOffset..]))
                origin = origin with { Mru = (ushort)mtu };
        }

        if (Execute(packet.Flow.Key, frame.AsSpan(), actions, origin) != Errno.None)
            Counters.Refused++;
        return null;
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
