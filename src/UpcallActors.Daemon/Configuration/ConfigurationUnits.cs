using System.Buffers;
using System.Globalization;

namespace UpcallActors.Daemon.Configuration;

/// <summary>HOCON's units: a number, white space or none, and a unit. A number alone is milliseconds, or bytes.</summary>
internal static class ConfigurationUnits
{
    private static readonly SearchValues<char> _digits = SearchValues.Create("0123456789.");

    private static readonly Dictionary<string, decimal> _durations = ByName(
        (1e-6m, "ns nano nanos nanosecond nanoseconds"),
        (1e-3m, "us micro micros microsecond microseconds"),
        (1, "ms milli millis millisecond milliseconds"),
        (1000, "s second seconds"),
        (60_000, "m minute minutes"),
        (3_600_000, "h hour hours"),
        (86_400_000, "d day days"));

    private static readonly Dictionary<string, decimal> _sizes = ByName(
        (1, "B b byte bytes"),
        (1000, "kB kilobyte kilobytes"),
        (1_000_000, "MB megabyte megabytes"),
        (1_000_000_000, "GB gigabyte gigabytes"),
        (1 << 10, "K k Ki KiB kibibyte kibibytes"),
        (1 << 20, "M m Mi MiB mebibyte mebibytes"),
        (1 << 30, "G g Gi GiB gibibyte gibibytes"));

    /// <summary>Milliseconds of a duration such as <c>500ms</c> or <c>10 s</c>; false when it is none.</summary>
    public static bool TryParseDuration(string text, out decimal milliseconds) => TryParse(text, _durations, out milliseconds);

    /// <summary>Bytes of a size such as <c>4MiB</c> or <c>4194304</c>; false when it is none.</summary>
    public static bool TryParseSize(string text, out decimal bytes) => TryParse(text, _sizes, out bytes);

    /// <summary>A duration in the largest unit that makes it a whole number.</summary>
    public static string Written(TimeSpan duration) => Written(
        duration.Ticks, (TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "m"), (TimeSpan.TicksPerSecond, "s"),
            (TimeSpan.TicksPerMillisecond, "ms"), (TimeSpan.TicksPerMicrosecond, "us"))
        ?? $"{(duration.Ticks * TimeSpan.NanosecondsPerTick).ToString(CultureInfo.InvariantCulture)}ns";

    /// <summary>A size in the largest unit that makes it a whole number.</summary>
    public static string Written(long bytes) => Written(bytes, (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B"))!;

    private static string? Written(long amount, params ReadOnlySpan<(long Size, string Name)> units)
    {
        foreach ((long size, string name) in units)
        {
            if (amount != 0 && amount % size == 0)
                return $"{(amount / size).ToString(CultureInfo.InvariantCulture)}{name}";
        }

        return amount == 0 ? "0" : null;
    }

    private static bool TryParse(string text, Dictionary<string, decimal> units, out decimal value)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        int digits = trimmed.IndexOfAnyExcept(_digits);
        ReadOnlySpan<char> unit = digits < 0 ? [] : trimmed[digits..].TrimStart();
        ReadOnlySpan<char> number = digits < 0 ? trimmed : trimmed[..digits];
        decimal factor = 1;
        value = 0;
        // Ten digits and as many decimals: no product overflows.
        const int Longest = 21;
        if (number.Length > Longest
            || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal parsed)
            || (!unit.IsEmpty && !units.TryGetValue(unit.ToString(), out factor)))
        {
            return false;
        }

        value = parsed * factor;
        return true;
    }

    private static Dictionary<string, decimal> ByName(params ReadOnlySpan<(decimal Factor, string Names)> units)
    {
        var byName = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach ((decimal factor, string names) in units)
        {
            foreach (string name in names.Split(' '))
                byName.Add(name, factor);
        }

        return byName;
    }
}
