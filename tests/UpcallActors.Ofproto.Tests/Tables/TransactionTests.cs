using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public sealed class TransactionTests : IRuleObserver
{
    private static readonly ChangeOrigin _origin = new(ChangeSource.Connection, Connection: 7, Xid: 42);

    private readonly FlowTables _tables;
    private readonly List<string> _told = [];
    private readonly List<ChangeOrigin> _origins = [];

    public TransactionTests() => _tables = new FlowTables { Observer = this };

    [Fact]
    public void Readers_see_nothing_of_a_transaction_before_it_ends_and_then_all_of_it()
    {
        using TableTransaction transaction = _tables.Begin(_origin);
        transaction.Make(Flow("in_port=1,actions=1")).ShouldBeNull();
        transaction.Make(Flow("in_port=2,actions=2")).ShouldBeNull();
        transaction.Make(Flow("modify in_port=1,actions=3")).ShouldBeNull();
        Found(inPort: 1).ShouldBeNull();
        _told.ShouldBeEmpty();
        (_tables.Version, _tables.RuleCount).ShouldBe((0UL, 0));

        transaction.Commit().ShouldBe(1UL);

        Found(inPort: 1).ShouldBe("in_port=1 actions=output:3");
        Found(inPort: 2).ShouldBe("in_port=2 actions=output:2");
        (_tables.Version, _tables.RuleCount).ShouldBe((1UL, 2));
        _told.ShouldBe(["Added 1", "Added 2", "Modified 1"]);
        _origins.ShouldBe([_origin]);
    }

    [Fact]
    public void A_transaction_that_is_not_committed_leaves_nothing_behind()
    {
        _tables.Apply(Flow("in_port=1,actions=1"), Flow("in_port=2,actions=1"));
        _told.Clear();
        using (TableTransaction transaction = _tables.Begin(_origin))
        {
            transaction.Make(Flow("in_port=1,actions=9"));
            transaction.Make(Flow("in_port=3,actions=9"));
            transaction.Make(Flow("modify in_port=3,actions=8"));
            transaction.Make(Flow("delete"));
            transaction.Make(Flow("in_port=2,actions=9"));
        }

        Printed().ShouldBe(["in_port=1 actions=output:1", "in_port=2 actions=output:1"], ignoreOrder: true);
        _tables.Version.ShouldBe(1UL);
        _told.ShouldBeEmpty();
        _tables.Apply(Flow("table=1,actions=drop")).ShouldBe(2UL);
        Found(inPort: 1).ShouldBe("in_port=1 actions=output:1");
        Found(inPort: 3).ShouldBeNull();
    }

    [Fact]
    public void A_change_that_is_refused_says_why_and_leaves_those_before_it()
    {
        using TableTransaction transaction = _tables.Begin(_origin);
        transaction.Make(Flow("priority=5,in_port=1,actions=1"));
        transaction.Make(Flow("check_overlap,priority=5,tcp,actions=2")).ShouldBe(FlowModFailed.Overlap);
        transaction.Problem.ShouldNotBeNull().Reason.ShouldContain("both of priority 5");
        transaction.Make(Flow("priority=6,tcp,actions=2")).ShouldBeNull();
        transaction.Problem.ShouldBeNull();
        transaction.Commit();
        Printed().ShouldBe(["priority=5,in_port=1 actions=output:1", "priority=6,tcp actions=output:2"], ignoreOrder: true);
    }

    [Fact]
    public void A_transaction_that_changes_nothing_makes_no_version()
    {
        _tables.Apply(Flow("in_port=1,actions=1"));
        int raised = 0;
        _tables.Changed += (_, _) => raised++;
        using (TableTransaction transaction = _tables.Begin(_origin))
        {
            transaction.Make(Flow("delete in_port=2"));
            transaction.Make(Flow("modify in_port=2,actions=1") with { MayAdd = false });
            transaction.Commit().ShouldBe(1UL);
        }

        (_tables.Version, raised).ShouldBe((1UL, 0));
    }

    [Fact]
    public void A_transaction_that_has_ended_takes_no_change_and_does_not_end_another()
    {
        TableTransaction ended = _tables.Begin(_origin);
        ended.Commit();
        IsRefused(ended).ShouldBeTrue();
        using TableTransaction other = _tables.Begin(_origin);
        IsRefused(ended).ShouldBeTrue();
        ended.Dispose();
        other.Make(Flow("in_port=1,actions=1")).ShouldBeNull();
        other.Commit();
        _tables.RuleCount.ShouldBe(1);

        static bool IsRefused(TableTransaction transaction)
        {
            try
            {
                transaction.Make(Flow("in_port=9,actions=1"));
                return false;
            }
            catch (InvalidOperationException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task While_a_thread_has_a_transaction_it_cannot_begin_another_and_other_threads_wait()
    {
        (await Begun().WaitAsync(TimeSpan.FromMinutes(1))).ShouldBe(2UL);

        Task<ulong> Begun()
        {
            using TableTransaction transaction = _tables.Begin(_origin);
            Should.Throw<InvalidOperationException>(() => _tables.Apply(Flow("in_port=2,actions=1")));
            Task<ulong> waiting = Task.Run(() => _tables.Apply(Flow("in_port=3,actions=1")));
            transaction.Make(Flow("in_port=1,actions=1"));
            transaction.Commit().ShouldBe(1UL);
            return waiting;
        }
    }

    [Fact]
    public void Changes_of_other_things_are_undone_in_their_place_among_those_of_rules()
    {
        var log = new List<string>();
        using (TableTransaction transaction = _tables.Begin(_origin))
        {
            transaction.Note(new LoggedChange("first", log, _tables));
            transaction.Make(Flow("in_port=1,actions=1"));
            transaction.Make(Flow("in_port=2,actions=1"));
            transaction.Note(new LoggedChange("second", log, _tables));
            transaction.Note(new LoggedChange("third", log, _tables));
            transaction.Make(Flow("in_port=3,actions=1"));
        }

        log.ShouldBe(["undo third among 2", "undo second among 2", "undo first among 0"]);
        _tables.Version.ShouldBe(0UL);
    }

    [Fact]
    public void Changes_of_other_things_are_published_with_their_tables_and_settled_when_nobody_reads_what_was_before()
    {
        var log = new List<string>();
        TableSet tables = default;
        _tables.Changed += (_, change) => tables = change.Tables;
        using (TablesSnapshot reading = _tables.Read())
        {
            using TableTransaction transaction = _tables.Begin(_origin);
            transaction.Note(new LoggedChange("one", log, _tables));
            transaction.Commit().ShouldBe(1UL);
            log.ShouldBe(["publish one in 1"]);
            tables.Contains(5).ShouldBeTrue();
            tables.Contains(4).ShouldBeFalse();
        }

        _tables.Apply(Flow("in_port=1,actions=1"));
        log.ShouldBe(["publish one in 1", "settle one"]);
        _told.ShouldBe(["Added 1"]);
    }

    void IRuleObserver.RulesChanged(ulong version, ReadOnlySpan<RuleChange> changes, ChangeOrigin origin)
    {
        _origins.Add(origin);
        foreach (RuleChange change in changes)
            _told.Add($"{change.Kind} {change.Rule.Match.ToValue().InPort}");
    }

    private static FlowChange Flow(string text) => FlowSyntax.ParseFlow(text);

    private string[] Printed() => [.. _tables.GetRules().Select(rule => rule.ToString())];

    private string? Found(uint inPort)
    {
        Flow wildcards = default;
        Flow flow = new(Packets.Tcp(), inPort);
        return _tables.Lookup(0, flow, ref wildcards)?.ToString();
    }

    private sealed class LoggedChange(string name, List<string> log, FlowTables tables) : TableChange
    {
        public override void Undo() => log.Add($"undo {name} among {tables.GetRules().Length}");

        public override void Publish(ulong version, ref TableSet touched)
        {
            touched.Add(5);
            log.Add($"publish {name} in {version}");
        }

        public override void Settle() => log.Add($"settle {name}");
    }
}
