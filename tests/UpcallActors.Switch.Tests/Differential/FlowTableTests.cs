namespace UpcallActors.Switch.Tests;

/// <summary>
/// Flows in the style of real deployments to the real <c>ovs-vswitchd</c> and to a bridge of ours by <c>ovs-ofctl</c>: each
/// line has the same answer, all that is dumped is the same, and packets fare the same.
/// </summary>
public sealed class FlowTableTests
{
    private const int Packets = 150;

    [RealSwitchTheory]
    [InlineData("firewall", "OpenFlow10")]
    [InlineData("firewall", "OpenFlow14")]
    [InlineData("services", "OpenFlow13")]
    [InlineData("copies", "OpenFlow13")]
    [InlineData("router", "OpenFlow13")]
    [InlineData("router", "OpenFlow15")]
    [InlineData("faults", "OpenFlow11")]
    [InlineData("faults", "OpenFlow13")]
    [InlineData("faults", "OpenFlow15")]
    public Task A_table_has_the_same_answers_dumps_and_packets(string name, string version) =>
        CompareAsync(TableOfFlows.Read(name), version);

    [MoreTablesFact]
    public async Task Tables_of_the_folder_that_is_named_have_the_same_too()
    {
        Assert.NotEmpty(TableOfFlows.MorePaths);
        foreach (string path in TableOfFlows.MorePaths)
        {
            foreach (string version in (string[])["OpenFlow13", "OpenFlow15"])
                await CompareAsync(TableOfFlows.ReadFile(path), version);
        }
    }

    private static async Task CompareAsync(TableOfFlows table, string version)
    {
        string[] flows = [.. table.Flows.Where(WaitingFlows.Takes)];
        var differences = new List<string>();
        await using PairOfSwitches pair = await PairOfSwitches.StartAsync(table.Ports);
        foreach (string[] command in table.Setup)
            await CallAsync("-O", "OpenFlow15", command[0], "BRIDGE", command[1]);
        foreach (string flow in flows)
            await CallAsync("-O", version, "add-flow", "BRIDGE", flow);
        await CompareDumpsAsync();
        await CallAsync("-O", version, "del-flows", "BRIDGE");
        string file = pair.FileOf(string.Join('\n', flows));
        await CallAsync("-O", version, "add-flows", "BRIDGE", file);
        await CallAsync("-O", "OpenFlow14", "--bundle", "add-flows", "BRIDGE", file);
        await CompareDumpsAsync();
        var packets = new PacketsForFlows(table, seed: 1);
        for (int i = 0; i < Packets; i++)
        {
            string packet = packets.Next();
            Add(packet, await pair.TraceAsync(packet));
        }

        Assert.True(differences.Count == 0, $"{table.Name}\n" + string.Join("\n\n", differences));

        async Task CompareDumpsAsync()
        {
            foreach (string dump in (string[])["dump-flows", "dump-groups", "dump-meters"])
            {
                foreach (string one in (string[])["OpenFlow10", version, "OpenFlow15"])
                    await CallAsync("-O", one, "--no-stats", dump, "BRIDGE");
            }
        }

        async Task CallAsync(params string[] call) => Add(string.Join(' ', call), await pair.CallAsync(call));

        void Add(string what, (string Real, string Ours) said)
        {
            if (said.Real != said.Ours)
                differences.Add($"{what}\n--- ovs-vswitchd\n{said.Real}\n--- ours\n{said.Ours}");
        }
    }

    [RealSwitchFact]
    public async Task What_flows_wait_for_is_not_there_yet()
    {
        await using PairOfSwitches pair = await PairOfSwitches.StartAsync([("p1", 1), ("p2", 2)]);
        await pair.CallAsync("add-tlv-map", "BRIDGE", "{class=0x102,type=0x80,len=4}->tun_metadata0");
        foreach (WaitingFlows.Waiting waiting in WaitingFlows.All)
        {
            Assert.Matches(waiting.Pattern, waiting.Flow);
            (string real, string ours) = await pair.CallAsync("-O", "OpenFlow13", "add-flow", "BRIDGE", waiting.Flow);
            Assert.True(real.StartsWith("exit 0", StringComparison.Ordinal), $"{waiting.Name} is refused by ovs-vswitchd: {real}");
            Assert.False(ours.StartsWith("exit 0", StringComparison.Ordinal), $"{waiting.Name} waits no longer: take it from the list");
        }
    }
}

/// <summary>A fact about tables outside this repository, skipped where no folder of them is named.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MoreTablesFactAttribute : FactAttribute
{
    public MoreTablesFactAttribute() =>
        Skip = TableOfFlows.MorePaths.Length == 0 ? "UPCALL_TABLES names no folder with tables" : RealSwitch.Obstacle;
}
