using System.Globalization;

namespace UpcallActors.Daemon.Replay.Reports;

/// <summary>The columns of the replay's table, once for every form of it.</summary>
internal static class ReplayColumns
{
    /// <summary>All columns, from left to right.</summary>
    public static readonly IReadOnlyList<ReplayColumn> All =
    [
        new("scenario", "scenario", 23, true, row => row.Scenario),
        new("kernel", "kernel", 6, true, row => row.Kernel),
        new("frames-in", "in", 9, false, row => Number(row.FramesIn)),
        new("miss", "miss", 5, false, row => Number(row.Misses)),
        new("action", "act.", 6, false, row => Number(row.Actions)),
        new("with-mru", "with\nmru", 8, false, row => Number(row.WithMru)),
        new("largest-mru", "max.\nmru", 11, false, row => Number(row.LargestMru)),
        new("executes", "exec", 8, false, row => Number(row.Executes)),
        new("flow-puts", "puts", 9, false, row => Number(row.FlowPuts)),
        new("frames-out", "out", 10, false, row => Number(row.FramesOut)),
        new("identical", "same", 9, true, row => row.Identical ? "yes" : "no"),
        new("upcalls/s", "per s", 9, false, row => Number((long)row.UpcallsPerSecond)),
    ];

    /// <summary>What a run without configuration says first.</summary>
    public static string Opening(IReadOnlyList<Recording> recordings) =>
        $"No configuration given: replaying {recordings.Count} shipped recordings of "
            + $"Linux {string.Join(" and ", recordings.Select(recording => recording.Kernel).Distinct())} "
        + "through the embedded datapath; nothing of this machine is touched.";

    /// <summary>What it says last.</summary>
    /// <param name="rows">What was replayed.</param>
    /// <param name="recordings">How many recordings there are; a signal may have come before the last one.</param>
    public static string Closing(IReadOnlyList<ReplayRow> rows, int recordings)
    {
        if (rows.Count == 0)
            return $"Stopped before the first of {recordings} recordings was replayed.";
        int different = rows.Count(row => !row.Identical);
        return (different, rows.Count == recordings) switch
        {
            (0, true) => $"All {rows.Count} recordings put out what the kernel put out, byte for byte.",
            (_, true) => $"{different} of {rows.Count} recordings did not put out what the kernel put out.",
            (0, _) => $"Stopped after {rows.Count} of {recordings} recordings; these put out what the kernel put out, byte for byte.",
            _ => $"Stopped after {rows.Count} of {recordings} recordings; {different} of these did not put out what the kernel put out.",
        };
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A column of the replay's table.</summary>
/// <param name="Title">Its title.</param>
/// <param name="ShortTitle">Its title where the terminal is narrow, in one line or two.</param>
/// <param name="Width">Its width in plain text.</param>
/// <param name="IsText">Whether it is text (left) or a number (right).</param>
/// <param name="Value">Its value in a row.</param>
internal sealed record ReplayColumn(string Title, string ShortTitle, int Width, bool IsText, Func<ReplayRow, string> Value);
