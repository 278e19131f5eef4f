using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public sealed class RuleObserverTests : IRuleObserver
{
    private readonly ManualTime _time = new();
    private readonly FlowTables _tables;
    private readonly List<string> _told = [];

    public RuleObserverTests() => _tables = new FlowTables(_time) { Observer = this };

    [Fact]
    public void Each_change_is_told_in_its_order_with_the_version_that_has_it()
    {
        Apply("cookie=1,in_port=1,actions=1", "cookie=2,in_port=2,actions=1");
        Apply("cookie=3,in_port=1,actions=2", "modify in_port=2,actions=3", "delete cookie=3/-1");
        _told.ShouldBe(
        [
            "1 Added cookie=0x1, in_port=1 actions=output:1",
            "1 Added cookie=0x2, in_port=2 actions=output:1",
            "2 Replaced cookie=0x3, in_port=1 actions=output:2 before cookie=0x1, in_port=1 actions=output:1",
            "2 Modified cookie=0x2, in_port=2 actions=output:3 before cookie=0x2, in_port=2 actions=output:1",
            "2 Deleted cookie=0x3, in_port=1 actions=output:2",
        ]);
    }

    [Fact]
    public void A_timeout_is_told_by_its_kind()
    {
        Apply("in_port=1,hard_timeout=5,actions=drop", "in_port=2,idle_timeout=5,actions=drop");
        _told.Clear();
        _time.Advance(TimeSpan.FromSeconds(6));
        _tables.Expire(isAccounted: true);
        _tables.Expire(isAccounted: true);
        _origin.Source.ShouldBe(ChangeSource.Timeout);
        _told.ShouldBe(
            ["2 HardTimedOut hard_timeout=5, in_port=1 actions=drop", "3 IdleTimedOut idle_timeout=5, in_port=2 actions=drop"]);
    }

    [Fact]
    public void A_batch_that_is_refused_or_that_changes_nothing_is_not_told()
    {
        Apply("priority=5,in_port=1,actions=1");
        _told.Clear();
        Should.Throw<FlowRefusedException>(() => Apply("in_port=3,actions=1", "check_overlap,priority=5,tcp,actions=1"));
        Apply("delete in_port=9");
        Apply();
        _told.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_told_can_be_looked_up_by_then()
    {
        Apply("in_port=1,actions=1");
        _told.Count.ShouldBe(1);
        _found.ShouldBe("in_port=1 actions=output:1");
    }

    [Fact]
    public void A_change_is_made_known_though_the_observer_fails()
    {
        var changed = new List<ulong>();
        _tables.Changed += (_, change) => changed.Add(change.Version);
        _failure = new InvalidDataException("the observer");
        Should.Throw<InvalidDataException>(() => Apply("in_port=1,hard_timeout=5,actions=1"));
        changed.ShouldBe([1ul]);
        _time.Advance(TimeSpan.FromSeconds(6));
        Should.Throw<InvalidDataException>(() => _tables.Expire(isAccounted: true));
        changed.ShouldBe([1ul, 2ul]);
        _tables.RuleCount.ShouldBe(0);
    }

    [Fact]
    public void An_observer_cannot_change_the_tables_while_it_is_told()
    {
        _onTold = () => Apply("in_port=2,actions=1");
        Should.Throw<InvalidOperationException>(() => Apply("in_port=1,actions=1")).Message.ShouldContain("observer");
        _tables.RuleCount.ShouldBe(1);
    }

    private Exception? _failure;
    private Action? _onTold;
    private string? _found;
    private ChangeOrigin _origin;

    void IRuleObserver.RulesChanged(ulong version, ReadOnlySpan<RuleChange> changes, ChangeOrigin origin)
    {
        _onTold?.Invoke();
        _origin = origin;
        if (_failure is not null)
            throw _failure;
        Flow flow = default;
        flow.InPort = 1;
        Flow wildcards = default;
        _found = _tables.Lookup(0, flow, ref wildcards)?.ToString();
        foreach (RuleChange change in changes)
            _told.Add($"{version} {change.Kind} {change.Rule}{(change.Before is { } before ? $" before {before}" : "")}");
    }

    private void Apply(params string[] flows) => _tables.Apply([.. flows.Select(flow => FlowSyntax.ParseFlow(flow))]);
}
