using System.Text.Json;
using PacketDotNet;
using UpcallActors.Packets;
using UpcallActors.Odp.Text;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>The command line beside a switch that works: what it shows is what the packets really met.</summary>
public sealed class WatchingTests
{
    private const int Size = 3200;
    private const int PcapHeader = 24;

    [SwitchTheory]
    [EveryDatapath]
    public async Task A_pings_upcalls_are_shown_with_their_MRU_and_a_trace_explains_what_was_done_with_each(DatapathKind datapath)
    {
        await using FragmentationScenario scenario = await FragmentationScenario.StartAsync("ipv4-fragmentation", datapath);
        string capture = Path.Combine(scenario.Lab.Folder, "upcalls.pcap");
        await using BackgroundProcess monitor = scenario.Lab.Switch.Start(
            [.. DaemonProgram.Command, "monitor", "--json", "ip", "--write", capture, "--target", scenario.Lab.Folder]);
        // The file's header is written out when the first reading has come back: from then on all is seen.
        await Eventually.HoldsAsync(() => File.Exists(capture) && new FileInfo(capture).Length >= PcapHeader,
            () => $"monitor does not watch:\n{monitor.Output}");
        await scenario.PingAsync(Size);
        await monitor.HasPrintedAsync("\"mru\":1500");
        await monitor.SignalAsync("INT");
        (await monitor.ExitAsync()).ShouldBe(0, monitor.Output);

        JsonElement[] upcalls = [.. monitor.Output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        upcalls.ShouldAllBe(upcall => upcall.GetProperty("class").GetString() == "miss" && upcall.GetProperty("errno").GetInt32() == 0);
        await ExplainAsync(scenario, upcalls);
        HasReassembledReply(capture, upcalls.Length);
    }

    /// <summary>The trace of each upcall's key ends in the actions that were executed.</summary>
    private static async Task ExplainAsync(FragmentationScenario scenario, JsonElement[] upcalls)
    {
        OdpPortNames names = await PortsAsync(scenario);
        foreach (JsonElement upcall in upcalls)
        {
            string key = upcall.GetProperty("key").GetString()!;
            string trace = await scenario.Switch.AppctlAsync("ofproto/trace", key, "--ct-next", "trk,est,rpl");
            const string Actions = "\nDatapath actions: ";
            int at = trace.IndexOf(Actions, StringComparison.Ordinal) + Actions.Length;
            string explained = trace[at..trace.IndexOf('\n', at)];
            ActionText.Parse(explained, names).ShouldBe(ActionText.Parse(upcall.GetProperty("actions").GetString()!, names),
                $"{key}\n{trace}");
            if (upcall.GetProperty("mru").GetInt32() != 0)
                trace.ShouldContain("Resuming from table 0\n 0. ct_state=-new+est+trk,icmp,in_port=2, priority 100\n    output:1\n");
        }
    }

    private static void HasReassembledReply(string capture, int count)
    {
        CaptureReader.TryOpen(File.ReadAllBytes(capture), out CaptureReader? reader).ShouldBe(PcapError.None);
        var payloads = new List<int>();
        while (reader!.TryReadNext(out PcapRecord record) == PcapError.None)
        {
            IPv4Packet packet = Packet.ParsePacket(LinkLayers.Ethernet, record.Data.ToArray()).Extract<IPv4Packet>();
            if (packet.Protocol == ProtocolType.Icmp)
                payloads.Add(packet.TotalLength - (4 * packet.HeaderLength));
        }

        payloads.Count.ShouldBe(count);
        const int EchoHeader = 8;
        payloads.ShouldContain(Size + EchoHeader);
    }

    private static async Task<OdpPortNames> PortsAsync(FragmentationScenario scenario)
    {
        // "  port 2: ovs-p0"
        string[] lines = [.. (await scenario.Switch.AppctlAsync("dpctl/show")).Split('\n').Select(line => line.Trim())
            .Where(line => line.StartsWith("port ", StringComparison.Ordinal))];
        return new OdpPortNames(lines.Select(line => line.Split(' '))
            .Select(words => KeyValuePair.Create(uint.Parse(words[1].TrimEnd(':'), null), words[2])));
    }
}
