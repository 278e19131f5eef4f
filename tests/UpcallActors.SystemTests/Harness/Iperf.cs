using System.Globalization;
using System.Text.Json;

namespace UpcallActors.SystemTests.Harness;

/// <summary>What <c>iperf3</c> measured at the end of a run.</summary>
/// <param name="SentBytes">Bytes that the sender sent.</param>
/// <param name="ReceivedBytes">Bytes that the receiver received.</param>
/// <param name="Retransmits">TCP segments sent again; 0 of UDP.</param>
/// <param name="Packets">UDP packets that the sender sent; 0 of TCP.</param>
/// <param name="LostPackets">UDP packets that did not arrive; 0 of TCP.</param>
internal sealed record Iperf(long SentBytes, long ReceivedBytes, long Retransmits, long Packets, long LostPackets)
{
    /// <summary>Runs one transfer between two stations.</summary>
    public static async Task<Iperf> RunAsync(Lab lab, LabHost client, LabHost server, string address, params string[] options)
    {
        BackgroundProcess listening = lab.Own(server.Start(["iperf3", "--server", "--one-off", "--forceflush"]));
        await listening.HasPrintedAsync("Server listening");
        string json = await client.RunAsync(["iperf3", "--client", address, "--json", .. options]);
        await listening.ExitAsync();
        using JsonDocument report = JsonDocument.Parse(json);
        JsonElement end = report.RootElement.GetProperty("end");
        if (end.TryGetProperty("sum", out JsonElement udp))
            return new Iperf(Number(udp, "bytes"), 0, 0, Number(udp, "packets"), Number(udp, "lost_packets"));
        JsonElement sent = end.GetProperty("sum_sent");
        return new Iperf(Number(sent, "bytes"), Number(end.GetProperty("sum_received"), "bytes"), Number(sent, "retransmits"), 0, 0);
    }

    private static long Number(JsonElement element, string name) =>
        Convert.ToInt64(element.GetProperty(name).GetDouble(), CultureInfo.InvariantCulture);
}
