using System.Text;

namespace UpcallActors.Daemon.Replay.Reports;

/// <summary>
/// Lines for a pipe: columns of fixed width, no control characters; each row as soon as it is there, which is the progress.
/// </summary>
internal sealed class PlainReplayReport(TextWriter output) : IReplayReport
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReplayRow>> ShowAsync(IReadOnlyList<Recording> recordings, IAsyncEnumerable<ReplayRow> rows)
    {
        await output.WriteLineAsync(ReplayColumns.Opening(recordings));
        await output.WriteLineAsync(Line(column => column.Title));
        await output.FlushAsync();
        var shown = new List<ReplayRow>();
        await foreach (ReplayRow row in rows)
        {
            shown.Add(row);
            await output.WriteLineAsync(Line(column => column.Value(row)));
            foreach (string difference in row.Differences)
                await output.WriteLineAsync("  " + difference);
            await output.FlushAsync();
        }

        await output.WriteLineAsync(ReplayColumns.Closing(shown, recordings.Count));
        return shown;
    }

    private static string Line(Func<ReplayColumn, string> cell)
    {
        var line = new StringBuilder();
        foreach (ReplayColumn column in ReplayColumns.All)
        {
            string text = cell(column);
            line.Append(line.Length == 0 ? "" : "  ").Append(column.IsText ? text.PadRight(column.Width) : text.PadLeft(column.Width));
        }

        return line.ToString().TrimEnd();
    }
}
