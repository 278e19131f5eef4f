using System.Globalization;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Switching;

/// <summary>What was lost since the last look, by cause. Single owner.</summary>
internal sealed class LossReport
{
    /// <summary>What is said of upcalls lost before we could receive them.</summary>
    public const string AtSource = "dropped at a full receive buffer";

    private readonly Dictionary<string, long> _before;

    /// <summary>Begins with what was lost before.</summary>
    public LossReport(IEnumerable<(string Cause, long Count)> counts) => _before = counts.ToDictionary(count => count.Cause, count => count.Count, StringComparer.Ordinal);

    /// <summary>The causes that a pipeline counts, in words.</summary>
    public static IEnumerable<(string Cause, long Count)> Of(PipelineCounters counters)
    {
        yield return (AtSource, counters.LostAtSource);
        foreach (LossCause cause in Enum.GetValues<LossCause>())
            yield return (Words(cause), counters.Lost(cause));
    }

    /// <summary>The causes whose counts have grown, with how much and how much a second, such as <c>120 (12/s) shed</c>; null when none has.</summary>
    public string? Next(IEnumerable<(string Cause, long Count)> counts, double seconds)
    {
        var grown = new List<string>();
        foreach ((string cause, long count) in counts)
        {
            long lost = count - _before.GetValueOrDefault(cause);
            _before[cause] = count;
            if (lost > 0)
                grown.Add(string.Create(CultureInfo.InvariantCulture, $"{lost} ({lost / seconds:0.#}/s) {cause}"));
        }

        return grown.Count == 0 ? null : string.Join(", ", grown);
    }

    /// <summary>A cause in words that go on behind "upcalls".</summary>
    public static string Words(LossCause cause) => cause switch
    {
        LossCause.Shed => "shed because their port was over its share",
        LossCause.Truncated => "longer than a receive slot",
        LossCause.Malformed => "malformed",
        LossCause.UnknownCookie => "with a cookie that is not ours",
        LossCause.TranslatorFailed => "because their translation failed",
        LossCause.TooLong => "whose actions are too long to be sent",
        LossCause.SendRefused => "because the datapath refused the send",
        LossCause.StageFailed => "because an actor failed over them",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };
}
