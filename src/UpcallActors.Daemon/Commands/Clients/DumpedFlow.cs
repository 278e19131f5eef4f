using System.Globalization;
using System.Text.Json.Serialization;
using UpcallActors.Daemon.Control.Client;

namespace UpcallActors.Daemon.Commands.Clients;

/// <summary>A line of <c>dpctl/dump-flows -m</c>, taken apart.</summary>
/// <param name="Ufid">The flow's id.</param>
/// <param name="Match">Key and mask, as <c>ovs-dpctl</c> writes them.</param>
/// <param name="Packets">Packets that matched.</param>
/// <param name="Bytes">Bytes that matched.</param>
/// <param name="UsedSeconds">Seconds since the last match; null is never.</param>
/// <param name="Actions">What is done.</param>
internal sealed record DumpedFlow(string Ufid, string Match, ulong Packets, ulong Bytes, double? UsedSeconds, string Actions)
{
    /// <summary>Reads a line. Throws <see cref="DaemonClientException"/> for one that is no flow.</summary>
    public static DumpedFlow Parse(string line)
    {
        string[] parts = [", packets:", ", bytes:", ", used:", ", actions:"];
        int[] at = [.. parts.Select(part => line.IndexOf(part, StringComparison.Ordinal))];
        const string Id = "ufid:";
        int match = line.IndexOf(", ", StringComparison.Ordinal) + 2;
        if (!line.StartsWith(Id, StringComparison.Ordinal) || at.Any(place => place < match) || !at.Order().SequenceEqual(at))
            throw Unreadable(line);
        string used = Between(line, at[2], parts[2], at[3]).Split(',')[0];
        bool numbers = ulong.TryParse(Between(line, at[0], parts[0], at[1]), NumberStyles.None, CultureInfo.InvariantCulture, out ulong packets)
            & ulong.TryParse(Between(line, at[1], parts[1], at[2]), NumberStyles.None, CultureInfo.InvariantCulture, out ulong bytes)
            & (double.TryParse(used.TrimEnd('s'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double seconds) | used == "never");
        return numbers
            ? new DumpedFlow(line[Id.Length..(match - 2)], line[match..at[0]], packets, bytes, used == "never" ? null : seconds, line[(at[3] + parts[3].Length)..])
            : throw Unreadable(line);
    }

    private static string Between(string line, int from, string part, int to) => line[(from + part.Length)..to];

    private static DaemonClientException Unreadable(string line) => new($"the daemon's answer cannot be read: {line[..Math.Min(line.Length, 200)]}");
}

/// <summary>The JSON document of <c>flows</c>.</summary>
internal sealed record FlowsDocument(IReadOnlyList<DumpedFlow> Flows);

/// <summary>How flows are written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(FlowsDocument))]
internal sealed partial class FlowsJson : JsonSerializerContext;
