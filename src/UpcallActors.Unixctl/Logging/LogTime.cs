using System.Globalization;
using System.Text;

namespace UpcallActors.Unixctl;

/// <summary>
/// Times of the log by the templates of <c>strftime(3)</c> in the C locale; each <c>#</c> is one more digit of the second's fraction,
/// of which there are three (<c>strftime_msec</c> in lib/timeval.c).
/// </summary>
internal static class LogTime
{
    /// <summary>How a time looks where no template is given.</summary>
    public const string Default = "%Y-%m-%d %H:%M:%S.###";

    /// <summary>Appends a time.</summary>
    public static StringBuilder Append(StringBuilder line, string template, DateTime time)
    {
        int begin = line.Length;
        Expand(line, template, time);
        int milliseconds = time.Millisecond;
        for (int at = begin; at < line.Length; at++)
        {
            if (line[at] != '#')
                continue;
            line[at] = (char)('0' + (milliseconds / 100));
            milliseconds = milliseconds % 100 * 10;
        }

        return line;
    }

    private static void Expand(StringBuilder line, string template, DateTime time)
    {
        for (int at = 0; at < template.Length; at++)
        {
            if (template[at] != '%' || at + 1 == template.Length)
            {
                line.Append(template[at]);
                continue;
            }

            char letter = template[++at];
            if (Composed(letter) is { } parts)
                Expand(line, parts, time);
            else if (Field(letter, time) is { } field)
                line.Append(field);
            else
                line.Append('%').Append(letter);
        }
    }

    private static string? Composed(char letter) => letter switch
    {
        'c' => "%a %b %e %H:%M:%S %Y",
        'D' or 'x' => "%m/%d/%y",
        'F' => "%Y-%m-%d",
        'r' => "%I:%M:%S %p",
        'R' => "%H:%M",
        'T' or 'X' => "%H:%M:%S",
        _ => null,
    };

    private static string? Field(char letter, DateTime time) => letter switch
    {
        'a' => Text(time, "ddd"),
        'A' => Text(time, "dddd"),
        'b' or 'h' => Text(time, "MMM"),
        'B' => Text(time, "MMMM"),
        'C' => Number(time.Year / 100, 2),
        'd' => Text(time, "dd"),
        'e' => Number(time.Day, 1).PadLeft(2),
        'G' => Number(ISOWeek.GetYear(time), 4),
        'g' => Number(ISOWeek.GetYear(time) % 100, 2),
        'H' => Text(time, "HH"),
        'I' => Text(time, "hh"),
        'j' => Number(time.DayOfYear, 3),
        'k' => Number(time.Hour, 1).PadLeft(2),
        'l' => Number(((time.Hour + 11) % 12) + 1, 1).PadLeft(2),
        'm' => Text(time, "MM"),
        'M' => Text(time, "mm"),
        'n' => "\n",
        'p' => time.Hour < 12 ? "AM" : "PM",
        'P' => time.Hour < 12 ? "am" : "pm",
        's' => new DateTimeOffset(time).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'S' => Text(time, "ss"),
        't' => "\t",
        'u' => Number((((int)time.DayOfWeek + 6) % 7) + 1, 1),
        'U' => Number((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, 2),
        'V' => Number(ISOWeek.GetWeekOfYear(time), 2),
        'w' => Number((int)time.DayOfWeek, 1),
        'W' => Number((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7, 2),
        'y' => Number(time.Year % 100, 2),
        'Y' => Number(time.Year, 1),
        'z' => Text(time, "zzz").Replace(":", "", StringComparison.Ordinal),
        'Z' => time.Kind == DateTimeKind.Utc ? "GMT" : TimeZoneInfo.Local.IsDaylightSavingTime(time)
            ? TimeZoneInfo.Local.DaylightName : TimeZoneInfo.Local.StandardName,
        '%' => "%",
        _ => null,
    };

    private static string Text(DateTime time, string format) =>
        time.Kind == DateTimeKind.Utc && format == "zzz" ? "+0000" : time.ToString(format, CultureInfo.InvariantCulture);

    private static string Number(int value, int digits) => value.ToString($"D{digits}", CultureInfo.InvariantCulture);
}
