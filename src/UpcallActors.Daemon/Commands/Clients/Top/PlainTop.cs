using System.Globalization;

namespace UpcallActors.Daemon.Commands.Clients.Top;

/// <summary>Samples as blocks of text, for what is no terminal.</summary>
internal static class PlainTop
{
    /// <summary>Ports that are shown.</summary>
    public const int MostPorts = 10;

    /// <summary>Writes a block.</summary>
    public static void Write(TopSample sample, TextWriter output)
    {
        output.Write($"{Title(sample)}\n{Summary(sample)}\n");
        output.Write($"{"lane",-12}{"received/s",11}{"translated/s",13}{"executed/s",11}{"puts/s",9}{"lost/s",9}{"credits",10}\n");
        foreach (LaneRates lane in sample.Lanes)
        {
            output.Write(string.Create(CultureInfo.InvariantCulture,
                $"{lane.Lane,-12}{Quantity.Of(lane.Received),11}{Quantity.Of(lane.Translated),13}{Quantity.Of(lane.Executed),11}{Quantity.Of(lane.FlowPuts),9}{Quantity.Of(lane.Lost),9}{$"{lane.CreditsInUse}/{lane.Credits}",10}\n"));
        }

        output.Write($"classes/s   {Join(sample.Classes)}\n");
        output.Write($"losses/s    {Join(sample.Losses)}\n");
        output.Write($"{"port",-16}{"upcalls/s",11}{"shed/s",9}{"rx/s",9}{"tx/s",9}\n");
        foreach (PortRates port in sample.Ports.Take(MostPorts))
            output.Write($"{port.Port,-16}{Quantity.Of(port.Upcalls),11}{Quantity.Of(port.Shed),9}{Packets(port.RxPackets),9}{Packets(port.TxPackets),9}\n");
        output.Write("\n");
    }

    /// <summary>Which daemon, and when.</summary>
    public static string Title(TopSample sample) =>
        $"{sample.Time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}  {sample.Daemon}, {sample.Datapath}{(sample.NotReadyBecause is { } reason ? $", NOT READY: {reason}" : "")}";

    /// <summary>Flows, hits, latency, MRU.</summary>
    public static string Summary(TopSample sample)
    {
        string flows = sample.Flows is { } count ? count.ToString(CultureInfo.InvariantCulture) : "?";
        string limit = sample.FlowLimit is { } most ? $" of {most}" : "";
        return $"latency p50 {Quantity.Latency(sample.P50Seconds)}  p99 {Quantity.Latency(sample.P99Seconds)}   flows {flows}{limit}   hits/s {Packets(sample.Hits)}   largest MRU {sample.LargestMru}";
    }

    /// <summary>A rate that may not be known.</summary>
    public static string Packets(double? rate) => rate is { } known ? Quantity.Of(known) : "?";

    private static string Join(IEnumerable<NamedRate> rates)
    {
        string text = string.Join("  ", rates.Where(rate => rate.Total > 0).Select(rate => $"{rate.Name} {Quantity.Of(rate.Rate)}"));
        return text.Length > 0 ? text : "none";
    }
}
