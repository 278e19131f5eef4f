using System.Collections.Immutable;
using FsCheck.Xunit;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Transactions at random, beside a list of the flows that are there by then.</summary>
public class TransactionProperties
{
    private static readonly ActionList[] _actions =
        [.. new[] { "drop", "1", "2", "clone(1,2)", "clone(3)" }.Select(text => FlowSyntax.ParseFlow("actions=" + text).Actions!)];

    private static readonly Match[] _matches =
    [
        .. new[] { "", "in_port=1", "in_port=2", "tcp", "udp", "in_port=1,tcp", "in_port=2,udp", "in_port=2,tcp,tp_dst=80" }
            .Select(text => FlowSyntax.ParseMatch(text)),
    ];

    [Property(MaxTest = 300)]
    public void Transactions_do_to_tables_what_they_do_to_a_list(int seed)
    {
        var random = new Random(seed);
        var tables = new FlowTables();
        var model = new Model(random);
        ImmutableArray<SubField> fields = random.Next(2) == 0 ? [] : [new SubField(MatchFields.Get("in_port"))];
        for (int i = 0; i < 12; i++)
        {
            Known[] before = model.Flows;
            TableSettings limits = tables.GetSettings(0);
            ulong version = tables.Version;
            using (TableTransaction transaction = tables.Begin(new ChangeOrigin(ChangeSource.Connection)))
            {
                for (int change = random.Next(1, 6); change > 0; change--)
                    Make(transaction, tables, model, fields);
                if (random.Next(3) != 0)
                {
                    transaction.Commit().ShouldBeInRange(version, version + 1);
                    Check(tables, model);
                    continue;
                }
            }

            model.Flows = before;
            tables.GetSettings(0).ShouldBe(limits);
            tables.Version.ShouldBe(version);
            Check(tables, model);
        }
    }

    private static void Make(TableTransaction transaction, FlowTables tables, Model model, ImmutableArray<SubField> fields)
    {
        bool isLimited = model.Random.Next(8) == 0;
        if (isLimited)
        {
            transaction.Set(0, new TableSettings
            {
                FlowLimit = model.Random.Next(4) == 0 ? null : model.Random.Next(1, 9),
                EvictsForMessage = model.Random.Next(2) == 0,
                EvictsForConfiguration = model.Random.Next(3) == 0,
                EvictionFields = fields,
            });
        }
        else
        {
            FlowChange change = model.Next();
            OpenFlowError? error = transaction.Make(change);
            model.Make(change, tables.GetSettings(0)).ShouldBe(error);
        }

        model.Evict(tables.GetRules(), tables.GetSettings(0), isLimited);
        Check(tables, model);
        foreach (Rule rule in tables.GetRules())
        {
            rule.Counters.Credit(1, 60);
            model.Credit(rule);
        }
    }

    private static void Check(FlowTables tables, Model model)
    {
        tables.GetRules().Select(rule => (rule.Table, rule.Priority, rule.Match, rule.Cookie, rule.Importance, rule.Counters.Packets,
            rule.HardTimeout, rule.Actions)).ShouldBe(
            model.Flows.Select(flow => (flow.Flow.Table!.Value, (int)flow.Flow.Priority, flow.Flow.Match, flow.Flow.Cookie!.Value,
                flow.Flow.Importance, flow.Packets[0], flow.Flow.HardTimeout, flow.Flow.Actions!)), ignoreOrder: true);
        for (byte table = 0; table < 2; table++)
            tables.GetUse(table).Rules.ShouldBe(model.Flows.Count(flow => flow.Flow.Table == table));
    }

    /// <summary>A flow, and what it counted, which it may hand on.</summary>
    private sealed record Known(FlowChange Flow, ulong[] Packets);

    private sealed class Model(Random random)
    {
        private readonly HashSet<Known> _new = [];
        private ushort _importance;

        public Random Random => random;

        public Known[] Flows { get; set; } = [];

        public FlowChange Next()
        {
            var flow = new FlowChange
            {
                Table = (byte)random.Next(2),
                Priority = (ushort)random.Next(3),
                Match = _matches[random.Next(_matches.Length)],
                Cookie = (ulong)random.Next(4),
                // Each another one, so that it is known which flow goes.
                Importance = ++_importance,
                HardTimeout = (ushort)(random.Next(3) == 0 ? 0 : 100),
                Flags = random.Next(4) switch { 0 => FlowFlags.CheckOverlap, 1 => FlowFlags.ResetCounts, _ => FlowFlags.None },
                KeepsCounts = random.Next(2) == 0,
                MayAdd = random.Next(2) == 0,
                OutPort = random.Next(2) == 0 ? OpenFlowPorts.None : (uint)random.Next(1, 4),
                Actions = _actions[random.Next(_actions.Length)],
            };
            FlowCommand command = random.Next(10) switch
            {
                < 6 => FlowCommand.Add,
                6 => FlowCommand.Modify,
                7 => FlowCommand.ModifyStrict,
                8 => FlowCommand.Delete,
                _ => FlowCommand.DeleteStrict,
            };
            if (command == FlowCommand.Add)
                return flow;
            flow = flow with { Command = command, Cookie = random.Next(2) == 0 ? null : flow.Cookie };
            if (random.Next(3) == 0)
                flow = flow with { CookieFilter = (ulong)random.Next(4), CookieMask = random.Next(2) == 0 ? ulong.MaxValue : 1 };
            return IsDeletion(flow) ? flow with { Actions = null, Table = random.Next(3) == 0 ? null : flow.Table } : flow;
        }

        public OpenFlowError? Make(FlowChange change, TableSettings settings)
        {
            if (change.Command == FlowCommand.Add)
                return Add(change, settings);
            Known[] selected = [.. Flows.Where(flow => Selects(change, flow.Flow))];
            if (IsDeletion(change))
            {
                Flows = [.. Flows.Except(selected)];
                return null;
            }

            Flows = [.. Flows.Select(flow => !selected.Contains(flow) ? flow : new Known(
                flow.Flow with { Actions = change.Actions, Cookie = change.Cookie ?? flow.Flow.Cookie },
                (change.Flags & FlowFlags.ResetCounts) != 0 ? [0] : flow.Packets))];
            return selected.Length == 0 && change is { MayAdd: true, CookieMask: 0 }
                ? Add(change with { Cookie = change.Cookie ?? 0 }, settings)
                : null;
        }

        /// <summary>Takes the flows out that have gone to make room, having looked whether it was their turn.</summary>
        public void Evict(ImmutableArray<Rule> left, TableSettings settings, bool isLimited)
        {
            Known[] gone = [.. Flows.Where(flow => !left.Any(rule => IsOf(flow.Flow, rule)))];
            foreach (Known flow in gone.OrderBy(flow => flow.Flow.Importance))
                (settings.Evicts && flow.Flow is { Table: 0, HardTimeout: not 0 }).ShouldBeTrue();
            while (gone.Length > 0)
            {
                ILookup<uint, Known> groups = Flows.Where(flow => flow.Flow is { Table: 0, HardTimeout: not 0 } && !_new.Contains(flow))
                    .ToLookup(flow => settings.EvictionFields.IsEmpty ? 0 : flow.Flow.Match.ToValue().InPort);
                int largest = groups.Max(group => group.Count());
                Known[] firsts =
                    [.. groups.Where(group => group.Count() == largest).Select(group => group.MinBy(one => one.Flow.Importance)!)];
                Known next = gone.FirstOrDefault(firsts.Contains).ShouldNotBeNull("it was not its turn");
                Flows = [.. Flows.Where(flow => flow != next)];
                gone = [.. gone.Where(flow => flow != next)];
            }

            if (isLimited && settings is { FlowLimit: { } limit, Evicts: true })
            {
                int stay = Flows.Count(flow => flow.Flow is { Table: 0, HardTimeout: 0 });
                Flows.Count(flow => flow.Flow.Table == 0).ShouldBeLessThanOrEqualTo(Math.Max(limit, stay));
            }

            _new.Clear();
        }

        public void Credit(Rule rule) => Flows.Single(flow => IsOf(flow.Flow, rule)).Packets[0]++;

        private static bool IsDeletion(FlowChange change) => change.Command is FlowCommand.Delete or FlowCommand.DeleteStrict;

        private static bool IsOf(FlowChange flow, Rule rule) =>
            flow.Table == rule.Table && flow.Priority == rule.Priority && flow.Match.Equals(rule.Match);

        private static bool Selects(FlowChange change, FlowChange flow)
        {
            bool isStrict = change.Command is FlowCommand.DeleteStrict or FlowCommand.ModifyStrict;
            return (change.Table ?? flow.Table) == flow.Table
                && (isStrict ? flow.Priority == change.Priority && flow.Match.Equals(change.Match) : flow.Match.IsWithin(change.Match))
                && ((flow.Cookie!.Value ^ change.CookieFilter) & change.CookieMask) == 0
                && (!IsDeletion(change) || change.OutPort == OpenFlowPorts.None || OutputsTo(flow.Actions!.ToString(), change.OutPort));
        }

        private static bool OutputsTo(string actions, uint port) => actions.Contains($"output:{port}", StringComparison.Ordinal);

        private OpenFlowError? Add(FlowChange change, TableSettings settings)
        {
            Known? same = Flows.SingleOrDefault(flow => flow.Flow.Table == change.Table && flow.Flow.Priority == change.Priority
                && flow.Flow.Match.Equals(change.Match));
            if (same is not null)
            {
                Flows = [.. Flows.Where(flow => flow != same), new Known(change, change.KeepsCounts ? same.Packets : [0])];
                return null;
            }

            if ((change.Flags & FlowFlags.CheckOverlap) != 0 && Flows.Any(flow => flow.Flow.Table == change.Table
                && flow.Flow.Priority == change.Priority && flow.Flow.Match.Overlaps(change.Match)))
                return FlowModFailed.Overlap;
            bool isFull = change.Table == 0 && Flows.Count(flow => flow.Flow.Table == 0) >= settings.FlowLimit;
            if (isFull && !(settings.Evicts && Flows.Any(flow => flow.Flow is { Table: 0, HardTimeout: not 0 })))
                return FlowModFailed.TableFull;
            var added = new Known(change, [0]);
            _new.Add(added);
            Flows = [.. Flows, added];
            return null;
        }
    }
}
