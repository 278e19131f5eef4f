using System.Globalization;
using System.Text.RegularExpressions;

namespace UpcallActors.SystemTests.Harness;

/// <summary>What <c>ping</c> had for an answer.</summary>
/// <param name="Answered">The sequence numbers that were answered, in the order of the answers; one twice if it was answered twice.</param>
/// <param name="Output">All it printed; if one of the first three is missing,
/// also what the sender's kernel has counted while <c>ping</c> still ran.</param>
internal sealed partial record Ping(IReadOnlyList<int> Answered, string Output)
{
    /// <summary>
    /// So many answers without the first three are enough to give those up:
    /// three seconds' worth, when the flow that answers them is long there.
    /// </summary>
    private const int Later = 30;

    /// <summary>Packets of more bytes than this are sent <see cref="LargeInterval"/> apart.</summary>
    private const int Large = 32_000;

    private const string Interval = "0.1";

    /// <summary>
    /// The receive buffer that <c>ping</c> asks for holds two answers of 65,000 bytes in fragments of 1,500, as the
    /// kernel counts them, and <c>ping</c> has no option for a larger one. A third must not be under way before the
    /// first is read: when a slow machine takes a second to answer the first packet, the answers come all at once.
    /// </summary>
    private const string LargeInterval = "2";

    private static readonly int[] s_firstThree = [1, 2, 3];

    /// <summary>Whether the first three packets were answered.</summary>
    public bool IsAnswered => s_firstThree.All(Answered.Contains);

    /// <summary>
    /// Pings until the first three packets have been answered. Others follow them meanwhile, however
    /// slow the machine: when <see cref="Later"/> of those have been answered, what is missing is lost.
    /// </summary>
    /// <param name="from">Where from.</param>
    /// <param name="address">Where to.</param>
    /// <param name="size">Bytes behind the ICMP header.</param>
    public static async Task<Ping> SendAsync(NetworkNamespace from, string address, int size = 56)
    {
        await using BackgroundProcess process = from.Start(["ping", "-n", "-i", size > Large ? LargeInterval : Interval, "-s",
            size.ToString(CultureInfo.InvariantCulture), address]);
        Ping ping = Parse("");
        try
        {
            await Eventually.HoldsAsync(
                () =>
                {
                    ping = Parse(process.Output);
                    return ping.IsAnswered || ping.Answered.Count >= Later;
                },
                () => "");
        }
        catch (TimeoutException)
        {
            // What was answered until then is the result.
        }

        return ping.IsAnswered ? ping : ping with { Output = $"{ping.Output}\n{await LossCounters.OfAsync(from)}" };
    }

    /// <summary>Reads what <c>ping</c> printed, so far or to the end.</summary>
    public static Ping Parse(string output) =>
        new([.. AnswerPattern().Matches(output).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))], output);

    /// <summary>
    /// Asserts that the first three packets were answered, and none twice. One that came up may be overtaken by one that did not.
    /// </summary>
    /// <param name="what">What was pinged, for the message.</param>
    /// <param name="by">The switch between, whose log is told as well; null for one that has none.</param>
    public void ShouldBeAnswered(string what, ISwitch? by = null)
    {
        Answered.ShouldBeUnique($"{what}:\n{Output}\n{by?.Log}");
        s_firstThree.Except(Answered).ShouldBeEmpty($"{what}:\n{Output}\n{by?.Log}");
    }

    [GeneratedRegex(@"bytes from \S+ icmp_seq=(\d+) ")]
    private static partial Regex AnswerPattern();
}
