using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// The flow tables of a bridge. One <see cref="TableTransaction"/> at a time changes them, on any thread; readers take a
/// <see cref="TablesSnapshot"/> and see all of its changes or none. There is one structure, which is changed in place: a change costs the
/// same however many rules there are, and a reader never waits.
/// </summary>
/// <remarks>
/// <para>
/// A rule is in the versions from <see cref="Rule.Added"/> to before <see cref="Rule.Removed"/>. The writer prepares version N + 1 beside
/// readers that do not see it: it links new rules with N + 1 as their first version, and gives those that go N + 1 as the first version
/// without them. Then it writes N + 1 to <c>_version</c>, with release. A reader that has read N + 1, with acquire, sees all of that; one
/// that reads N sees a new rule or not and a <see cref="Rule.Removed"/> of N + 1 or none, and takes it for the same in either case.
/// </para>
/// <para>
/// A rule that is gone stays linked as long as a reader may name a version that has it. A reader announces the version that is current
/// (<see cref="TableReaders"/>), which is a full fence, and then reads again which version is current: that is the one it names. The
/// writer publishes, makes a full fence, and then asks for the least version announced. So one of the two sees the other. If the writer
/// does not see the reader, the reader names the version just published or a later one, and nothing that this has is unlinked. If the
/// writer sees it, the writer unlinks what is gone in the version announced, which is not later than the one named.
/// </para>
/// <para>
/// Hence each part of the tables has, at any time, all rules that any reader can see, and some that it cannot. A lookup takes those for
/// what they are by their versions, and otherwise only ever concludes from a part that it has no rule; so the bits that it marks are
/// enough, and once what is gone is unlinked no more than enough. That each part shows its readers one state or the next is explained
/// there (<see cref="MatchEntries"/>, <see cref="HashCounts"/>, <see cref="PrefixTrie"/>, <see cref="Subtable"/>).
/// </para>
/// </remarks>
internal sealed partial class FlowTables
{
    private static int _made;

    private readonly Lock _writer = new();
    private readonly RuleTable?[] _tables = new RuleTable?[TablesSnapshot.TableCount];
    private readonly TableReaders _readers = new();
    private readonly CookieIndex _cookies = new();
    private readonly TimeProvider _time;
    private ulong _version;
    private int _ruleCount;

    /// <summary>Empty tables; timeouts count by <paramref name="time"/>, the system's if null.</summary>
    public FlowTables(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        TimeSpan now = Now;
        _timers = new TimerWheel(TickOf(now));
        Own = new OwnRules(now);
        MakeOwnTable();
    }

    /// <summary>Raised after changes were published, on the thread that made them.</summary>
    public event EventHandler<TablesChangedEventArgs>? Changed;

    /// <summary>Who is told of each change of a rule, in order; null for nobody, which costs nothing.</summary>
    public IRuleObserver? Observer { get; set; }

    /// <summary>
    /// Packets that met no flow in the table where they came in, or came back from the datapath; fragments that are dropped, too.
    /// </summary>
    public RuleCounters Unmatched { get; } = new();

    /// <summary>The version that the last changes made; 0 before the first.</summary>
    public ulong Version => Volatile.Read(ref _version);

    /// <summary>The number of rules now, without hidden ones; it does not wait for a running transaction.</summary>
    public int RuleCount => Volatile.Read(ref _ruleCount);

    /// <summary>How many slots, entries, nodes and timers changes have looked at or moved so far: their cost, without a clock.</summary>
    internal long Steps
    {
        get
        {
            lock (_writer)
                return _timers.Steps + _tables.Sum(table => table?.Steps ?? 0);
        }
    }

    /// <summary>
    /// By how much sets of these tables are shifted where they are folded (<see cref="TableSet.Fold"/>), so that equal tables of two
    /// bridges do not have the same bit.
    /// </summary>
    internal int FoldShift { get; } = Interlocked.Increment(ref _made) * 11;

    /// <summary>The tables as they are now, to be read until the snapshot is disposed of.</summary>
    public TablesSnapshot Read()
    {
        TableReader place = _readers.Enter(Version);
        // Again, since the version announced may have been replaced before it was seen.
        return new TablesSnapshot(this, place, Version);
    }

    /// <summary>The tables as this thread's transaction has left them so far (<see cref="TableTransaction.Show"/>).</summary>
    /// <exception cref="InvalidOperationException">This thread has none open.</exception>
    internal TablesSnapshot ReadUnpublished()
    {
        if (!_writer.IsHeldByCurrentThread)
            throw new InvalidOperationException("only who changes the tables can see what is not published");
        return new TablesSnapshot(this, _readers.Enter(Version), Version + 1);
    }

    /// <summary>The rules now without hidden ones, by table; those of one mask together.</summary>
    public ImmutableArray<Rule> GetRules()
    {
        lock (_writer)
            return [.. _tables.SelectMany(table => table?.Rules ?? []).Where(rule => !rule.IsHidden)];
    }

    /// <summary>The rules now that a deletion with this table, match, cookie, port and group would take.</summary>
    public ImmutableArray<Rule> GetRules(FlowChange selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        lock (_writer)
            return [.. Select(selection with { Command = FlowCommand.Delete })];
    }

    /// <summary>How long a rule of these tables is there, and what it has counted.</summary>
    public RuleStatistics GetStatistics(Rule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        TimeSpan now = Now;
        return new RuleStatistics(
            now - rule.Created, now - rule.Modified, now - rule.Counters.Used, rule.Counters.Packets, rule.Counters.Bytes);
    }

    /// <summary>A table that ever had a rule.</summary>
    internal RuleTable? TableOf(int table) => _tables[table];
}
