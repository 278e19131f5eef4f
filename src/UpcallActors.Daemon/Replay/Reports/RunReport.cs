using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace UpcallActors.Daemon.Replay.Reports;

/// <summary>The summary of a run with a configuration, in its three forms.</summary>
internal static class RunReport
{
    private static readonly string[] PortTitles = ["bridge", "port", "frames-in", "frames-out", "too-long"];

    /// <summary>JSON, as docs/configuration.md says.</summary>
    public static void WriteJson(RunSummary summary, TextWriter output) =>
        output.WriteLine(JsonSerializer.Serialize(summary, ReportJson.Default.RunSummary));

    /// <summary>Lines for a pipe.</summary>
    public static void WritePlain(RunSummary summary, TextWriter output)
    {
        output.WriteLine(PlainLine(PortTitles));
        foreach (PortSummary port in summary.Ports)
            output.WriteLine(PlainLine(Cells(port)));
        output.WriteLine(UpcallLine(summary));
        foreach (string line in CauseLines(summary))
            output.WriteLine(line);
    }

    /// <summary>A table for a person.</summary>
    public static void WriteTerminal(RunSummary summary, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Rounded);
        for (int column = 0; column < PortTitles.Length; column++)
            table.AddColumn(new TableColumn(PortTitles[column]) { Alignment = column < 2 ? Justify.Left : Justify.Right });
        foreach (PortSummary port in summary.Ports)
            table.AddRow([.. Cells(port).Select(cell => new Text(cell))]);
        console.Write(table);
        console.WriteLine(UpcallLine(summary));
        foreach (string line in CauseLines(summary))
            console.WriteLine(line);
    }

    /// <summary>What was lost or dropped, in words; nothing for nothing.</summary>
    internal static string Losses(RunSummary summary) =>
        string.Join(", ", summary.Upcalls.LostBy.Select(loss => $"{Number(loss.Upcalls)} {loss.Description}"));

    private static IEnumerable<string> CauseLines(RunSummary summary)
    {
        if (summary.Upcalls.LostBy.Count > 0)
            yield return $"lost upcalls: {Losses(summary)}";
        if (summary.Drops.Count > 0)
            yield return "dropped packets: " + string.Join(
                ", ", summary.Drops.Select(drop => $"{Number(drop.Packets)} {drop.Description}"));
    }

    private static string[] Cells(PortSummary port) =>
        [port.Bridge, port.Port, Number(port.FramesIn), Number(port.FramesOut), Number(port.TooLong)];

    private static string PlainLine(string[] cells) =>
        string.Create(CultureInfo.InvariantCulture, $"{cells[0],-15}  {cells[1],-15}  {cells[2],10}  {cells[3],10}  {cells[4],8}");

    private static string UpcallLine(RunSummary summary)
    {
        UpcallSummary upcalls = summary.Upcalls;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"upcalls: {upcalls.Misses} miss, {upcalls.Actions} action, {upcalls.WithMru} with MRU "
                + $"(largest {upcalls.LargestMru}), {upcalls.Lost} lost; "
            + $"{upcalls.Executes} executes, {upcalls.FlowPuts} flow puts, {upcalls.Errors} errors; "
            + $"{summary.UpcallsPerSecond:F0} upcalls/s");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
