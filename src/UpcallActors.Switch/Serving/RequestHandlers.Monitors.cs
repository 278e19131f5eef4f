using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <content>Monitors of flows.</content>
internal static partial class RequestHandlers
{
    // OFPFMC_*.
    private const byte AddMonitor = 0;
    private const byte DeleteMonitor = 2;

    private static IEnumerable<RequestRow> MonitorRows() =>
    [
        Row<EntriesMessage<FlowMonitorRequest>>(MessageType.FlowMonitorRequest, MonitorFlows),
        Row<NumberMessage>(MessageType.FlowMonitorCancel, CancelMonitor),
    ];

    /// <summary>
    /// All of the monitors of a message begin, or none (<c>handle_flow_monitor_request</c>); one that was deleted before stays so.
    /// </summary>
    private static OpenFlowError? MonitorFlows(BridgeRequest request, EntriesMessage<FlowMonitorRequest> asked)
    {
        FlowMonitors monitors = request.Client.Monitors;
        var added = new List<FlowMonitorRequest>();
        foreach (FlowMonitorRequest monitor in asked.Entries)
        {
            OpenFlowError? error = monitor.Command switch
            {
                AddMonitor when monitors.IsFull => BadRequest.NotPermitted,
                AddMonitor when !monitors.TryAdd(monitor) => FlowMonitorFailed.MonitorExists,
                DeleteMonitor when !monitors.Remove(monitor.Id) => FlowMonitorFailed.UnknownMonitor,
                AddMonitor or DeleteMonitor => null,
                _ => FlowMonitorFailed.BadCommand,
            };
            if (error is not null)
            {
                added.ForEach(one => monitors.Remove(one.Id));
                return error;
            }

            if (monitor.Command == AddMonitor)
                added.Add(monitor);
        }

        request.Bridge.CountMonitors();
        request.ReplyAll(
            MessageType.FlowMonitorReply, FlowMonitors.InitialOf(request.Bridge.Tables, added, request.Version));
        return null;
    }

    private static OpenFlowError? CancelMonitor(BridgeRequest request, NumberMessage asked) =>
        request.Client.Monitors.Remove(asked.Value) ? null : FlowMonitorFailed.UnknownMonitor;
}
