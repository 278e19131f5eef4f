using System.Globalization;
using UpcallActors.Daemon.Terminal.Clients;

namespace UpcallActors.Daemon.Terminal.Top;

/// <summary>Samples as text: a line for each lane and port, and blocks of them for what is no terminal.</summary>
internal static class PlainTop
{
    /// <summary>Ports that are shown in a block.</summary>
    private const int MostPorts = 10;

    private const int PortWidth = 16;
    private const int BridgeWidth = 14;

    /// <summary>The titles of <see cref="Line(LaneRates)"/>.</summary>
    public static string LaneHeader { get; } =
        $"{"lane",-12}{"received/s",11}{"translated/s",13}{"executed/s",11}{"puts/s",9}{"lost/s",9}{"credits",10}";

    /// <summary>The titles of <see cref="Line(PortRates)"/>.</summary>
    public static string PortHeader { get; } =
        $"{"port",-PortWidth} {"bridge",-BridgeWidth}{"upcalls/s",11}{"shed/s",9}{"rx/s",9}{"tx/s",9}";

    /// <summary>Writes a block.</summary>
    public static void Write(TopSample sample, TextWriter output)
    {
        output.Write($"{Title(sample)}\n{Summary(sample)}\n");
        output.Write($"{LaneHeader}\n");
        foreach (LaneRates lane in sample.Lanes)
            output.Write($"{Line(lane)}\n");
        output.Write($"classes/s   {Join(sample.Classes)}\n");
        output.Write($"losses/s    {Join(sample.Losses)}\n");
        output.Write($"{PortHeader}\n");
        foreach (PortRates port in sample.Ports.Take(MostPorts))
            output.Write($"{Line(port)}\n");
        output.Write("\n");
    }

    /// <summary>Which daemon, and when.</summary>
    public static string Title(TopSample sample)
    {
        string time = sample.Time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return $"{time}  {sample.Daemon}, {sample.Datapath}{(sample.NotReadyBecause is { } reason ? $", NOT READY: {reason}" : "")}";
    }

    /// <summary>Flows, hits, latency, MRU.</summary>
    public static string Summary(TopSample sample)
    {
        string flows = sample.Flows is { } count ? count.ToString(CultureInfo.InvariantCulture) : "?";
        string limit = sample.FlowLimit is { } most ? $" of {most}" : "";
        return $"latency p50 {Quantity.Latency(sample.P50Seconds)}  p99 {Quantity.Latency(sample.P99Seconds)}   flows {flows}{limit}   "
            + $"hits/s {Packets(sample.Hits)}   largest MRU {sample.LargestMru}";
    }

    /// <summary>A lane.</summary>
    public static string Line(LaneRates lane) => string.Create(
        CultureInfo.InvariantCulture,
        $"{lane.Lane,-12}{Quantity.Of(lane.Received),11}{Quantity.Of(lane.Translated),13}{Quantity.Of(lane.Executed),11}"
        + $"{Quantity.Of(lane.FlowPuts),9}{Quantity.Of(lane.Lost),9}{$"{lane.CreditsInUse}/{lane.Credits}",10}");

    /// <summary>A port.</summary>
    public static string Line(PortRates port) =>
        $"{Cut(port.Port, PortWidth),-PortWidth} {Cut(port.Bridge ?? "", BridgeWidth),-BridgeWidth}{Quantity.Of(port.Upcalls),11}"
        + $"{Quantity.Of(port.Shed),9}{Packets(port.RxPackets),9}{Packets(port.TxPackets),9}";

    /// <summary>Rates by name, those of which there ever was one; or that there are none.</summary>
    public static string Join(IEnumerable<NamedRate> rates)
    {
        string text = string.Join("  ", rates.Where(rate => rate.Total > 0)
            .OrderByDescending(rate => rate.Rate).Select(rate => $"{rate.Name} {Quantity.Of(rate.Rate)}"));
        return text.Length > 0 ? text : "none";
    }

    private static string Packets(double? rate) => rate is { } known ? Quantity.Of(known) : "?";

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";
}
