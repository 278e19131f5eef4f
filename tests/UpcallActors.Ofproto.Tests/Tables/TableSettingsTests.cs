using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public sealed class TableSettingsTests : IRuleObserver
{
    private static readonly TableSettings _evicting = new() { FlowLimit = 2, EvictsForMessage = true };

    private readonly ManualTime _time = new();
    private readonly FlowTables _tables;
    private readonly List<string> _told = [];

    public TableSettingsTests() => _tables = new FlowTables(_time) { Observer = this };

    [Fact]
    public void A_full_table_takes_flows_in_the_place_of_others_only()
    {
        Set(0, new TableSettings { FlowLimit = 2 });
        Make("idle_timeout=5,in_port=1,actions=1").ShouldBeNull();
        Make("idle_timeout=5,in_port=2,actions=1").ShouldBeNull();
        Make("in_port=3,actions=1").ShouldBe(FlowModFailed.TableFull);
        Make("modify in_port=3,actions=1").ShouldBe(FlowModFailed.TableFull);
        Make("in_port=2,actions=2").ShouldBeNull();
        Make("table=1,in_port=3,actions=1").ShouldBeNull();
        Make("delete in_port=1").ShouldBeNull();
        Make("in_port=3,actions=1").ShouldBeNull();
        _tables.GetUse(0).Rules.ShouldBe(2);
    }

    [Fact]
    public void The_least_important_flow_with_a_timeout_makes_room_and_of_equals_the_one_that_expires_soonest()
    {
        Set(0, _evicting with { FlowLimit = 4 });
        Make("importance=0,in_port=1,actions=1");
        Make("importance=5,idle_timeout=5,in_port=2,actions=1");
        Make("importance=1,hard_timeout=90,in_port=3,actions=1");
        Make("importance=1,idle_timeout=80,in_port=4,actions=1");
        _told.Clear();
        // A packet puts off when the last one expires.
        _time.Advance(TimeSpan.FromSeconds(30));
        _tables.GetRules().Single(rule => rule.Match.ToValue().InPort == 4).Counters.Use(_tables.Time);
        Make("importance=3,hard_timeout=9,in_port=5,actions=1").ShouldBeNull();
        Make("in_port=6,actions=1").ShouldBeNull();
        Make("in_port=7,actions=1").ShouldBeNull();
        Make("in_port=8,actions=1").ShouldBeNull();
        Make("in_port=9,actions=1").ShouldBe(FlowModFailed.TableFull);
        _told.Where(line => line.StartsWith("Evicted", StringComparison.Ordinal))
            .ShouldBe(["Evicted 3", "Evicted 4", "Evicted 5", "Evicted 2"]);
    }

    [Fact]
    public void The_largest_group_gives_first()
    {
        ImmutableArray<SubField> ports = [new SubField(MatchFields.Get("in_port"))];
        Set(0, new TableSettings { FlowLimit = 5, EvictsForConfiguration = true, EvictionFields = ports });
        Make("importance=1,hard_timeout=9,in_port=1,actions=1");
        foreach (int port in (int[])[1, 2])
        {
            Make($"importance=2,hard_timeout=9,in_port={port},udp,tp_dst=1,actions=1");
            Make($"importance=3,hard_timeout=9,in_port={port},udp,tp_dst=2,actions=1");
        }

        _told.Clear();
        // Three of port 1 and two of port 2; then two and two, of which either may give.
        Make("hard_timeout=9,in_port=2,udp,tp_dst=3,actions=1").ShouldBeNull();
        Make("hard_timeout=9,in_port=2,udp,tp_dst=4,actions=1").ShouldBeNull();
        _told.ShouldBe(["Evicted 1", "Added 2", "Evicted 2", "Added 2"]);
    }

    [Fact]
    public void A_limit_that_is_lowered_evicts_what_is_too_much_if_it_may()
    {
        for (int port = 1; port <= 5; port++)
            Make($"hard_timeout={port},in_port={port},actions=1");
        _told.Clear();
        Set(0, new TableSettings { FlowLimit = 2 });
        _told.ShouldBeEmpty();
        Set(0, _evicting);
        _told.ShouldBe(["Evicted 1", "Evicted 2", "Evicted 3"]);
    }

    [Fact]
    public void Settings_and_evictions_that_are_not_committed_are_undone()
    {
        Set(0, _evicting);
        Make("importance=1,hard_timeout=9,in_port=1,actions=1");
        Make("importance=2,hard_timeout=9,in_port=2,actions=1");
        using (TableTransaction transaction = _tables.Begin(default))
        {
            transaction.Make(FlowSyntax.ParseFlow("hard_timeout=9,in_port=3,actions=1")).ShouldBeNull();
            transaction.Set(0, _evicting with { FlowLimit = 1, Miss = TableMiss.Continue });
            transaction.AskControllers(true);
            _tables.GetUse(0).Rules.ShouldBe(1);
        }

        _tables.GetSettings(0).ShouldBe(_evicting);
        _tables.MissIn(0).ShouldBe(TableMiss.Drop);
        _tables.GetRules().Length.ShouldBe(2);
        _told.Clear();
        Make("hard_timeout=9,in_port=3,actions=1").ShouldBeNull();
        _told.ShouldBe(["Evicted 1", "Added 3"]);
    }

    [Fact]
    public void Vacancy_is_told_when_it_crosses_the_threshold_that_is_watched()
    {
        Set(0, new TableSettings { FlowLimit = 4, Vacancy = new VacancyThresholds(Down: 30, Up: 60) });
        for (int port = 1; port <= 4; port++)
            Make($"in_port={port},actions=1");
        Make("delete in_port=1");
        Make("delete in_port=2");
        _told.Where(line => line.StartsWith("vacancy", StringComparison.Ordinal)).ShouldBe(["vacancy 0 Down"]);
        Make("delete in_port=3");
        _told[^1].ShouldBe("vacancy 0 Up");
        Make("in_port=5,actions=1");
        _told[^1].ShouldBe("Added 5");
    }

    [Fact]
    public void A_packet_without_a_flow_goes_where_the_table_says()
    {
        var bridge = new TestSwitch("table=2,in_port=1,actions=2\ntable=9,actions=resubmit(,8)");
        FlowTables tables = bridge.Tables;
        bridge.Translate(Packets.Tcp()).Text.ShouldBe("drop");
        Set(tables, 0, new TableSettings { Miss = TableMiss.Continue });
        bridge.Translate(Packets.Tcp()).Text.ShouldBe("drop");
        Set(tables, 1, new TableSettings { Miss = TableMiss.Continue });
        bridge.Translate(Packets.Tcp()).Text.ShouldBe("102");
        Set(tables, 1, new TableSettings { Miss = TableMiss.Controller });
        bridge.Translate(Packets.Tcp()).Translation.ControllerPackets.ShouldBe(1);
        (tables.Own.Dropped.Counters.Packets, tables.Own.Missed.Counters.Packets).ShouldBe((2UL, 1UL));

        // A resubmit asks no table what becomes of it.
        Set(tables, 0, new TableSettings());
        Set(tables, 8, new TableSettings { Miss = TableMiss.Controller });
        bridge.Add("actions=resubmit(,8)");
        bridge.Translate(Packets.Tcp()).Text.ShouldBe("drop");
        bridge.Add("actions=goto_table:8");
        bridge.Translate(Packets.Tcp()).Translation.ControllerPackets.ShouldBe(1);
    }

    [Fact]
    public void Controllers_of_old_versions_are_asked_where_no_table_says_otherwise()
    {
        var bridge = new TestSwitch("table=3,actions=2");
        Set(bridge.Tables, 0, new TableSettings { Miss = TableMiss.Drop });
        using (TableTransaction transaction = bridge.Tables.Begin(default))
        {
            transaction.AskControllers(true);
            transaction.Commit();
        }

        bridge.Translate(Packets.Tcp()).Text.ShouldBe("drop");
        Set(bridge.Tables, 0, new TableSettings());
        bridge.Translate(Packets.Tcp()).Translation.ControllerPackets.ShouldBe(1);
    }

    [Fact]
    public void The_last_table_that_says_to_continue_asks_the_controllers()
    {
        var bridge = new TestSwitch("actions=goto_table:253");
        Set(bridge.Tables, 253, new TableSettings { Miss = TableMiss.Continue });
        bridge.Translate(Packets.Tcp()).Translation.ControllerPackets.ShouldBe(1);
    }

    [Fact]
    public void A_flow_that_went_by_a_tables_miss_is_not_installed_once_the_table_says_otherwise()
    {
        var bridge = new TestSwitch("");
        Odp.Translation translation = bridge.Translate(Packets.Tcp()).Translation;
        bridge.Factory.IsCurrent(translation).ShouldBeTrue();
        Set(bridge.Tables, 0, new TableSettings { Miss = TableMiss.Controller });
        bridge.Factory.IsCurrent(translation).ShouldBeFalse();
    }

    [Fact]
    public void Packets_are_counted_in_each_table_that_they_are_looked_up_in()
    {
        var bridge = new TestSwitch("in_port=1,actions=resubmit(,1),resubmit(,1),resubmit(,2)\ntable=1,actions=drop");
        bridge.Translate(Packets.Tcp());
        bridge.Factory.Create(3).Retranslate(Packets.Tcp(), new Odp.FlowCredit(4, 400), new byte[500], ref _mask);
        bridge.Retranslate(Packets.Tcp() with { DatapathPort = 102 }, new Odp.FlowCredit(9, 900));
        bridge.Retranslate(Packets.Tcp(), default);
        bridge.Tables.GetUse(0).ShouldBe(new TableUse(1, 14, 5));
        bridge.Tables.GetUse(1).ShouldBe(new TableUse(1, 10, 10));
        bridge.Tables.GetUse(2).ShouldBe(new TableUse(0, 5, 0));
    }

    [Fact]
    public void Groups_keep_their_order_when_most_of_their_rules_have_gone_otherwise()
    {
        Set(0, _evicting with { FlowLimit = 500 });
        for (int i = 0; i < 500; i++)
            Make($"importance={i + 1},hard_timeout=9,reg0={i},actions=1");
        for (int i = 0; i < 490; i++)
            Make($"delete reg0={i}");
        Set(0, _evicting with { FlowLimit = 10 });
        _told.Clear();
        Make("hard_timeout=9,in_port=7,actions=1").ShouldBeNull();
        Make("importance=600,hard_timeout=9,in_port=8,actions=1").ShouldBeNull();
        _told.ShouldBe(["Evicted 0", "Added 7", "Evicted 7", "Added 8"]);
        _tables.GetRules().ShouldNotContain(rule => rule.Importance == 491);
    }

    private UpcallActors.Packets.FlowKey _mask;

    void IRuleObserver.RulesChanged(ulong version, ReadOnlySpan<RuleChange> changes, ChangeOrigin origin)
    {
        foreach (RuleChange change in changes)
            _told.Add($"{change.Kind} {change.Rule.Match.ToValue().InPort}");
    }

    void IRuleObserver.VacancyChanged(byte table, VacancyEvent crossed) => _told.Add($"vacancy {table} {crossed}");

    private static void Set(FlowTables tables, byte table, TableSettings settings)
    {
        using TableTransaction transaction = tables.Begin(new ChangeOrigin(ChangeSource.Connection));
        transaction.Set(table, settings);
        transaction.Commit();
    }

    private void Set(byte table, TableSettings settings) => Set(_tables, table, settings);

    private OpenFlowError? Make(string flow)
    {
        using TableTransaction transaction = _tables.Begin(new ChangeOrigin(ChangeSource.Connection));
        OpenFlowError? error = transaction.Make(FlowSyntax.ParseFlow(flow));
        if (error is null)
            transaction.Commit();
        return error;
    }
}
