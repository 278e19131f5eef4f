using System.Globalization;
using System.Net;

namespace UpcallActors.Daemon.Configuration;

/// <content>Values with units, lists, addresses.</content>
internal sealed partial class ConfigurationBlock
{
    /// <summary>Whether a key is there; it is known from now on.</summary>
    public bool Has(string key) => Find(key, out _);

    /// <summary><c>true</c> or <c>false</c>; <paramref name="otherwise"/> when absent or neither.</summary>
    public bool Flag(string key, bool otherwise) => Choice(key, otherwise, ("false", false), ("true", true));

    /// <summary>A number above 0 up to 1, or 0 <paramref name="orNone"/>; <paramref name="otherwise"/> when absent or wrong.</summary>
    public double Share(string key, double otherwise, bool orNone = false)
    {
        if (Text(key) is not { } text)
            return otherwise;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1 && (share > 0 || orNone))
            return share;
        Report(key, $"{key} must be a number {(orNone ? "from 0" : "above 0 up")} to 1, not \"{text}\"");
        return otherwise;
    }

    /// <summary>A duration with a unit, whole milliseconds; <paramref name="otherwise"/> when absent or wrong.</summary>
    public TimeSpan Duration(string key, TimeSpan otherwise, TimeSpan least, TimeSpan most)
    {
        if (Text(key) is not { } text)
            return otherwise;
        if (!ConfigurationUnits.TryParseDuration(text, out decimal milliseconds))
            Report(key, $"{key} must be a duration such as 500ms or 10s, not \"{text}\"");
        else if (milliseconds < (decimal)least.TotalMilliseconds || milliseconds > (decimal)most.TotalMilliseconds)
            Report(key, $"{key} must be from {InUnits(least)} to {InUnits(most)}, not {text}");
        else
            return TimeSpan.FromMilliseconds((double)Math.Round(milliseconds));
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
            Report(key, $"{key} must be from {least >> 10}KiB to {most >> 20}MiB, not {text}");
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
        if (IPAddress.TryParse(text, out IPAddress? address) && (text.Contains(':', StringComparison.Ordinal) || text.Count(character => character == '.') == 3)
            && (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6 || address.ScopeId == 0))
        {
            return address;
        }

        Report(key, $"{key} must be an IPv4 or IPv6 address, not \"{text}\"");
        return null;
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

    /// <summary>A list of seconds with up to six decimals, the earliest first; empty when absent.</summary>
    public IReadOnlyList<DateTimeOffset> Times(string key)
    {
        if (!Find(key, out _))
            return [];
        var times = new List<DateTimeOffset>();
        foreach (string text in List(key))
        {
            if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) && seconds <= uint.MaxValue)
                times.Add(DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)));
            else
                Report(key, $"{key} holds \"{text}\", which is no time in seconds since 1970");
        }

        times.Sort();
        return times;
    }

    private IEnumerable<string> List(string key)
    {
        if (!Find(key, out ConfigurationValue? value))
            return [];
        if (value.Elements is { } elements)
            return elements.Select(element => element.Text ?? "null");
        Report(key, $"{key} must be a list: [ … ]");
        return [];
    }

    private static string InUnits(TimeSpan duration) => duration.TotalMilliseconds % 1000 == 0
        ? $"{duration.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s"
        : $"{duration.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}ms";
}
