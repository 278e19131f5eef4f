using System.Globalization;

namespace UpcallActors.Daemon.Terminal.Clients;

/// <summary>Numbers for people: with a prefix where they are long, durations in their unit.</summary>
internal static class Quantity
{
    private static readonly string[] _prefixes = ["", "k", "M", "G", "T"];

    /// <summary>Up to four digits; above, three of them with a prefix: 9999, 12.3k, 4.5M.</summary>
    public static string Of(double number)
    {
        int prefix = 0;
        double shown = number;
        while (Math.Abs(shown) >= (prefix == 0 ? 10_000 : 1000) && prefix < _prefixes.Length - 1)
        {
            shown /= 1000;
            prefix++;
        }

        string digits = prefix == 0
            ? shown.ToString("0", CultureInfo.InvariantCulture)
            : shown.ToString(shown < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
        return digits + _prefixes[prefix];
    }

    /// <summary>A bound of latency: <c>50 µs</c>, <c>2 ms</c>; null is beyond the last one.</summary>
    public static string Latency(double? seconds) => seconds switch
    {
        null => "> 100 ms",
        0 => "-",
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0.#} µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.#} ms"),
    };

    /// <summary>A length of time: <c>3d 4h</c>, <c>12m 5s</c>.</summary>
    public static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Clamp(seconds, 0, TimeSpan.MaxValue.TotalSeconds / 2));
        return time.TotalDays >= 1 ? $"{(int)time.TotalDays}d {time.Hours}h"
            : time.TotalHours >= 1 ? $"{time.Hours}h {time.Minutes}m"
            : time.TotalMinutes >= 1 ? $"{time.Minutes}m {time.Seconds}s"
            : $"{time.Seconds}s";
    }
}
