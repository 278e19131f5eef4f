using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <content>Ports and their queues.</content>
internal static partial class RequestHandlers
{
    private const uint AllQueues = uint.MaxValue;

    private static IEnumerable<RequestRow> PortRows() =>
    [
        Row<OpenFlowMessage>(MessageType.PortDescRequest, DescribePorts),
        Row<PortRequestMessage>(MessageType.PortStatsRequest, DumpPorts),
        Change<PortModMessage>(MessageType.PortMod, ChangePort) with
        {
            Check = request => FindPort(request, (PortModMessage)request.Message.Body, out _),
        },
        Row<QueueRequestMessage>(MessageType.QueueStatsRequest, DumpQueues),
        Row<PortRequestMessage>(MessageType.QueueGetConfigRequest, TellQueues),
        Row<QueueRequestMessage>(MessageType.QueueDescRequest, DescribeQueues),
    ];

    private static OpenFlowError? DescribePorts(BridgeRequest request, OpenFlowMessage body)
    {
        uint only = body is PortRequestMessage { Port: var port } ? port : OpenFlowPorts.None;
        request.ReplyAll(
            MessageType.PortDescReply,
            request.Bridge.DescribePorts().Where(one => only is OpenFlowPorts.None || one.Number == only));
        return null;
    }

    /// <summary>A port that is not there has no entry, and is no error (<c>handle_port_stats_request</c>).</summary>
    private static OpenFlowError? DumpPorts(BridgeRequest request, PortRequestMessage asked)
    {
        IReadOnlyDictionary<string, VportStats> counted = request.Bridge.CountPorts();
        request.ReplyAll(
            MessageType.PortStatsReply,
            request.Bridge.Ports.Where(one => IsMeant(asked.Port, one))
                .Select(one => DescribedPort.StatisticsOf(one, counted, request.Bridge.PatchOf(one), request.Bridge.PortAgeOf(one))));
        return null;
    }

    /// <summary>
    /// Changes what is said of a port (<c>update_port_config</c>). A device that cannot be set up or down, and features that cannot be
    /// advertised, are an error here, and not passed over.
    /// </summary>
    private static OpenFlowError? ChangePort(BridgeRequest request, PortModMessage asked)
    {
        if (FindPort(request, asked, out InterfaceState? port) is { } error)
            return error;
        ServedBridge bridge = request.Bridge;
        (var config, var mask) = ((PortConfig)asked.Config, (PortConfig)asked.Mask);
        PortConfig toggled = (config ^ bridge.Settings.Current.ConfigOf(asked.Port)) & mask;
        bool isRefused = asked.Advertise != 0
            || ((toggled & PortConfig.PortDown) != 0
                // The tunnels of one kind share a device, and a patch port has none.
                && (port!.Kind.IsTunnel() || port.Kind == PortKind.Patch
                    || !bridge.TrySetUp(port, up: (config & PortConfig.PortDown) == 0)));
        if (isRefused)
            return request.Version < OpenFlowVersion.V12 ? BadRequest.NotPermitted : PortModFailed.NotPermitted;
        if (!bridge.Settings.TrySet(asked.Port, config, toggled))
            return PortModFailed.BadPort;
        PortNews.Tell(bridge, (request.Version < OpenFlowVersion.V15 ? request.Client : null, asked.Port));
        return null;
    }

    private static OpenFlowError? FindPort(BridgeRequest request, PortModMessage asked, out InterfaceState? port)
    {
        port = request.Bridge.Ports.FirstOrDefault(one => one.Number == asked.Port);
        return port is null ? PortModFailed.BadPort
            : port.Address != asked.HardwareAddress ? PortModFailed.BadHardwareAddress
            : null;
    }

    private static OpenFlowError? DumpQueues(BridgeRequest request, QueueRequestMessage asked)
    {
        if (FindQueue(request, asked) is { } error)
            return error;
        request.ReplyAll(
            MessageType.QueueStatsReply,
            request.Bridge.Ports.Where(one => IsMeant(asked.Port, one)).Select(one => UnknownQueue(one.Number!.Value)));
        return null;
    }

    /// <summary>
    /// Not of the local port, which a description of queues since 1.4 can be of; since 1.1 of all at once
    /// (<c>ofputil_decode_queue_get_config_request</c>).
    /// </summary>
    private static OpenFlowError? TellQueues(BridgeRequest request, PortRequestMessage asked)
    {
        bool isAll = asked.Port == OpenFlowPorts.None && request.Version > OpenFlowVersion.V10;
        if (!isAll && (asked.Port >= OpenFlowPorts.Maximum || !request.Bridge.Ports.Any(one => one.Number == asked.Port)))
            return QueueOpFailed.BadPort;
        request.Reply(MessageType.QueueGetConfigReply, new QueueConfigMessage(asked.Port, [.. ConfigsOf(request, asked.Port)]));
        return null;
    }

    private static OpenFlowError? DescribeQueues(BridgeRequest request, QueueRequestMessage asked)
    {
        if (FindQueue(request, asked) is { } error)
            return error;
        request.ReplyAll(MessageType.QueueDescReply, ConfigsOf(request, asked.Port));
        return null;
    }

    private static IEnumerable<QueueConfig> ConfigsOf(BridgeRequest request, uint port) =>
        request.Bridge.Ports.Where(one => IsMeant(port, one))
            .Select(one => new QueueConfig(one.Number!.Value, 0, MinimumRate: null, MaximumRate: null));

    /// <summary>Each port has the queue 0, whether it was made or not, and no other.</summary>
    private static OpenFlowError? FindQueue(BridgeRequest request, QueueRequestMessage asked) =>
        asked.Port != OpenFlowPorts.None && !request.Bridge.Ports.Any(one => one.Number == asked.Port) ? QueueOpFailed.BadPort
        : asked.Queue is not (0 or AllQueues) ? QueueOpFailed.BadQueue
        : null;

    private static QueueStatistics UnknownQueue(uint port) =>
        new(port, Queue: 0, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, uint.MaxValue, uint.MaxValue);

    private static bool IsMeant(uint asked, InterfaceState one) => asked == OpenFlowPorts.None || asked == one.Number;
}
