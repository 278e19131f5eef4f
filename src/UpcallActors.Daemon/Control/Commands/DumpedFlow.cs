using System.Text.Json.Serialization;
using UpcallActors.Odp.Text;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>A flow of the datapath in the answer to <c>upcall-actors/flows</c>.</summary>
/// <param name="Ufid">Its id; null for one that has none.</param>
/// <param name="Match">Key and mask, as <c>ovs-dpctl dump-flows -m</c> writes them.</param>
/// <param name="Packets">Packets that matched.</param>
/// <param name="Bytes">Bytes that matched.</param>
/// <param name="UsedSeconds">Seconds since the last match; null is never.</param>
/// <param name="Actions">What is done.</param>
internal sealed record DumpedFlow(string? Ufid, string Match, ulong Packets, ulong Bytes, double? UsedSeconds, string Actions)
{
    private const double MillisecondsPerSecond = 1000;

    /// <summary>The flow of a line.</summary>
    public static DumpedFlow Of(FlowDumpLine line, IOdpPortNames? names) => new(
        line.Ufid?.ToString(),
        FlowText.Format(line.Key.Span, line.Mask.Span, names, verbose: true),
        line.Packets,
        line.Bytes,
        line.UsedAgo / MillisecondsPerSecond,
        ActionText.Format(line.Actions.Span, names));
}

/// <summary>How flows are written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DumpedFlow))]
internal sealed partial class DumpedFlowJson : JsonSerializerContext;
