using System.Text;
using UpcallActors.Netlink;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary><c>dpctl/dump-flows</c> and <c>dpctl/del-flows</c> (lib/dpctl.c).</summary>
internal sealed class DpctlFlows(ControlContext context)
{
    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("dpctl/dump-flows", "[-m] [--names] [dp] [filter=..] [type=..]", 0, 6, DumpFlows),
        new("dpctl/del-flows", "[dp]", 0, 2, DeleteFlows),
    ];

    private ControlReply DumpFlows(IReadOnlyList<string> arguments)
    {
        if (DpctlOptions.Parse(arguments, out ControlReply? error) is not { } options)
            return error!;
        string? filterText = null;
        bool isShown = true;
        foreach (string argument in options.RestBehind(context))
        {
            if (argument.StartsWith("filter=", StringComparison.Ordinal))
                filterText = argument["filter=".Length..];
            else if (!argument.StartsWith("type=", StringComparison.Ordinal))
                return DpctlOptions.Error("datapath not found", Errno.Invalid);
            else if (!TryReadTypes(argument["type=".Length..], out isShown, out string unknown))
                return DpctlOptions.Error($"Failed to parse type ({unknown})", Errno.Invalid);
        }

        using var query = new DatapathQuery(context.Datapath);
        IReadOnlyList<VportMessage> ports = options.UsesNames || filterText != null ? query.GetPorts() : [];
        FlowFilter? filter = null;
        if (filterText != null && !FlowFilter.TryParse(filterText, ports, out filter, out string? problem))
            return DpctlOptions.Error($"Failed to parse filter ({problem})");
        OdpPortNames? names = options.UsesNames ? PortText.Names(ports) : null;
        var text = new StringBuilder();
        if (isShown)
        {
            query.ReadFlows((in FlowMessage flow, ReadOnlySpan<byte> message) =>
            {
                if (filter?.Passes(flow, message) != false)
                    text.Append(FlowDumpLine.Of(flow, message, context.Datapath.Milliseconds).Format(names, options.IsVerbose)).Append('\n');
            });
        }

        return ControlReply.Of(text);
    }

    private ControlReply DeleteFlows(IReadOnlyList<string> arguments)
    {
        if (DpctlOptions.Parse(arguments, out ControlReply? error) is not { } options)
            return error!;
        if (options.RestBehind(context).Count > 0)
            return DpctlOptions.Error("deleting the flows of a file is not supported", Errno.Invalid);
        using var query = new DatapathQuery(context.Datapath);
        query.DeleteFlows();
        return ControlReply.Empty;
    }

    /// <summary>All flows are the datapath's own: types of offloaded ones are known, and there are none of them (<c>flow_passes_type_filter</c>).</summary>
    private static bool TryReadTypes(string types, out bool isShown, out string unknown)
    {
        isShown = false;
        unknown = "";
        foreach (string type in types.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            isShown |= type is "ovs" or "non-offloaded" or "all";
            if (type is not ("ovs" or "non-offloaded" or "all" or "tc" or "dpdk" or "offloaded" or "partially-offloaded"))
            {
                unknown = type;
                return false;
            }
        }

        return true;
    }
}
