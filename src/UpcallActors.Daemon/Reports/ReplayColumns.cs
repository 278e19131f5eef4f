using System.Globalization;
using UpcallActors.Daemon.Recordings;

namespace UpcallActors.Daemon.Reports;

/// <summary>The columns of the replay's table, once for every form of it.</summary>
internal static class ReplayColumns
{
    /// <summary>Title, width in plain text, whether it is text (left) or a number (right), and value.</summary>
    public static readonly IReadOnlyList<(string Title, int Width, bool IsText, Func<ReplayRow, string> Value)> All =
    [
        ("scenario", 23, true, row => row.Scenario),
        ("kernel", 6, true, row => row.Kernel),
        ("frames-in", 9, false, row => Number(row.FramesIn)),
        ("miss", 5, false, row => Number(row.Misses)),
        ("action", 6, false, row => Number(row.Actions)),
        ("with-mru", 8, false, row => Number(row.WithMru)),
        ("largest-mru", 11, false, row => Number(row.LargestMru)),
        ("executes", 8, false, row => Number(row.Executes)),
        ("flow-puts", 9, false, row => Number(row.FlowPuts)),
        ("frames-out", 10, false, row => Number(row.FramesOut)),
        ("identical", 9, true, row => row.Identical ? "yes" : "no"),
        ("upcalls/s", 9, false, row => Number((long)row.UpcallsPerSecond)),
    ];

    /// <summary>What a run without configuration says first.</summary>
    public static string Opening(IReadOnlyList<Recording> recordings) =>
        $"No configuration given: replaying {recordings.Count} shipped recordings of Linux {string.Join(" and ", recordings.Select(recording => recording.Kernel).Distinct())} "
        + "through the embedded datapath; nothing of this machine is touched.";

    /// <summary>What it says last.</summary>
    public static string Closing(IReadOnlyList<ReplayRow> rows)
    {
        int identical = rows.Count(row => row.Identical);
        return identical == rows.Count
            ? $"All {rows.Count} recordings put out what the kernel put out, byte for byte."
            : $"{rows.Count - identical} of {rows.Count} recordings did not put out what the kernel put out.";
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
