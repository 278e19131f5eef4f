using System.Text;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Live.Reloading;

/// <summary>What reading the configuration again has changed.</summary>
/// <param name="Problems">What is wrong with it. If there is anything, nothing was changed.</param>
/// <param name="Applied">What holds from now on, as <c>KEY = VALUE</c>.</param>
/// <param name="Waiting">What cannot change while the daemon runs, likewise, with the value that holds until a restart.</param>
/// <param name="Failed">What could not be applied, with the reason.</param>
internal sealed record ReloadReport(
    IReadOnlyList<ConfigurationProblem> Problems, IReadOnlyList<string> Applied, IReadOnlyList<string> Waiting,
    IReadOnlyList<string> Failed)
{
    /// <summary>Lines of files of flows that are left out, because their bridges are configured to skip.</summary>
    public IReadOnlyList<ConfigurationProblem> SkippedFlows { get; init; } = [];

    /// <summary>What was tried again, and what came of it.</summary>
    public IReadOnlyList<string> Retried { get; init; } = [];

    /// <summary>Whether all was right, also if some of it waits.</summary>
    public bool IsGood => Problems.Count == 0 && Failed.Count == 0;

    /// <summary>A line for each.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Problems.Count > 0)
            text.AppendLine("nothing was changed:");
        foreach (ConfigurationProblem problem in Problems)
            text.AppendLine(problem.ToString());
        foreach (string applied in Applied)
            text.Append("applied: ").AppendLine(applied);
        foreach (string failed in Failed)
            text.Append("failed: ").AppendLine(failed);
        foreach (string retried in Retried)
            text.Append("tried again: ").AppendLine(retried);
        foreach (string waiting in Waiting)
            text.Append("needs a restart: ").AppendLine(waiting);
        if (text.Length == 0)
            text.AppendLine("nothing has changed");
        foreach (ConfigurationProblem skipped in SkippedFlows)
            text.Append("flow left out: ").Append(skipped).AppendLine();
        return text.ToString();
    }
}
