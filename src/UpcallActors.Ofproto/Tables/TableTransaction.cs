using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// Changes of flow tables that readers see together, or never. It holds the writer's lock from <see cref="FlowTables.Begin"/> to
/// <see cref="Commit"/> or <see cref="Dispose"/>, on one thread. A change sees those before it.
/// </summary>
internal readonly ref struct TableTransaction : IDisposable
{
    private readonly FlowTables _tables;
    private readonly long _number;

    internal TableTransaction(FlowTables tables, long number)
    {
        _tables = tables;
        _number = number;
    }

    /// <summary>Why the last change was refused, in words; null if it was made.</summary>
    public ActionProblem? Problem => _tables.Problem(_number);

    /// <summary>
    /// Makes a change. Returns why it was refused, if so; nothing was changed by it then, and the changes before it stay made.
    /// Whether its actions fit its match was checked where the change came from (<see cref="FlowCheck"/>).
    /// </summary>
    public OpenFlowError? Make(FlowChange change) => _tables.Make(_number, change)?.Error;

    /// <summary>Makes a change of a group. Returns why it was refused, if so.</summary>
    public OpenFlowError? Make(GroupChange change) => _tables.Make(_number, change)?.Error;

    /// <summary>Adds a meter, which no flow names but those that send packets to controllers through it.</summary>
    public void Add(Meter meter) => _tables.Add(_number, meter);

    /// <summary>Deletes a meter, and the flows that name it.</summary>
    public void Delete(Meter meter) => _tables.Delete(_number, meter);

    /// <summary>
    /// Adds a rule of the switch's own to table 0, hidden if its priority is over 65535. Only the configuration, fail-open and in-band
    /// have such.
    /// </summary>
    public void AddOwn(int priority, Match match, ActionList actions) => _tables.AddOwn(_number, priority, match, actions);

    /// <summary>Removes a rule of the switch's own, if it is there.</summary>
    public void DeleteOwn(int priority, Match match) => _tables.DeleteOwn(_number, priority, match);

    /// <summary>
    /// Adds the rule that a standalone bridge without controllers has, an ordinary one: whatever no other flow is for is forwarded as by a
    /// learning switch (<c>connmgr_flushed</c>).
    /// </summary>
    public void AddNormal() => _tables.AddNormal(_number);

    /// <summary>
    /// Removes all rules but those of the last table and of in-band control, other hidden ones included (<c>ofproto_flush_flows</c>).
    /// </summary>
    public void Flush() => _tables.Flush(_number);

    /// <summary>
    /// Says something else of a table, 0 to 253 (<c>table_mod</c>, <c>ofproto_configure_table</c>). Flows over its limit are evicted if it
    /// evicts, and stay if not.
    /// </summary>
    public void Set(byte table, TableSettings settings) => _tables.Set(_number, table, settings);

    /// <summary>
    /// Says whether packets without a flow go to the controllers by default: if one is connected with a version before 1.3
    /// (<c>connmgr_wants_packet_in_on_miss</c>).
    /// </summary>
    public void AskControllers(bool asks) => _tables.AskControllers(_number, asks);

    /// <summary>
    /// Lets this thread look things up in the tables as the changes so far have left them, which no other thread sees
    /// (<c>ofproto_publish_classifiers</c>), until the next change.
    /// </summary>
    public void Show() => _tables.Show(_number);

    /// <summary>Notes a change that was made to something else than a rule.</summary>
    public void Note(TableChange change) => _tables.Note(_number, change);

    /// <summary>Makes changes in their order.</summary>
    /// <exception cref="ArgumentException">A change that adds or modifies has no
    /// actions, or its table does not exist; none was made.</exception>
    /// <exception cref="FlowRefusedException">One of them is refused, its actions included; those before it may have been made.</exception>
    public void MakeAll(params ReadOnlySpan<FlowChange> changes) => _tables.MakeAll(_number, changes);

    /// <summary>
    /// Publishes all changes at once and tells of them. Returns the version that has them, which is the one before if nothing was changed.
    /// </summary>
    public ulong Commit() => _tables.Commit(_number);

    /// <summary>Takes all changes back unless they were published.</summary>
    public void Dispose() => _tables.RollBack(_number);
}
