using System.Collections.Immutable;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// What a connection's version and format have to say of a packet (<c>ofputil_encode_packet_in_private</c>): never where a buffer is, and
/// always all of the packet.
/// </summary>
internal static class PacketInEncoding
{
    // What a message has besides the packet and its metadata, at most.
    private const int MessageRoom = 1024;

    private static readonly MatchField _inPort = MatchFields.Get("in_port");
    private static readonly MatchField _ethType = MatchFields.Get("eth_type");
    private static readonly MatchField _ctState = MatchFields.Get("ct_state");

    private static readonly ImmutableArray<MatchField> _pipeline =
    [
        .. Named("tun_id tun_src tun_dst tun_ipv6_src tun_ipv6_dst metadata pkt_mark"),
        .. Enumerable.Range(0, Flow.RegisterCount).Select(index => MatchFields.Get($"reg{index}")),
    ];

    private static readonly ImmutableArray<MatchField> _connection = [.. Named("ct_zone ct_mark ct_label")];
    private static readonly ImmutableArray<MatchField> _ipv4Tuple = [.. Named("ct_nw_src ct_nw_dst ct_nw_proto ct_tp_src ct_tp_dst")];
    private static readonly ImmutableArray<MatchField> _ipv6Tuple = [.. Named("ct_ipv6_src ct_ipv6_dst ct_nw_proto ct_tp_src ct_tp_dst")];

    /// <summary>The layout of packet-ins in a format.</summary>
    public static MessageForm FormOf(PacketInFormat format, OpenFlowVersion version) => format switch
    {
        PacketInFormat.Nicira2 => MessageForms.Find(MessageType.PacketIn2, version)!,
        PacketInFormat.Nicira => MessageForms.All.First(
            form => form is { Type: MessageType.PacketIn, Space: MessageSpace.Nicira }),
        _ => MessageForms.Find(MessageType.PacketIn, version)!,
    };

    /// <summary>
    /// The message; null for a paused packet that does not fit: one that is cut could not go on.
    /// </summary>
    public static PacketInMessage? Encode(ControllerPacket packet, PacketInFormat format, OpenFlowVersion version)
    {
        ImmutableArray<byte> continuation = [];
        if (packet.Paused is { } state && format == PacketInFormat.Nicira2)
            continuation = ContinuationOf(packet, state).Encode(version);
        int room = ushort.MaxValue - MessageRoom - continuation.Length - packet.UserData.Length;
        if (packet.Packet.Length > room && (!continuation.IsEmpty || room < 0))
            return null;
        return new PacketInMessage
        {
            TotalLength = (uint)packet.Packet.Length,
            Reason = ReasonOf(packet.Reason, version),
            Table = packet.Table,
            Cookie = packet.Cookie,
            Metadata = MetadataOf(packet.Flow),
            Packet = packet.Packet.Length > room ? packet.Packet[..room] : packet.Packet,
            UserData = packet.UserData,
            Continuation = continuation,
        };
    }

    /// <summary>A reason as a version knows it (<c>encode_packet_in_reason</c>).</summary>
    public static byte ReasonOf(ControllerReason reason, OpenFlowVersion version) => (byte)(reason switch
    {
        ControllerReason.ActionSet or ControllerReason.Group or ControllerReason.PacketOut when version < OpenFlowVersion.V14 =>
            ControllerReason.Action,
        ControllerReason.ExplicitMiss => version < OpenFlowVersion.V13 ? ControllerReason.Action : ControllerReason.NoMatch,
        ControllerReason.ImplicitMiss => ControllerReason.NoMatch,
        _ => reason,
    });

    /// <summary>What is known of a packet beside its bytes, without what is 0 (<c>flow_get_metadata</c>).</summary>
    private static Match MetadataOf(in Flow flow)
    {
        var metadata = new MatchBuilder();
        metadata.Set(_inPort, flow.InPort);
        AddNonZero(_pipeline, flow, ref metadata);
        if (flow.Key.CtState == CtState.None)
            return metadata.Build();
        // Without the EtherType the fields of the connection mean nothing.
        metadata.Set(_ethType, flow.Key.EthType);
        metadata.Set(_ctState, _ctState.Read(flow));
        AddNonZero(_connection, flow, ref metadata);
        bool hasTuple = (flow.Key.CtState & CtState.Tracked) != 0 && (flow.Key.CtState & CtState.Invalid) == 0 && flow.Key.CtOrigProto != 0;
        if (hasTuple && flow.Key.EthType is EtherTypes.Ipv4 or EtherTypes.Ipv6)
        {
            foreach (MatchField field in flow.Key.EthType == EtherTypes.Ipv4 ? _ipv4Tuple : _ipv6Tuple)
                metadata.Set(field, field.Read(flow));
        }

        return metadata.Build();
    }

    private static Continuation ContinuationOf(ControllerPacket packet, FrozenState state) => new()
    {
        Bridge = BridgeId.Of(packet.Bridge),
        IsConntracked = state.Conntracked,
        Actions = ActionsOf(state),
        DatapathPort = packet.Flow.Key.DatapathPort,
        Mru = packet.Origin.Mru,
        Hash = packet.Origin.Hash,
        UpcallPid = packet.Origin.UpcallPid,
    };

    private static ImmutableArray<FrozenAction> ActionsOf(FrozenState state)
    {
        ImmutableArray<FrozenAction>.Builder actions = ImmutableArray.CreateBuilder<FrozenAction>();
        foreach (FrozenActions left in state.Actions)
        {
            foreach (OpenFlowAction action in left.List.Actions.AsSpan()[left.From..])
                actions.Add(new FrozenAction(action, left.Table, left.Cookie));
        }

        return actions.DrainToImmutable();
    }

    private static void AddNonZero(ImmutableArray<MatchField> fields, in Flow flow, ref MatchBuilder metadata)
    {
        foreach (MatchField field in fields)
        {
            UInt128 value = field.Read(flow);
            if (value != 0)
                metadata.Set(field, value);
        }
    }

    private static IEnumerable<MatchField> Named(string names) => names.Split(' ').Select(MatchFields.Get);
}
