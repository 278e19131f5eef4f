using System.Globalization;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Terminal.Clients;

/// <summary>A snapshot in lines.</summary>
internal static class SnapshotText
{
    private const int BusiestPorts = 8;

    /// <summary>Writes it.</summary>
    public static void Write(DaemonSnapshot snapshot, TextWriter output)
    {
        DatapathSnapshot datapath = snapshot.Datapath;
        Line(output, "daemon", $"upcall-actors {snapshot.Version}, pid {snapshot.ProcessId}, up "
            + $"{Quantity.Duration(snapshot.UptimeSeconds)}, "
            + $"{(snapshot.NotReadyBecause is { } reason ? $"NOT READY: {reason}" : "ready")}");
        Line(output, "datapath", $"{datapath.FullName}, upcalls {datapath.Dispatch}"
            + (datapath.Stats is { } stats
                ? $", hit {stats.Hit}, missed {stats.Missed}, lost {stats.Lost}, flows {stats.Flows}, masks {stats.Masks}"
                : ", does not answer"));
        foreach (BridgeSnapshot bridge in snapshot.Bridges)
            Line(output, "bridge", $"{bridge.Name}: {bridge.Ports} ports, {bridge.Rules} rules");
        foreach (LaneSnapshot lane in snapshot.Lanes)
        {
            Line(output, "lane", $"{lane.Lane}: received {lane.Received}, translated {lane.Translated}, duplicates "
                + $"{lane.Duplicates}, executed {lane.Executes}, flow puts {lane.FlowPuts}, "
                + $"dropped {lane.Dropped}, lost {lane.Lost}, credits {lane.CreditsInUse}/{lane.Credits}"
                + $"{(lane.Restarts > 0 ? $", restarts {lane.Restarts}" : "")}");
        }

        Line(output, "classes", Join(snapshot.Classes.Where(entry => entry.Upcalls > 0).Select(entry => $"{entry.Class} {entry.Upcalls}")));
        bool any = snapshot.Latency.Counts.Sum() > 0;
        Line(output, "latency", any
            ? $"p50 {Quantity.Latency(snapshot.Latency.P50Seconds)}, p99 {Quantity.Latency(snapshot.Latency.P99Seconds)}"
            : "nothing measured yet");
        Line(output, "losses", Join(snapshot.Losses.Where(loss => loss.Upcalls > 0)
            .Select(loss => $"{loss.Cause} {loss.Upcalls} ({loss.Description})")));
        if (!snapshot.Drops.IsEmpty)
            Line(output, "drops",
                Join(snapshot.Drops.Where(drop => drop.Packets > 0).Select(drop => $"{drop.Cause} {drop.Packets} ({drop.Description})")));
        Line(output, "errors", Join(snapshot.Errors.Select(error => $"{error.Request} {error.Count} ({error.Description})")));
        Line(output, "mru",
            $"{snapshot.Mru.Upcalls} upcalls with one, largest {snapshot.Mru.Largest}, refragmented {snapshot.Mru.Refragmented}");
        if (snapshot.Revalidation is { } flows)
        {
            Line(output, "flows", string.Create(CultureInfo.InvariantCulture,
                $"{flows.Flows} (average {flows.AverageFlows}, most {flows.MaxFlows}, limit {flows.FlowLimit}), last "
                    + $"round {flows.DumpMilliseconds:0.#} ms{(flows.IsPaused ? ", PAUSED" : "")}"));
        }

        foreach (PortSnapshot port in snapshot.Ports.Take(BusiestPorts))
            Line(output, "port", $"{NameOf(port)}: upcalls {port.Upcalls}, shed {port.Shed}, rx "
                + $"{port.RxPackets?.ToString(CultureInfo.InvariantCulture) ?? "?"}, tx "
                + $"{port.TxPackets?.ToString(CultureInfo.InvariantCulture) ?? "?"}");
        if (snapshot.PortCount > BusiestPorts)
            Line(output, "", $"and {snapshot.PortCount - BusiestPorts} ports more");
        foreach (WaitingPortSnapshot port in snapshot.WaitingPorts)
            Line(output, "waiting", $"{port.Name} of {port.Bridge}: {(port.IsRefused ? "refused: " : "")}{port.Reason}");
    }

    /// <summary>A port's name, or its number where it has none.</summary>
    public static string NameOf(PortSnapshot port) => port.Name ?? port.Number?.ToString(CultureInfo.InvariantCulture) ?? "others";

    private static string Join(IEnumerable<string> parts) => string.Join(", ", parts) is { Length: > 0 } text ? text : "none";

    private static void Line(TextWriter output, string title, string text) => output.Write($"{title,-9} {text}\n");
}
