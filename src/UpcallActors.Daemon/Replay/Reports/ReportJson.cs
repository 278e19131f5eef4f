using System.Text.Json.Serialization;

namespace UpcallActors.Daemon.Replay.Reports;

/// <summary>The JSON document of a replay.</summary>
/// <param name="Recordings">Those that were replayed.</param>
/// <param name="Complete">Whether all were; no when a signal came before.</param>
internal sealed record ReplayDocument(IReadOnlyList<ReplayRow> Recordings, bool Complete)
{
    /// <summary>Whether all there are were replayed and are identical.</summary>
    public bool Identical => Complete && Recordings.All(row => row.Identical);
}

/// <summary>How reports are written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ReplayDocument))]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class ReportJson : JsonSerializerContext;
