using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using UpcallActors.Daemon.Control.Commands;

namespace UpcallActors.Daemon.Commands.Clients;

/// <summary>An upcall as a line: <c>13:06:10.123456 lane 0 miss ovs-p1 mru 1500 52 µs KEY -> ACTIONS</c>.</summary>
internal static class UpcallText
{
    /// <summary>The line.</summary>
    public static string Of(UpcallLine upcall)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{upcall.Time.ToLocalTime():HH:mm:ss.ffffff} lane {upcall.Lane} {upcall.Class} {upcall.InPort}");
        if (upcall.Mru != 0)
            text.Append(CultureInfo.InvariantCulture, $" mru {upcall.Mru}");
        if (upcall.ClampedMru != 0)
            text.Append(CultureInfo.InvariantCulture, $" clamped to {upcall.ClampedMru}");
        text.Append(CultureInfo.InvariantCulture, $" {upcall.LatencySeconds * 1e6:0} µs");
        if (upcall.Key.Length > 0)
            text.Append(' ').Append(upcall.Key);
        if (upcall.Actions is { } actions)
            text.Append(" -> ").Append(actions);
        if (upcall.Duplicate)
            text.Append(" [as the one before]");
        else if (upcall.FlowPut)
            text.Append(upcall.FlowPutErrnoText is { } refused ? $" [flow put: {refused}]" : " [flow put]");
        if (upcall.Error is { } error)
            text.Append(CultureInfo.InvariantCulture, $" [{error}]");
        if (upcall.Errno != 0)
            text.Append(CultureInfo.InvariantCulture, $" [not sent, errno {upcall.Errno}: {upcall.ErrnoText}]");
        return text.ToString();
    }
}

/// <summary>How <c>monitor --json</c> writes an upcall: one a line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UpcallLine))]
internal sealed partial class LineJson : JsonSerializerContext;
