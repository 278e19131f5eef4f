using System.Text;
using System.Text.Json;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary><c>dpctl/dump-flows</c> (lib/dpctl.c).</summary>
internal sealed class DpctlFlows(ControlContext context)
{
    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("dpctl/dump-flows", "[-m] [--names] [dp] [filter=..] [type=..]", 0, 6, DumpFlows),
        new("upcall-actors/flows", "[--no-names] [filter=..] [type=..]", 0, 6, DumpDocument),
    ];

    private ControlReply DumpFlows(IReadOnlyList<string> arguments)
    {
        var text = new StringBuilder();
        try
        {
            ControlReply? error = ForEach(
                arguments, isNamed: null, () => text.Clear(),
                (line, names, options) => text.Append(line.Format(names, options.IsVerbose)).Append('\n'));
            return error ?? ControlReply.Of(text);
        }
        catch (DatapathException failed)
        {
            // What has come is shown, too, and the last line says that it is not all.
            return ControlReply.Error(text.Append(DpctlOptions.Line(failed.Message, Errno.None)).ToString());
        }
    }

    /// <summary>The same as one JSON object, <c>{"flows":[…]}</c>, a flow a line.</summary>
    private ControlReply DumpDocument(IReadOnlyList<string> arguments)
    {
        const string Begin = "{\"flows\":[";
        var text = new StringBuilder(Begin);
        ControlReply? error = ForEach(
            arguments, isNamed: true, () => text.Clear().Append(Begin),
            (line, names, _) => text.Append(text[^1] == '[' ? "\n" : ",\n")
                .Append(JsonSerializer.Serialize(DumpedFlow.Of(line, names), DumpedFlowJson.Default.DumpedFlow)));
        return error ?? ControlReply.Of(text.Append("\n]}"));
    }

    /// <summary>Shows the flows that arguments pick; the error if there is one.</summary>
    /// <param name="arguments">Options, the datapath and what picks flows.</param>
    /// <param name="isNamed">Whether ports are shown by name where the arguments do not say; null for what the options' usual meaning
    /// is.</param>
    /// <param name="begin">Takes back what was shown: flows are read from the first on.</param>
    /// <param name="show">Shows a flow.</param>
    private ControlReply? ForEach(
        IReadOnlyList<string> arguments, bool? isNamed, Action begin, Action<FlowDumpLine, OdpPortNames?, DpctlOptions> show)
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
        bool usesNames = options.Names ?? isNamed ?? options.IsVerbose;
        IReadOnlyList<VportMessage> ports = usesNames || filterText != null ? query.GetPorts() : [];
        FlowFilter? filter = null;
        if (filterText != null && !FlowFilter.TryParse(filterText, ports, out filter, out string? problem))
            return DpctlOptions.Error($"Failed to parse filter ({problem})");
        OdpPortNames? names = usesNames ? PortDescription.Names(ports) : null;
        if (!isShown)
            return null;
        query.ReadFlows(begin, (in FlowMessage flow, ReadOnlySpan<byte> message) =>
        {
            if (filter?.Passes(flow, message) != false)
                show(FlowDumpLine.Of(flow, message, context.Datapath.Milliseconds), names, options);
        });
        return null;
    }

    /// <summary>
    /// All flows are the datapath's own: types of offloaded ones are known, and there are none of them (<c>flow_passes_type_filter</c>).
    /// </summary>
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
