using System.Globalization;
using System.Text;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// <c>dpctl/get-flow</c>, <c>add-flow</c>, <c>mod-flow</c>, <c>del-flow</c> and those that read a file (lib/dpctl.c): flows of the datapath
/// by hand. The revalidators check these like all others, and delete a flow that the tables would not make.
/// </summary>
internal sealed class DpctlFlowChanges(ControlContext context)
{
    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("dpctl/get-flow", "[dp] ufid", 1, 3, Get),
        new("dpctl/add-flow", "[dp] flow actions", 2, 3, arguments => Put(arguments, isNew: true)),
        new("dpctl/mod-flow", "[dp] flow actions", 2, 3, arguments => Put(arguments, isNew: false)),
        new("dpctl/del-flow", "[dp] flow", 1, 2, Delete),
        new("dpctl/add-flows", "[dp] file", 1, 2, (call, cancellation) => DoFileAsync(call, "add", cancellation)),
        new("dpctl/mod-flows", "[dp] file", 1, 2, (call, cancellation) => DoFileAsync(call, "modify", cancellation)),
        new("dpctl/del-flows", "[dp] [file]", 0, 2, DeleteAllAsync),
    ];

    private ControlReply Get(IReadOnlyList<string> arguments)
    {
        if (DpctlOptions.Parse(arguments, out ControlReply? error) is not { } options)
            return error!;
        IReadOnlyList<string> rest = options.RestBehind(context);
        if (rest.Count != 1)
            return NoDatapath;
        if (!FlowArguments.TryReadUfid(rest[0], out Ufid ufid))
            return ControlReply.Of(DpctlOptions.Line("parsing flow ufid", Errno.None));
        using var query = new DatapathQuery(context.Datapath);
        OdpPortNames? names = options.UsesNames ? PortDescription.Names(query.GetPorts()) : null;
        return Try(() => ControlReply.Of(query.GetFlow(ufid).Format(names, options.IsVerbose)), "getting flow");
    }

    private ControlReply Put(IReadOnlyList<string> arguments, bool isNew)
    {
        if (DpctlOptions.Parse(arguments, out ControlReply? error) is not { } options)
            return error!;
        IReadOnlyList<string> rest = options.RestBehind(context);
        if (rest.Count != 2)
            return NoDatapath;
        using var query = new DatapathQuery(context.Datapath);
        FlowPut change = isNew ? FlowPut.Add : options.MayCreate ? FlowPut.AddOrModify : FlowPut.Modify;
        return Put(query, PortDescription.Names(query.GetPorts()), rest[0], rest[1], change, options);
    }

    private static ControlReply Put(
        DatapathQuery query, OdpPortNames names, string text, string actionText, FlowPut change, DpctlOptions options)
    {
        if (!FlowArguments.TryParse(text, names, out FlowArguments? flow, out string? problem))
            return DpctlOptions.Error($"parsing flow key ({problem})", Errno.Invalid);
        if (flow.Key.Length == 0)
            return DpctlOptions.Error("parsing flow key (there is none)", Errno.Invalid);
        byte[] actions;
        try
        {
            actions = ActionText.Parse(actionText, names);
        }
        catch (OdpTextException)
        {
            return DpctlOptions.Error("parsing actions", Errno.Invalid);
        }

        return Try(
            () => Statistics(query.PutFlow(flow.Ufid, flow.Key, flow.Mask, actions, change, options.Clears), options),
            "updating flow table");
    }

    private ControlReply Delete(IReadOnlyList<string> arguments)
    {
        if (DpctlOptions.Parse(arguments, out ControlReply? error) is not { } options)
            return error!;
        IReadOnlyList<string> rest = options.RestBehind(context);
        if (rest.Count != 1)
            return NoDatapath;
        using var query = new DatapathQuery(context.Datapath);
        return Delete(query, PortDescription.Names(query.GetPorts()), rest[0], options);
    }

    private static ControlReply Delete(DatapathQuery query, OdpPortNames names, string text, DpctlOptions options)
    {
        if (!FlowArguments.TryParse(text, names, out FlowArguments? flow, out string? problem))
            return DpctlOptions.Error(problem, Errno.Invalid);
        try
        {
            return Statistics(query.DeleteFlow(flow.Ufid), options);
        }
        catch (DatapathException refused) when (refused.Error == Errno.NoEntry)
        {
            return ControlReply.Error(DpctlOptions.Line("deleting flow", Errno.NoEntry) + "Perhaps you need to specify a UFID?");
        }
        catch (DatapathException refused) when (refused.Error != Errno.None)
        {
            return DpctlOptions.Error("deleting flow", refused.Error);
        }
    }

    private async ValueTask<ControlReply> DeleteAllAsync(ControlCall call, CancellationToken cancellation)
    {
        if (DpctlOptions.Parse(call.Arguments, out ControlReply? error) is not { } options)
            return error!;
        if (options.RestBehind(context).Count > 0)
            return await DoFileAsync(call, "delete", cancellation);
        using var query = new DatapathQuery(context.Datapath);
        query.DeleteFlows();
        return ControlReply.Empty;
    }

    /// <summary>
    /// Goes through a file: a flow a line, behind it a blank and actions; in front of it one of <c>add</c>, <c>modify</c>, <c>delete</c> or
    /// nothing. What is wrong with a line is said, and the next one is read, as Open vSwitch does; the command itself succeeds.
    /// </summary>
    private async ValueTask<ControlReply> DoFileAsync(ControlCall call, string usual, CancellationToken cancellation)
    {
        if (DpctlOptions.Parse(call.Arguments, out ControlReply? error) is not { } options)
            return error!;
        IReadOnlyList<string> rest = options.RestBehind(context);
        if (rest.Count != 1)
            return NoDatapath;
        string[] lines;
        try
        {
            lines = await File.ReadAllLinesAsync(rest[0], cancellation);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            Errno errno = unreadable is FileNotFoundException or DirectoryNotFoundException ? Errno.NoEntry : Errno.AccessDenied;
            return ControlReply.Of(DpctlOptions.Line($"Opening file \"{rest[0]}\" failed", errno));
        }

        var text = new StringBuilder();
        using var query = new DatapathQuery(context.Datapath);
        OdpPortNames names = PortDescription.Names(query.GetPorts());
        for (int number = 1; number <= lines.Length; number++)
        {
            string line = lines[number - 1].Split('#')[0].Trim();
            if (line.Length > 0)
                text.Append(DoLine(query, names, line, number, usual, options).Text);
        }

        return ControlReply.Of(text);
    }

    private static ControlReply DoLine(DatapathQuery query, OdpPortNames names, string line, int number, string usual, DpctlOptions options)
    {
        string what = usual;
        foreach (string word in (string[])["add", "modify", "delete"])
        {
            if (line.StartsWith(word + " ", StringComparison.Ordinal))
            {
                what = word;
                line = line[word.Length..].TrimStart();
            }
        }

        int blank = line.IndexOf(' ', StringComparison.Ordinal);
        string flow = (blank < 0 ? line : line[..blank]).TrimEnd(',');
        if (what == "delete")
            return Delete(query, names, flow, options);
        if (blank < 0)
        {
            string problem = string.Create(CultureInfo.InvariantCulture, $"Failed parsing line number {number}, skipped!");
            return ControlReply.Of(DpctlOptions.Line(problem, Errno.None));
        }

        string actions = line[blank..].Trim();
        const string Title = "actions:";
        if (actions.StartsWith(Title, StringComparison.Ordinal))
            actions = actions[Title.Length..];
        FlowPut change = what == "add" ? FlowPut.Add : options.MayCreate ? FlowPut.AddOrModify : FlowPut.Modify;
        return Put(query, names, flow, actions, change, options);
    }

    private static ControlReply NoDatapath => DpctlOptions.Error("datapath not found", Errno.Invalid);

    private static ControlReply Try(Func<ControlReply> work, string doing)
    {
        try
        {
            return work();
        }
        catch (DatapathException refused) when (refused.Error != Errno.None)
        {
            return DpctlOptions.Error(doing, refused.Error);
        }
    }

    /// <summary>What a flow had carried, with <c>-s</c> (<c>dpif_flow_stats_format</c>).</summary>
    private static ControlReply Statistics(FlowDumpLine? flow, DpctlOptions options) =>
        options.ShowsStatistics ? ControlReply.Of(flow?.FormatStatistics() ?? "packets:0, bytes:0, used:never") : ControlReply.Empty;
}
