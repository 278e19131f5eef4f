using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public sealed class OwnRuleTests : IRuleObserver
{
    private const int Hidden = 180_000;

    private static readonly ActionList _toPort2 = FlowSyntax.ParseFlow("actions=2").Actions!;

    private readonly FlowTables _tables;
    private readonly List<string> _told = [];

    public OwnRuleTests() => _tables = new FlowTables { Observer = this };

    [Fact]
    public void The_last_table_has_the_rules_that_open_vswitch_has_there_and_only_a_dump_of_all_shows_them()
    {
        _tables.GetAllRules().Select(rule => rule.ToString()).ShouldBe(
        [
            "table=254, priority=2,recirc_id=0 actions=drop", "table=254, priority=0,reg0=0x1 actions=controller(reason=)",
            "table=254, priority=0,reg0=0x2 actions=drop", "table=254, priority=0,reg0=0x3 actions=drop",
        ]);
        _tables.GetRules().ShouldBeEmpty();
        _tables.GetRules(new FlowChange { Table = 254 }).ShouldBeEmpty();
        _tables.RuleCount.ShouldBe(0);
        _tables.Apply(Flow("delete"));
        _tables.Apply(Flow("delete") with { Table = 254 });
        _tables.Apply(Flow("delete_strict priority=2") with { Table = 254, Match = _tables.GetAllRules()[0].Match });
        _tables.GetAllRules().Length.ShouldBe(4);
    }

    [Fact]
    public void A_packet_that_goes_to_the_last_table_is_dropped_and_counted_there()
    {
        var bridge = new TestSwitch("actions=resubmit(,254)");
        bridge.Translate(Packets.Tcp()).Text.ShouldBe("drop");
        bridge.Tables.GetAllRules().Single(rule => rule.Priority == 2).Counters.Packets.ShouldBe(1UL);
    }

    [Fact]
    public void A_hidden_rule_wins_over_all_others_and_nothing_else_comes_upon_it()
    {
        _tables.Apply(Flow("priority=65535,in_port=1,actions=1"), Flow("in_port=2,actions=1"));
        AddOwn(ChangeSource.InBand, Hidden, Match.Any);
        _told.Clear();
        Found(inPort: 1).ShouldBe("priority=180000 actions=output:2");
        _tables.GetRules().Length.ShouldBe(2);
        _tables.GetRules(new FlowChange()).Length.ShouldBe(2);
        _tables.RuleCount.ShouldBe(2);
        _tables.GetAllRules().Length.ShouldBe(3 + 4);

        _tables.Apply(Flow("modify actions=9"));
        _tables.Apply(Flow("delete"));
        Found(inPort: 1).ShouldBe("priority=180000 actions=output:2");
        _told.ShouldBe(["Modified 65535", "Modified 32768", "Deleted 65535", "Deleted 32768"], ignoreOrder: true);
    }

    [Fact]
    public void No_observer_is_told_of_a_hidden_rule_even_among_others()
    {
        AddOwn(ChangeSource.FailOpen, Hidden, Match.Any);
        _told.ShouldBeEmpty();
        using TableTransaction transaction = _tables.Begin(new ChangeOrigin(ChangeSource.FailOpen));
        transaction.AddOwn(Hidden + 1, Match.Any, _toPort2);
        transaction.AddOwn(7, Match.Any, _toPort2);
        transaction.DeleteOwn(Hidden, Match.Any);
        transaction.Commit();
        _told.ShouldBe(["Added 7"]);
    }

    [Fact]
    public void Only_the_switch_itself_has_rules_of_its_own()
    {
        foreach (ChangeSource source in (ChangeSource[])[ChangeSource.Connection, ChangeSource.Command, ChangeSource.Learn])
        {
            Should.Throw<InvalidOperationException>(() => AddOwn(source, Hidden, Match.Any));
            Should.Throw<InvalidOperationException>(() => Change(source, transaction => transaction.DeleteOwn(Hidden, Match.Any)));
            Should.Throw<InvalidOperationException>(() => Change(source, transaction => transaction.AddNormal()));
            Should.Throw<InvalidOperationException>(() => Change(source, transaction => transaction.Flush()));
        }

        _tables.Version.ShouldBe(0UL);
    }

    [Fact]
    public void A_rule_that_is_added_again_as_it_is_goes_on()
    {
        AddOwn(ChangeSource.InBand, Hidden, Match.Any);
        ulong version = _tables.Version;
        AddOwn(ChangeSource.InBand, Hidden, Match.Any);
        _tables.Version.ShouldBe(version);
    }

    [Fact]
    public void The_flow_of_a_standalone_bridge_is_an_ordinary_one()
    {
        _tables.WithNormal();
        _tables.GetRules().ShouldHaveSingleItem().ToString().ShouldBe("priority=0 actions=NORMAL");
        _told.ShouldBe(["Added 0"]);
        _tables.Apply(Flow("delete"));
        _tables.Apply(Flow("in_port=2,actions=1"));
        Found(inPort: 1).ShouldBeNull();
    }

    [Fact]
    public void A_flush_removes_all_but_the_last_tables_rules()
    {
        _tables.Apply(Flow("in_port=1,actions=1"), Flow("table=9,actions=1"));
        AddOwn(ChangeSource.FailOpen, 0xf0f0f0, Match.Any);
        _told.Clear();
        Change(ChangeSource.Configuration, transaction => transaction.Flush());
        _tables.GetAllRules().Length.ShouldBe(4);
        _told.ShouldBe(["Deleted 32768", "Deleted 32768"]);
    }

    [Theory]
    [InlineData("Configuration")]
    [InlineData("FailOpen")]
    public void A_flush_leaves_the_way_to_the_controllers_as_it_is(string source)
    {
        AddOwn(ChangeSource.InBand, InBandPriority.FromLocalDhcp, Match.Any);
        AddOwn(ChangeSource.InBand, InBandPriority.FromRemoteTcp, Match.Any);
        Change(Enum.Parse<ChangeSource>(source), transaction => transaction.Flush());
        _tables.GetAllRules().Select(rule => rule.Priority).ShouldBe([180_000, 180_008, 2, 0, 0, 0], ignoreOrder: true);
    }

    [Fact]
    public void A_hidden_rule_that_was_not_committed_is_gone()
    {
        using (TableTransaction transaction = _tables.Begin(new ChangeOrigin(ChangeSource.InBand)))
            transaction.AddOwn(Hidden, Match.Any, _toPort2);
        _tables.GetAllRules().Length.ShouldBe(4);
        Found(inPort: 1).ShouldBeNull();
    }

    void IRuleObserver.RulesChanged(ulong version, ReadOnlySpan<RuleChange> changes, ChangeOrigin origin)
    {
        foreach (RuleChange change in changes)
            _told.Add($"{change.Kind} {change.Rule.Priority}");
    }

    private static FlowChange Flow(string text) => FlowSyntax.ParseFlow(text);

    private void AddOwn(ChangeSource source, int priority, Match match) =>
        Change(source, transaction => transaction.AddOwn(priority, match, _toPort2));

    private void Change(ChangeSource source, Action<TableTransaction> change)
    {
        using TableTransaction transaction = _tables.Begin(new ChangeOrigin(source));
        change(transaction);
        transaction.Commit();
    }

    private string? Found(uint inPort)
    {
        Flow wildcards = default;
        Flow flow = new(Packets.Tcp(), inPort);
        return _tables.Lookup(0, flow, ref wildcards)?.ToString();
    }
}
