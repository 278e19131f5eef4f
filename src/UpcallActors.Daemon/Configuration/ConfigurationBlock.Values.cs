using System.Globalization;
using System.Net;

namespace UpcallActors.Daemon.Configuration;

/// <content>Values with units, lists, addresses.</content>
internal sealed partial class ConfigurationBlock
{
    /// <summary>Who draws has 53 bits of chance (<c>SampleChance.Draw</c>): a smaller share would be none.</summary>
    public const double LeastShare = 1e-15;

    /// <summary>Whether a key is there; it is known from now on.</summary>
    public bool Has(string key) => Find(key, out _);

    /// <summary>Whether a key has a text, instead of what else it may have.</summary>
    public bool HasText(string key, string text) =>
        Find(key, out ConfigurationValue? value) && value.Items is null && value.Elements is null && value.Text == text;

    /// <summary>
    /// <c>true</c> or <c>false</c>, or <c>on</c> or <c>off</c> as Akka's configurations have it; <paramref name="otherwise"/> when absent
    /// or neither.
    /// </summary>
    public bool Flag(string key, bool otherwise) =>
        Text(key) is not { } text ? otherwise
        : text is "on" or "true" || (text is not ("off" or "false") && Choice(key, otherwise, ("false", false), ("true", true)));

    /// <summary>A number above 0 up to 1, or 0 <paramref name="orNone"/>; <paramref name="otherwise"/> when absent or wrong.</summary>
    public double Share(string key, double otherwise, bool orNone = false)
    {
        if (Text(key) is not { } text)
            return otherwise;
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, Style, CultureInfo.InvariantCulture, out double share) || share is not (>= 0 and <= 1)
            || (share == 0 && !orNone && !HasDigits(text)))
            Report(key, $"{key} must be a number {(orNone ? "from 0" : "above 0 up")} to 1, not \"{text}\"");
        // So little that it would be counted as none.
        else if (share < LeastShare && HasDigits(text))
            Report(key, $"{key} must be {(orNone ? "0, or " : "")}at least 1e-15, not {text}");
        else
            return share;
        return otherwise;
    }

    /// <summary>
    /// A duration with a unit; <paramref name="otherwise"/> when absent or wrong. What is no whole number of <paramref name="step"/>s is
    /// refused, and not rounded.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What holds when it is absent or wrong.</param>
    /// <param name="least">The least that it may be.</param>
    /// <param name="most">The most that it may be.</param>
    /// <param name="step">How fine who uses it can be; null for a millisecond.</param>
    public TimeSpan Duration(string key, TimeSpan otherwise, TimeSpan least, TimeSpan most, TimeSpan? step = null)
    {
        if (Text(key) is not { } text)
            return otherwise;
        TimeSpan unit = step ?? TimeSpan.FromMilliseconds(1);
        if (!ConfigurationUnits.TryParseDuration(text, out decimal milliseconds))
            Report(key, $"{key} must be a duration such as 500ms or 10s, not \"{text}\"");
        else if (milliseconds * TimeSpan.TicksPerMillisecond < least.Ticks || milliseconds * TimeSpan.TicksPerMillisecond > most.Ticks)
            Report(key, $"{key} must be from {ConfigurationUnits.Written(least)} to {ConfigurationUnits.Written(most)}, not {text}");
        else if (milliseconds * TimeSpan.TicksPerMillisecond % unit.Ticks != 0)
            Report(key, $"{key} goes in steps of {ConfigurationUnits.Written(unit)}, and {text} is between two of them");
        else
            return TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond));
        return otherwise;
    }

    /// <summary>A size with a unit, in bytes; <paramref name="otherwise"/> when absent or wrong.</summary>
    public int Size(string key, int otherwise, int least, int most)
    {
        if (Text(key) is not { } text)
            return otherwise;
        if (!ConfigurationUnits.TryParseSize(text, out decimal bytes))
            Report(key, $"{key} must be a size such as 512KiB or 4MiB, not \"{text}\"");
        else if (bytes < least || bytes > most)
            Report(key, $"{key} must be from {ConfigurationUnits.Written(least)} to {ConfigurationUnits.Written(most)}, not {text}");
        else if (bytes % 1 != 0)
            Report(key, $"{key} must be whole bytes, and {text} is {bytes.ToString(CultureInfo.InvariantCulture)}");
        else
            return (int)bytes;
        return otherwise;
    }

    /// <summary>An IP address; null when absent or none.</summary>
    public IPAddress? Address(string key, bool required = false)
    {
        if (Text(key, required) is not { } text)
            return null;
        // Only as people write them: IPAddress takes a bare number for an address too.
        if (IPAddress.TryParse(text, out IPAddress? address)
            && (text.Contains(':', StringComparison.Ordinal) || text.Count(character => character == '.') == 3)
            && (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6 || address.ScopeId == 0))
        {
            return address;
        }

        Report(key, $"{key} must be an IPv4 or IPv6 address, not \"{text}\"");
        return null;
    }

    /// <summary>
    /// A text, or a list of them; empty when absent. An absent one, or an empty list, is a problem if it is <paramref name="required"/>.
    /// </summary>
    public IReadOnlyList<string> Texts(string key, bool required = false)
    {
        if (!Find(key, out ConfigurationValue? value) || value.Elements is null)
            return Text(key, required) is { } text ? [text] : [];
        if (required && value.Elements.Count == 0)
            Report(key, $"{key} has no value");
        return [.. List(key)];
    }

    /// <summary>A list of whole numbers in a range; empty when absent.</summary>
    public IReadOnlyList<int> Integers(string key, int least, int most)
    {
        var numbers = new List<int>();
        foreach (string text in List(key))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
                numbers.Add(number);
            else
                Report(key, $"{key} holds \"{text}\", which is no whole number from {least} to {most}");
        }

        return numbers;
    }

    /// <summary>A list of seconds with up to seven decimals, the earliest first; empty when absent.</summary>
    public IReadOnlyList<DateTimeOffset> Times(string key)
    {
        if (!Find(key, out _))
            return [];
        var times = new List<DateTimeOffset>();
        foreach (string text in List(key))
        {
            if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
                || seconds > uint.MaxValue)
                Report(key, $"{key} holds \"{text}\", which is no time in seconds since 1970");
            else if (seconds * TimeSpan.TicksPerSecond % 1 != 0)
                Report(key, $"{key} holds {text}, which is finer than its steps of {ConfigurationUnits.Written(TimeSpan.FromTicks(1))}");
            else
                times.Add(DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)));
        }

        times.Sort();
        return times;
    }

    private IEnumerable<string> List(string key)
    {
        if (!Find(key, out ConfigurationValue? value))
            return [];
        if (value.Elements is not { } elements)
        {
            Report(key, $"{key} must be a list: [ … ]");
            return [];
        }

        if (elements.FirstOrDefault(element => element.Items != null || element.Elements != null) is not { } nested)
            return elements.Select(element => element.Text ?? "null");
        _source.Report(nested, $"{key} holds plain values, not a {(nested.Items != null ? "block" : "list")}");
        return [];
    }

    /// <summary>Whether a number has a digit other than 0 in front of its exponent: then it is none that means "nothing".</summary>
    private static bool HasDigits(string number) =>
        number.AsSpan(0, number.AsSpan().IndexOfAny('e', 'E') is >= 0 and int end ? end : number.Length).IndexOfAnyInRange('1', '9') >= 0;
}
