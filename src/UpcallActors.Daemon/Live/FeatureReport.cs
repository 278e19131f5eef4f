using Microsoft.Extensions.Logging;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Live;

/// <summary>The features of a datapath, for the log: one line, and all of them at debug.</summary>
internal static class FeatureReport
{
    /// <summary>Logs it.</summary>
    public static void Log(ILogger logger, IDatapath datapath)
    {
        IReadOnlyList<(string Name, string Result)> rows = datapath.Support.Rows;
        string[] missing = [.. rows.Where(row => row.Result is "No" or "0").Select(row => row.Name)];
        logger.Features(datapath.Name, rows.Count - missing.Length, rows.Count, missing.Length == 0 ? "none" : string.Join(", ", missing));
        foreach ((string feature, string result) in rows)
            logger.Feature(datapath.Name, feature, result);
    }
}
