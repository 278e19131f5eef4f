using Spectre.Console;
using UpcallActors.Daemon.Recordings;

namespace UpcallActors.Daemon.Reports;

/// <summary>A table for a person at a terminal, with a row for each recording from the start, filled in as it goes.</summary>
internal sealed class TerminalReplayReport(IAnsiConsole console) : IReplayReport
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReplayRow>> ShowAsync(IReadOnlyList<Recording> recordings, IAsyncEnumerable<ReplayRow> rows)
    {
        console.WriteLine(ReplayColumns.Opening(recordings));
        var table = new Table().Border(TableBorder.Rounded);
        // Words, so that the titles wrap where the terminal is narrow.
        foreach ((string title, _, bool isText, _) in ReplayColumns.All)
            table.AddColumn(new TableColumn(title.Replace('-', ' ')) { Alignment = isText ? Justify.Left : Justify.Right });
        foreach (Recording recording in recordings)
            table.AddRow(recording.Scenario, recording.Kernel, "[grey]…[/]");

        var shown = new List<ReplayRow>();
        await console.Live(table).StartAsync(async live =>
        {
            live.Refresh();
            await foreach (ReplayRow row in rows)
            {
                for (int column = 0; column < ReplayColumns.All.Count; column++)
                    table.UpdateCell(shown.Count, column, Cell(ReplayColumns.All[column].Title, ReplayColumns.All[column].Value(row)));
                shown.Add(row);
                live.Refresh();
            }
        });
        foreach (ReplayRow row in shown)
        {
            foreach (string difference in row.Differences)
                console.MarkupLineInterpolated($"[red]{row.Scenario} {row.Kernel}[/]: {difference}");
        }

        console.WriteLine(ReplayColumns.Closing(shown));
        return shown;
    }

    private static Markup Cell(string title, string value) => (title, value) switch
    {
        ("identical", "yes") => new Markup("[green]yes[/]"),
        ("identical", _) => new Markup("[red]no[/]"),
        _ => new Markup(Markup.Escape(value)),
    };
}
