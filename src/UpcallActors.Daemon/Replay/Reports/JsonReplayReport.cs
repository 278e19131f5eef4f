using System.Text.Json;

namespace UpcallActors.Daemon.Replay.Reports;

/// <summary>One JSON document for a machine, once all rows are there. docs/configuration.md gives its shape.</summary>
internal sealed class JsonReplayReport(TextWriter output) : IReplayReport
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReplayRow>> ShowAsync(IReadOnlyList<Recording> recordings, IAsyncEnumerable<ReplayRow> rows)
    {
        var shown = new List<ReplayRow>();
        await foreach (ReplayRow row in rows)
            shown.Add(row);
        await output.WriteLineAsync(JsonSerializer.Serialize(new ReplayDocument(shown, shown.Count == recordings.Count),
            ReportJson.Default.ReplayDocument));
        return shown;
    }
}
