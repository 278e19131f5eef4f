namespace UpcallActors.Ofproto;

/// <content>Meters, and the flows that name them.</content>
internal sealed partial class FlowTables
{
    private readonly RuleReferences _meterUsers = new(OpenFlow.ActionKind.Meter);

    /// <summary>The meters that flows of these tables can name.</summary>
    internal BridgeMeters Meters { get; } = new();

    /// <summary>The time by the tables' clock.</summary>
    internal TimeSpan Time => Now;

    /// <summary>How many flows name a meter.</summary>
    public int CountUsers(Meter meter)
    {
        lock (_writer)
            return _meterUsers.CountOf(meter.Id);
    }

    /// <summary>A meter goes, and with it the flows that name it (<c>delete_meters</c>).</summary>
    internal void Delete(long transaction, Meter meter)
    {
        RequireOpen(transaction);
        foreach (Rule rule in _meterUsers.RulesOf(meter.Id))
            Delete(rule, RuleChangeKind.MeterDeleted);
        Meters.Remove(meter.Id);
        Note(new MeterDeletion(Meters, meter));
    }

    /// <summary>A meter comes.</summary>
    internal void Add(long transaction, Meter meter)
    {
        RequireOpen(transaction);
        Meters.Put(meter);
        Note(new MeterAddition(Meters, meter));
    }

    private sealed class MeterAddition(BridgeMeters meters, Meter meter) : TableChange
    {
        public override void Undo() => meters.Remove(meter.Id);

        // A flow of any table may send packets to controllers through it.
        public override void Publish(ulong version, ref TableSet touched) => touched = TableSet.All;
    }

    private sealed class MeterDeletion(BridgeMeters meters, Meter meter) : TableChange
    {
        public override void Undo() => meters.Put(meter);

        public override void Publish(ulong version, ref TableSet touched) => touched = TableSet.All;
    }
}
