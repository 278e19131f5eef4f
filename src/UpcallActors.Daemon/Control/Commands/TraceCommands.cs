using System.Text.Json;
using System.Text.Json.Serialization;
using UpcallActors.Odp.Text;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// <c>ofproto/trace</c>, what the tables would do to a packet (ofproto/ofproto-dpif-trace.c), and <c>upcall-actors/trace</c>, the same as
/// JSON: a <see cref="FlowTrace"/>. Neither changes counters, MAC entries or the datapath.
/// </summary>
internal sealed class TraceCommands(ControlContext context)
{
    private const string Usage = "{[dp_name] odp_flow | bridge br_flow} [--ct-next flags]... [--mru bytes] [--names] [-generate|packet]";

    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("ofproto/trace", Usage, 1, int.MaxValue, arguments => Answer(arguments, trace => trace.ToString())),
        new("ofproto/trace-packet-out", $"[-consistent] {Usage} actions", 1, int.MaxValue, TracePacketOut),
        new("upcall-actors/trace", Usage, 1, int.MaxValue,
            arguments => Answer(arguments, trace => JsonSerializer.Serialize(trace, TraceJson.Default.FlowTrace))),
    ];

    /// <summary>The trace that arguments ask for.</summary>
    /// <returns>The trace, or null and what is wrong with the arguments.</returns>
    public FlowTrace? Trace(IReadOnlyList<string> arguments, out string? problem)
    {
        if (!TraceArguments.TryParse(arguments, context, out TraceArguments? parsed, out problem))
            return null;
        return new FlowTracer(context.Translators, parsed.UsesNames ? DatapathNames() : null) { NamesPorts = parsed.UsesNames }
            .Trace(parsed.Packet, parsed.Mru, parsed.States);
    }

    private OdpPortNames DatapathNames()
    {
        using var query = new DatapathQuery(context.Datapath);
        return PortDescription.Names(query.GetPorts());
    }

    /// <summary>
    /// The last argument is the actions that the packet begins with; <c>-consistent</c> is about rules that come and go meanwhile, and
    /// none do here.
    /// </summary>
    private ControlReply TracePacketOut(IReadOnlyList<string> arguments)
    {
        IReadOnlyList<string> packet = [.. arguments.SkipLast(1).Where(argument => argument is not ("-consistent" or "--consistent"))];
        if (packet.Count == 0)
            return ControlReply.Error("Syntax error");
        if (!TraceArguments.TryParse(packet, context, out TraceArguments? parsed, out string? problem))
            return ControlReply.Error(problem);
        try
        {
            var text = new TextCursor(arguments[^1]) { Names = parsed.Packet.Bridge.Names };
            ActionList actions = ActionList.Parse(ref text);
            // Without any the packet goes through the tables, as ofproto_unixctl_trace_actions has it.
            var tracer = new FlowTracer(context.Translators, parsed.UsesNames ? DatapathNames() : null)
            {
                NamesPorts = parsed.UsesNames,
                PacketOut = actions.Actions.IsEmpty ? null : actions,
            };
            return ControlReply.Of(tracer.Trace(parsed.Packet, parsed.Mru, parsed.States).ToString());
        }
        catch (FlowSyntaxException malformed)
        {
            return ControlReply.Error(malformed.Error.Message);
        }
    }

    private ControlReply Answer(IReadOnlyList<string> arguments, Func<FlowTrace, string> print) =>
        Trace(arguments, out string? problem) is { } trace ? ControlReply.Of(print(trace)) : ControlReply.Error(problem!);
}

/// <summary>How traces are written as JSON: names in camel case, kinds and errors by name.</summary>
[JsonSourceGenerationOptions(MaxDepth = TraceJson.MaxDepth, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FlowTrace))]
internal sealed partial class TraceJson : JsonSerializerContext
{
    /// <summary>Each table that a packet is handed on to is two levels below the one before.</summary>
    public const int MaxDepth = 16 * 1024;
}
