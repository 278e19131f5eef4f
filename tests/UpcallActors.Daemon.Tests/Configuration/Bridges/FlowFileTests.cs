using System.Text.Json;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Daemon.Terminal;
using UpcallActors.Daemon.Tests.Live;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Tests.Configuration.Bridges;

/// <summary>The file of flows that a bridge begins with: what is done with lines that are refused, and names in it.</summary>
public sealed class FlowFileTests : IDisposable
{
    private const string Skipping = """
        upcall-actors.bridges.br0 {
          flows = "flows.of"
          flows-on-error = skip
          ports { "p1" { number = 1, type = system }, "eth0.5" { number = 2, type = system } }
        }
        """;

    private const string Flows = """
        priority=9,in_port=1,actions=outptu:2
        priority=8,in_port=1,actions=2
        priority=7,actions=ct(commit)
        check_overlap,priority=8,tcp,actions=drop
        table=254,actions=drop
        priority=6,actions=note:05
        """;

    private readonly ConfigurationFolder _folder = new();
    private readonly string _flows;
    private readonly string[] _refused;

    public FlowFileTests()
    {
        _flows = _folder.Write("flows.of", Flows);
        _refused =
        [
            $"{_flows}:1:30: unknown action 'outptu'",
            $"{_flows}:3:20: ct needs ip or ipv6 in the match (OFPBAC_MATCH_INCONSISTENT)",
            $"{_flows}:4:1: check_overlap: a packet can match 'tcp' and 'in_port=1', both of priority 8 (OFPFMFC_OVERLAP)",
            $"{_flows}:5:1: table 254 is the switch's own (OFPBRC_EPERM)",
            $"{_flows}:6:20: unknown action 'note'",
        ];
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("flows-on-error = refuse")]
    public void A_line_that_is_refused_is_a_problem_unless_told_otherwise(string said)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder
            .Read(Skipping.Replace("flows-on-error = skip", said, StringComparison.Ordinal));
        options.ShouldBeNull();
        problems.Select(problem => problem.ToString()).ShouldBe(_refused);
    }

    [Fact]
    public void Lines_that_are_refused_are_left_out_on_demand_and_each_is_known_with_its_reason()
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(Skipping);
        problems.ShouldBeEmpty();
        BridgeOptions bridge = options!.Bridges.Single();
        bridge.Configuration.Flows.Changes.Select(flow => flow.Match.ToString()).ShouldBe(["in_port=1"]);
        bridge.SkippedFlows.Select(problem => problem.ToString()).ShouldBe(_refused);
    }

    [Fact]
    public async Task A_check_names_the_lines_that_are_left_out()
    {
        string file = _folder.Write("a.conf", Skipping);
        (int code, string output) = await RunAsync("config", "--check", file);
        code.ShouldBe(0);
        output.ShouldBe(string.Concat(_refused.Select(line => $"flow left out: {line}\n")) + $"{file}: no problems, 5 flows left out\n");
        (code, output) = await RunAsync("config", "--check", file, "--json");
        code.ShouldBe(0);
        using var document = JsonDocument.Parse(output);
        document.RootElement.GetProperty("valid").GetBoolean().ShouldBeTrue();
        document.RootElement.GetProperty("skippedFlows").EnumerateArray()
            .Select(flow => flow.GetProperty("line").GetInt32()).ShouldBe([1, 3, 4, 5, 6]);
    }

    [Fact]
    public async Task A_reload_and_the_log_name_the_lines_that_are_left_out()
    {
        var log = new LogLines();
        string file = _folder.Write("a.conf", Skipping);
        using RunningConfiguration running = RunningConfiguration.Read([file]).Configuration!;
        log.TellSkippedFlows(running.Options);
        string[] warnings = [.. _refused.Select(line => $"Warning: Flow left out: {line}")];
        log.All.ShouldBe(warnings);
        running.Attach();
        ReloadReport report = await running.ReloadAsync(log);
        report.IsGood.ShouldBeTrue();
        report.ToString().ShouldBe("nothing has changed\n" + string.Concat(_refused.Select(line => $"flow left out: {line}\n")));
        log.All.Count(line => warnings.Contains(line)).ShouldBe(2 * warnings.Length);
    }

    [Fact]
    public void A_reload_adds_a_flow_that_wants_no_other_beside_it_where_the_flow_that_is_gone_was()
    {
        var tables = new FlowTables();
        FlowChange[] before = Read("priority=8,in_port=1,actions=2", "priority=8,in_port=2,actions=2");
        FlowChange[] after = Read(
            "check_overlap,priority=8,tcp,actions=1", "priority=8,in_port=2,actions=2", "send_flow_rem,importance=4,in_port=3,actions=2");
        tables.Apply(before);
        tables.Apply(FlowDifference.Between(before, after));
        tables.GetRules().Select(rule => rule.ToString()).ShouldBe(
            [
                "check_overlap priority=8,tcp actions=output:1", "priority=8,in_port=2 actions=output:2",
                "send_flow_rem importance=4, in_port=3 actions=output:2",
            ],
            ignoreOrder: true);
        FlowDifference.Between(after, [.. after[..2], FlowSyntax.ParseFlow("in_port=3,actions=2")])
            .ShouldHaveSingleItem().Flags.ShouldBe(FlowFlags.None);
    }

    [Fact]
    public void Ports_and_tables_go_by_name()
    {
        _folder.Write("flows.of", """
            table=classifier, in_port=p1 actions=output:"eth0.5",resubmit(,acl)
            table=acl,in_port="eth0.5",ip,actions=p1,ct(table=nat),goto_table:nat
            """);
        BridgeOptions bridge = _folder
            .Read(Skipping.Replace(
                "flows-on-error = skip", "tables { classifier = 0, acl = 5, nat = 9 }", StringComparison.Ordinal)).Options!.Bridges
            .Single();
        bridge.Configuration.Flows.Changes.Select(flow => (flow.Table, flow.Match.ToString(), flow.Actions!.ToString())).ShouldBe(
            [((byte)0, "in_port=1", "output:2,resubmit(,5)"), ((byte)5, "ip,in_port=2", "output:1,ct(table=9),goto_table:9")]);
    }

    [Fact]
    public void A_table_has_a_limit_and_groups_of_flows_besides_its_name()
    {
        _folder.Write("flows.of", "table=acl,actions=resubmit(,nat)\n");
        const string Tables = """
            tables {
              acl { number = 5, flow-limit = 1000, overflow-policy = evict, groups = ["NXM_OF_IN_PORT[]", "reg0[0..15]"] }
              nat { number = 6 }
              out = 7
            }
            """;
        BridgeConfiguration bridge = _folder.Read(Skipping.Replace("flows-on-error = skip", Tables, StringComparison.Ordinal))
            .Options!.Bridges.Single().Configuration;
        bridge.TableNames.ShouldBe(new ValueMap<byte>([new("acl", 5), new("nat", 6), new("out", 7)]));
        TableConfiguration acl = bridge.Tables.ShouldHaveSingleItem();
        (acl.Number, acl.FlowLimit, acl.Evicts).ShouldBe(((byte)5, 1000, true));
        acl.Groups.Select(group => group.ToString()).ShouldBe(["NXM_OF_IN_PORT[]", "NXM_NX_REG0[0..15]"]);
        bridge.Flows.Changes.ShouldHaveSingleItem().Actions!.ToString().ShouldBe("resubmit(,6)");
    }

    [Theory]
    [InlineData("tables { acl = 5, nat = 5 }", "table 5 has another name already")]
    [InlineData("tables { acl = 254 }", "acl must be from 0 to 253, not 254")]
    [InlineData("tables { acl { flow-limit = 5 } }", "number is missing in acl")]
    [InlineData("tables { acl { number = 5, flow-limit = -1 } }", "flow-limit must be from 0 to 2147483647, not -1")]
    [InlineData("tables { acl { number = 5, overflow-policy = drop } }", "overflow-policy must be refuse or evict, not \"drop\"")]
    [InlineData("tables { acl { number = 5, groups = [reg0] } }", "groups is for overflow-policy = evict")]
    [InlineData("tables { acl { number = 5, overflow-policy = evict, groups = [regx] } }", "groups: \"regx\": unknown field 'regx'")]
    [InlineData(
        "tables { acl { number = 5, overflow-policy = evict, groups = [\"reg0[1]x\"] } }",
        "groups: \"reg0[1]x\": nothing comes behind a field")]
    [InlineData("tables { acl { number = 5, limit = 4 } }", "unknown key limit in acl")]
    [InlineData("tables { 5 = 5 }", "\"5\" cannot be the name of a table: it would be read as a number")]
    [InlineData("flows-on-error = ignore", "flows-on-error must be refuse or skip, not \"ignore\"")]
    public void What_is_said_of_flows_must_make_sense(string said, string problem)
    {
        _folder.Write("flows.of", "actions=drop\n");
        _folder.Problems(Skipping.Replace("flows-on-error = skip", said, StringComparison.Ordinal))
            .ShouldHaveSingleItem().ShouldEndWith(problem);
    }

    private static FlowChange[] Read(params string[] flows) => [.. FlowSyntax.ParseFile(string.Join('\n', flows)).Changes];

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = await CommandLine.RunAsync(arguments, output, errors);
        errors.ToString().ShouldBeEmpty();
        return (code, output.ToString());
    }
}
