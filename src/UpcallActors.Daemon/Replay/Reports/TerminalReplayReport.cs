using Spectre.Console;

namespace UpcallActors.Daemon.Replay.Reports;

/// <summary>A table for a person at a terminal, with a row for each recording from the start, filled in as it goes.</summary>
internal sealed class TerminalReplayReport(IAnsiConsole console) : IReplayReport
{
    /// <summary>Columns of a terminal that the table with borders takes: a line and two spaces for each column.</summary>
    private static readonly int _withBorders = ReplayColumns.All.Sum(column => column.Width + 3) + 1;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReplayRow>> ShowAsync(IReadOnlyList<Recording> recordings, IAsyncEnumerable<ReplayRow> rows)
    {
        console.WriteLine(ReplayColumns.Opening(recordings));
        Table table = MakeTable(console.Profile.Width);
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

        console.WriteLine(ReplayColumns.Closing(shown, recordings.Count));
        return shown;
    }

    /// <summary>A table with borders, or without them and with short titles, which fits into the usual 80 columns.</summary>
    private static Table MakeTable(int width)
    {
        bool narrow = width < _withBorders;
        Table table = new Table().Border(narrow ? TableBorder.None : TableBorder.Rounded);
        foreach (ReplayColumn column in ReplayColumns.All)
        {
            var added = new TableColumn(narrow ? column.ShortTitle : column.Title)
            {
                Alignment = column.IsText ? Justify.Left : Justify.Right,
                NoWrap = true,
            };
            table.AddColumn(narrow ? added.Padding(0, 0, 1, 0) : added);
        }

        return table;
    }

    private static Markup Cell(string title, string value) => (title, value) switch
    {
        ("identical", "yes") => new Markup("[green]yes[/]"),
        ("identical", _) => new Markup("[red]no[/]"),
        _ => new Markup(Markup.Escape(value)),
    };
}
