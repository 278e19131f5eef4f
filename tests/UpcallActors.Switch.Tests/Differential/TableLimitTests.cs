using System.Globalization;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// What the database's table Flow_Table says of a bridge's table, to the real <c>ovs-vswitchd</c> and in a configuration of ours: the same
/// flows are refused, and the same go.
/// </summary>
public sealed class TableLimitTests
{
    private const int Steps = 80;

    private static readonly string[][] _dumps =
    [
        ["-O", "OpenFlow15", "--no-stats", "dump-flows", "BRIDGE"], ["-O", "OpenFlow14", "dump-table-desc", "BRIDGE"],
        ["-O", "OpenFlow10", "dump-tables", "BRIDGE"],
    ];

    [RealSwitchTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_full_table_refuses_and_evicts_the_same_flows_whatever_is_said_of_it(int seed)
    {
        using RealSwitch real = await StartRealAsync();
        await using ServedSwitch served = await ServedSwitch.StartAsync(Ours(new TableConfiguration(1)));
        var script = new ScriptOfLimits(seed);
        for (int i = 0; i < Steps; i++)
        {
            if (script.Next() is { } call)
            {
                await CompareAsync(real, served, call);
            }
            else
            {
                (int? limit, bool evicts) = script.NextLimit();
                await ConfigureAsync(real, limit, $"overflow_policy={(evicts ? "evict" : "refuse")}");
                await ApplyAsync(served, new TableConfiguration(1) { FlowLimit = limit, Evicts = evicts });
            }

            await CompareAsync(real, served, _dumps[i % _dumps.Length]);
        }

        foreach (string[] dump in _dumps)
            await CompareAsync(real, served, dump);
        Assert.Equal(await MostEntriesAsync(real.Socket), await MostEntriesAsync(served.Socket));
    }

    [RealSwitchFact]
    public async Task Of_groups_the_largest_gives_first_and_other_fields_make_other_groups()
    {
        using RealSwitch real = await StartRealAsync();
        await using ServedSwitch served = await ServedSwitch.StartAsync(Ours(new TableConfiguration(1)));
        await ConfigureAsync(real, 7, "overflow_policy=evict", "groups=[\"NXM_OF_IN_PORT[]\"]");
        await ApplyAsync(
            served, new TableConfiguration(1) { FlowLimit = 7, Evicts = true, Groups = [SubField.Parse("NXM_OF_IN_PORT[]")] });
        // Port 1 has five, of which those go that matter least, until it has as many as port 2 would have with one more.
        foreach (int flow in Enumerable.Range(1, 5))
            await AddAsync(flow, port: 1, destination: 10 + flow % 2);
        await AddAsync(6, port: 2, destination: 10);
        await AddAsync(7, port: 2, destination: 10);
        await AddAsync(8, port: 3, destination: 11);
        await AddAsync(9, port: 3, destination: 11);

        // By the last bit of what each goes to: three, or four, go to even ones.
        await ConfigureAsync(real, 7, "overflow_policy=evict", "groups=[\"NXM_OF_UDP_DST[0..1]\"]");
        await ApplyAsync(
            served, new TableConfiguration(1) { FlowLimit = 7, Evicts = true, Groups = [SubField.Parse("NXM_OF_UDP_DST[0..1]")] });
        await AddAsync(20, port: 1, destination: 10);
        await AddAsync(21, port: 2, destination: 10);
        await AddAsync(22, port: 3, destination: 14);
        await AddAsync(23, port: 3, destination: 18);

        async Task AddAsync(int flow, int port, int destination)
        {
            string text = $"table=1,importance={flow % 3},hard_timeout={1000 + 20 * flow},in_port={port},udp,"
                + $"tp_src={flow},tp_dst={destination},actions=drop";
            await CompareAsync(real, served, ["-O", "OpenFlow15", "add-flow", "BRIDGE", text]);
            await CompareAsync(real, served, _dumps[0]);
        }
    }

    [Fact]
    public async Task Flows_of_the_configuration_come_in_though_the_table_is_full_and_those_with_a_timeout_may_go_for_others()
    {
        BridgeConfiguration wanted = Ours(new TableConfiguration(1) { FlowLimit = 1 }) with
        {
            Flows = Configurations.Flows("table=1,in_port=1,actions=2\ntable=1,in_port=2,actions=1"),
        };
        await using ServedSwitch served = await ServedSwitch.StartAsync(wanted);
        Assert.Equal(2, RulesOf(served));
        (int code, _, _) = await Ofctl.RunAsync(["add-flow", $"unix:{served.Socket}", "table=1,in_port=3,actions=1"]);
        Assert.NotEqual(0, code);
        FlowList more = Configurations.Flows(
            "table=1,in_port=1,actions=2\ntable=1,in_port=2,actions=1\ntable=1,hard_timeout=900,in_port=3,actions=1");
        await ApplyAsync(served, wanted with { Flows = more });
        Assert.Equal(3, RulesOf(served));
        await ApplyAsync(served, wanted with { Flows = more, Tables = [new TableConfiguration(1) { FlowLimit = 1, Evicts = true }] });
        Assert.Equal(2, RulesOf(served));
    }

    private static int RulesOf(ServedSwitch served) => served.Running.Translators.Bridges[0].Tables.GetUse(1).Rules;

    private static BridgeConfiguration Ours(TableConfiguration table) =>
        ServedSwitch.Bridge with { TableNames = new ValueMap<byte>([new("acl", 1)]), Tables = [table] };

    private static Task ApplyAsync(ServedSwitch served, TableConfiguration table) => ApplyAsync(served, Ours(table));

    private static Task ApplyAsync(ServedSwitch served, BridgeConfiguration bridge) =>
        served.Running.ApplyAsync(new SwitchConfiguration { Bridges = [bridge] });

    private static async Task<RealSwitch> StartRealAsync()
    {
        RealSwitch real = await RealSwitch.StartAsync();
        await real.ConfigureAsync("set", "Bridge", "br0", "flow_tables:1=@acl", "--", "--id=@acl", "create", "Flow_Table", "name=acl");
        return real;
    }

    private static async Task ConfigureAsync(RealSwitch real, int? limit, params string[] columns)
    {
        string[] change = limit is { } most ? ["set", "Flow_Table", "acl", $"flow_limit={most.ToString(CultureInfo.InvariantCulture)}"]
            : ["clear", "Flow_Table", "acl", "flow_limit"];
        await real.ConfigureAsync([.. change, "--", "set", "Flow_Table", "acl", .. columns]);
    }

    private static async Task<string[]> MostEntriesAsync(string socket)
    {
        string[] call = ["-O", "OpenFlow13", "dump-table-features", "BRIDGE"];
        string[] lines = (await Ofctl.AnswerOfAsync(call, socket)).Split('\n');
        return [.. lines.Where(line => line.Contains("max_entries", StringComparison.Ordinal))];
    }

    private static async Task CompareAsync(RealSwitch real, ServedSwitch served, string[] call)
    {
        string what = string.Join(' ', call);
        string expected = await Ofctl.AnswerOfAsync(call, real.Socket);
        Assert.Equal($"{what}\n{expected}", $"{what}\n{await Ofctl.AnswerOfAsync(call, served.Socket)}");
    }
}
