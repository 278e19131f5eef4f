using System.Globalization;
using System.Text;

namespace UpcallActors.Daemon.Terminal.Top;

/// <summary>
/// A sample as lines for a terminal of a given size: what is above is never cut off, and what does not fit is counted. The busiest lanes
/// and ports are shown; colours are those of ANSI terminals.
/// </summary>
internal static class TopScreen
{
    private const string Bold = "1";
    private const string Reverse = "7";
    private const string Red = "31";
    private const string Yellow = "33";
    private const string Dim = "2";

    /// <summary>Lines that are always there: title, summary, classes, losses, two headers, two empty lines, and what the keys do.</summary>
    private const int Fixed = 9;

    /// <summary>The lines, at most <paramref name="height"/>, none of them wider than <paramref name="width"/>.</summary>
    public static IReadOnlyList<string> Lines(TopSample sample, TopOrder order, int width, int height)
    {
        int room = Math.Max(2, height - Fixed);
        int lanes = Math.Min(sample.Lanes.Length, Math.Max(1, room / 2));
        LaneRates[] busiest = [.. sample.Lanes.OrderByDescending(lane => lane.Received + lane.Lost).ThenBy(lane => lane.Lane)];
        PortRates[] ports = [.. order.Of(sample.Ports)];
        var lines = new List<string>
        {
            Styled(Fit(PlainTop.Title(sample), width), Bold),
            Fit(PlainTop.Summary(sample), width),
            Fit("classes/s  " + PlainTop.Join(sample.Classes), width),
            Losses(sample, width),
            "",
            Styled(Fit(PlainTop.LaneHeader, width).PadRight(width), Reverse),
        };
        lines.AddRange(busiest.Take(Shown(lanes, sample.Lanes.Length)).Select(lane => LaneLine(lane, width)));
        AddRest(lines, sample.Lanes.Length - Shown(lanes, sample.Lanes.Length), "lanes", width);
        lines.Add("");
        lines.Add(Styled(Fit(PlainTop.PortHeader, width).PadRight(width), Reverse));
        int left = Math.Max(1, height - lines.Count - 1);
        lines.AddRange(ports.Take(Shown(left, ports.Length)).Select(port => PortLine(port, width)));
        AddRest(lines, ports.Length - Shown(left, ports.Length), "ports", width);
        List<string> shown = [.. lines.Take(Math.Max(1, height - 1))];
        if (height > 1)
            shown.Add(Styled(Fit($"q: quit   s: sort ports by {order.Next.Name}   (now by {order.Name})", width), Dim));
        return shown;
    }

    /// <summary>One of the lines says how many there are more, where not all fit.</summary>
    private static int Shown(int room, int all) => all <= room ? all : Math.Max(1, room - 1);

    private static void AddRest(List<string> lines, int rest, string what, int width)
    {
        if (rest > 0)
            lines.Add(Styled(Fit(string.Create(CultureInfo.InvariantCulture, $"and {rest} {what} more"), width), Dim));
    }

    private static string Losses(TopSample sample, int width)
    {
        string text = Fit("losses/s   " + PlainTop.Join(sample.Losses), width);
        return sample.Losses.Any(loss => loss.Rate > 0) ? Styled(text, Red) : text;
    }

    private static string LaneLine(LaneRates lane, int width)
    {
        string text = Fit(PlainTop.Line(lane), width);
        return lane.Lost > 0 || lane.CreditsInUse >= lane.Credits ? Styled(text, Red)
            : 2 * lane.CreditsInUse > lane.Credits ? Styled(text, Yellow)
            : text;
    }

    private static string PortLine(PortRates port, int width)
    {
        string text = Fit(PlainTop.Line(port), width);
        return port.Shed > 0 ? Styled(text, Red) : text;
    }

    /// <summary>What comes from a daemon, and may be anything, is shown without what a terminal would obey.</summary>
    private static string Fit(string text, int width)
    {
        var clean = new StringBuilder(text.Length);
        foreach (char character in text)
            clean.Append(char.IsControl(character) ? '?' : character);
        return clean.Length <= width ? clean.ToString() : clean.ToString(0, Math.Max(0, width - 1)) + "…";
    }

    private static string Styled(string text, string style) => $"\e[{style}m{text}\e[0m";
}
