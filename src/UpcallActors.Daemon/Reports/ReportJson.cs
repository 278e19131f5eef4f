using System.Text.Json.Serialization;
using UpcallActors.Daemon.Recordings;

namespace UpcallActors.Daemon.Reports;

/// <summary>The JSON document of a replay.</summary>
internal sealed record ReplayDocument(IReadOnlyList<ReplayRow> Recordings)
{
    /// <summary>Whether all are identical.</summary>
    public bool Identical => Recordings.All(row => row.Identical);
}

/// <summary>How reports are written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ReplayDocument))]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class ReportJson : JsonSerializerContext;
