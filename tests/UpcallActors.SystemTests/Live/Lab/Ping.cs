using System.Globalization;
using System.Text.RegularExpressions;

namespace UpcallActors.SystemTests.Live;

/// <summary>What <c>ping</c> had for an answer.</summary>
/// <param name="Answered">The sequence numbers that were answered, in the order of the answers; one twice if it was answered twice.</param>
/// <param name="Output">All it printed.</param>
internal sealed partial record Ping(IReadOnlyList<int> Answered, string Output)
{
    private static readonly int[] s_firstThree = [1, 2, 3];

    /// <summary>
    /// Pings until three packets have been answered, and no longer than <paramref name="deadline"/> seconds. Where nothing is lost these are the first three,
    /// however slow the machine; where one is lost, its number is missing.
    /// </summary>
    /// <param name="from">Where from.</param>
    /// <param name="address">Where to.</param>
    /// <param name="size">Bytes behind the ICMP header.</param>
    /// <param name="deadline">Seconds: as many as a slow machine may need.</param>
    /// <param name="options">More of <c>ping</c>'s options.</param>
    public static async Task<Ping> SendAsync(NetworkNamespace from, string address, int size = 56, int deadline = 60, params string[] options)
    {
        string[] command = ["ping", "-n", "-c", "3", "-i", "0.3", "-w", Text(deadline), "-s", Text(size), .. options, address];
        (_, string output) = await from.TryAsync(command);
        return Parse(output);
    }

    /// <summary>Reads what <c>ping</c> printed, so far or to the end.</summary>
    public static Ping Parse(string output) => new([.. AnswerPattern().Matches(output).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))], output);

    /// <summary>Asserts that the first three packets were answered, each once.</summary>
    public void ShouldBeAnswered(string what) => Answered.ShouldBe(s_firstThree, $"{what}:\n{Output}");

    [GeneratedRegex(@"bytes from \S+ icmp_seq=(\d+) ")]
    private static partial Regex AnswerPattern();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
