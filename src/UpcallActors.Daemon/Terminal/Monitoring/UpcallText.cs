using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using UpcallActors.Daemon.Control.Commands;

namespace UpcallActors.Daemon.Terminal.Monitoring;

/// <summary>
/// An upcall as a line: <c>13:06:10.123456 miss p1 mru 1500 52µs ipv4(src=10.1.1.1,…),icmp(type=8) → p0 put</c>. Verbose also has the
/// lane, the whole key and the flow's fate in words.
/// </summary>
/// <param name="isVerbose">Whether nothing is left out.</param>
/// <param name="isColoured">Whether what became of it is coloured: sent on, dropped, failed.</param>
internal sealed class UpcallText(bool isVerbose, bool isColoured)
{
    private const string Green = "32";
    private const string Yellow = "33";
    private const string Red = "31";
    private const string Dim = "2";
    private const string Drop = "drop";

    /// <summary>Whether the packet went nowhere: the rules drop it, the translation failed, or the datapath refused to send it.</summary>
    public static bool IsDropped(UpcallLine upcall) =>
        upcall.Error is not null || upcall.Errno != 0
        || upcall.Actions is Drop || upcall.Actions?.StartsWith("drop(", StringComparison.Ordinal) == true;

    /// <summary>The line.</summary>
    public string Of(UpcallLine upcall)
    {
        var text = new StringBuilder();
        Append(text, upcall.Time.ToLocalTime().ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture), Dim);
        if (isVerbose)
            text.Append(CultureInfo.InvariantCulture, $" lane {upcall.Lane}");
        text.Append(CultureInfo.InvariantCulture, $" {upcall.Class} {upcall.InPort}");
        if (upcall.Mru != 0)
            text.Append(CultureInfo.InvariantCulture, $" mru {upcall.Mru}");
        if (upcall.ClampedMru != 0)
            text.Append(CultureInfo.InvariantCulture, $" clamped to {upcall.ClampedMru}");
        text.Append(CultureInfo.InvariantCulture, $" {upcall.LatencySeconds * 1e6:0} µs");
        string key = isVerbose ? upcall.Key : KeySummary.Of(upcall.Key);
        if (key.Length > 0)
            text.Append(' ').Append(key);
        if (upcall.Actions is { } actions)
            Append(text.Append(" -> "), actions, IsDropped(upcall) ? Yellow : Green);
        if (upcall.Cut)
            Append(text, " [too long to be remembered whole]", Dim);
        AppendFlow(text, upcall);
        if (upcall.Error is { } error)
            Append(text.Append(' '), $"[{error}]", Red);
        string refusal = string.Create(CultureInfo.InvariantCulture, $"[not sent, errno {upcall.Errno}: {upcall.ErrnoText}]");
        if (upcall.Errno != 0)
            Append(text.Append(' '), refusal, Red);
        return text.ToString();
    }

    private void AppendFlow(StringBuilder text, UpcallLine upcall)
    {
        if (upcall.Duplicate)
            text.Append(isVerbose ? " [as the one before]" : " [dup]");
        else if (upcall.FlowPut && upcall.FlowPutErrnoText is { } refused)
            Append(text.Append(' '), $"[flow put: {refused}]", Red);
        else if (upcall.FlowPut)
            text.Append(isVerbose ? " [flow put]" : " [put]");
    }

    private void Append(StringBuilder text, string part, string colour)
    {
        if (isColoured)
            text.Append("\e[").Append(colour).Append('m').Append(part).Append("\e[0m");
        else
            text.Append(part);
    }
}

/// <summary>How <c>monitor --json</c> writes an upcall: one a line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UpcallLine))]
internal sealed partial class LineJson : JsonSerializerContext;
