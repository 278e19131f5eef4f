using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using UpcallActors.Odp;

namespace UpcallActors.Ofproto;

/// <summary>
/// Prints a trace as <c>ovs-appctl ofproto/trace</c> does (<c>oftrace_node_print_details</c> and those around it in ofproto-dpif-trace.c).
/// </summary>
internal static class TraceText
{
    private const int Indentation = 4;
    private const int RuleLength = 79;

    public static string Format(FlowTrace trace)
    {
        var text = new StringBuilder();
        foreach (TracePass pass in trace.Passes)
        {
            if (pass.Resume is { } resume)
                Append(text, resume);
            Append(text, pass);
        }

        if (trace.SkippedPasses > 0)
            text.Append(CultureInfo.InvariantCulture,
                $"\n{new string('=', RuleLength)}\nThe trace ends here: {trace.SkippedPasses} more recirculations were not followed.\n");
        return text.ToString();
    }

    private static void Append(StringBuilder text, TracePass pass)
    {
        text.Append("Flow: ").Append(pass.Flow).Append('\n');
        Append(text, pass.Nodes, level: 0);
        text.Append("\nFinal flow: ").Append(pass.FinalFlow ?? "unchanged");
        text.Append("\nMegaflow: ").Append(pass.Megaflow);
        text.Append("\nDatapath actions: ").Append(pass.DatapathActions).Append('\n');
        if (pass.Error != XlateError.None)
            text.Append(CultureInfo.InvariantCulture, $"Translation failed ({Reason(pass.Error)}), packet is dropped.\n");
        else if (!pass.InstallsFlow)
            text.Append("This holds for this packet alone: no flow is installed.\n");
    }

    private static void Append(StringBuilder text, TraceResume resume)
    {
        string rule = new('=', RuleLength);
        string state = resume.IsDefaultState
            ? "resume conntrack with default ct_state=trk|new (use --ct-next to customize)"
            : $"resume conntrack with ct_state={resume.ConntrackState}";
        text.Append(CultureInfo.InvariantCulture, $"\n{rule}\nrecirc(0x{resume.RecirculationId:x}) - {state}\n");
        if (resume.Nat is { } nat)
            text.Append(CultureInfo.InvariantCulture,
                $"Replacing src/dst IP/ports to simulate NAT:\n Initial flow: {nat.Before}\n Modified flow: {nat.After}\n");
        text.Append(rule).Append("\n\n");
    }

    private static void Append(StringBuilder text, ImmutableArray<TraceNode> nodes, int level)
    {
        for (int i = 0; i < nodes.Length; i++)
        {
            TraceNode node = nodes[i];
            // The last of a list that is no line by itself is not indented: a chain of goto_table stays where it is.
            bool isTerminal = node.Kind is TraceNodeKind.Action or TraceNodeKind.Detail or TraceNodeKind.Warning or TraceNodeKind.Error
                or TraceNodeKind.Bucket;
            int more = i < nodes.Length - 1 || isTerminal ? 1 : 0;
            if (node.Kind == TraceNodeKind.Bridge)
                text.Append('\n');
            text.Append(' ', (level + more) * Indentation);
            text.Append(node.Kind switch
            {
                TraceNodeKind.Detail => $" -> {node.Text}",
                TraceNodeKind.Warning => $" >> {node.Text}",
                TraceNodeKind.Error => $" >>>> {node.Text} <<<<",
                _ => node.Text,
            }).Append('\n');
            if (node.Kind == TraceNodeKind.Bridge)
                text.Append(' ', (level + more) * Indentation).Append('-', node.Text.Length).Append('\n');
            Append(text, node.Children, level + more + more);
        }
    }

    private static string Reason(XlateError error) => error switch
    {
        XlateError.BridgeNotFound => "Bridge not found",
        XlateError.RecursionTooDeep => "Recursion too deep",
        XlateError.TooManyResubmits => "Too many resubmits",
        XlateError.NoRecirculationContext => "No recirculation context",
        XlateError.CongestionDrop => "Tunnel ECN drop",
        XlateError.ActionsTooLong => "Datapath actions too long",
        XlateError.PacketTooLong => "Packet too long for its port",
        XlateError.NotSupported => "Datapath does not support an action",
        _ => error.ToString(),
    };
}
