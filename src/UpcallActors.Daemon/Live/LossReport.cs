using System.Globalization;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Live;

/// <summary>What was lost since the last look, by cause. Single owner.</summary>
internal sealed class LossReport
{
    private readonly Dictionary<string, long> _before;

    /// <summary>Begins with what was lost before.</summary>
    public LossReport(IEnumerable<UpcallLoss> losses) =>
        _before = losses.ToDictionary(loss => loss.Cause, loss => loss.Count, StringComparer.Ordinal);

    /// <summary>
    /// The causes whose counts have grown, with how much and how much a second, such as <c>120 (12/s) shed</c>; null when none has.
    /// </summary>
    public string? Next(IEnumerable<UpcallLoss> losses, double seconds)
    {
        var grown = new List<string>();
        foreach (UpcallLoss loss in losses)
        {
            long lost = loss.Count - _before.GetValueOrDefault(loss.Cause);
            _before[loss.Cause] = loss.Count;
            if (lost > 0)
                grown.Add(string.Create(CultureInfo.InvariantCulture, $"{lost} ({lost / seconds:0.#}/s) {loss.Words}"));
        }

        return grown.Count == 0 ? null : string.Join(", ", grown);
    }
}
