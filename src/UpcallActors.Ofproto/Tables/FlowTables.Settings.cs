using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <content>What is said of tables besides their flows, and what they count.</content>
internal sealed partial class FlowTables
{
    private const int LanesOfCounts = 64;
    private const byte WholePercent = 100;

    private readonly TableSettings?[] _settings = new TableSettings?[TablesSnapshot.TableCount];
    private readonly EvictionGroups?[] _evictions = new EvictionGroups?[TablesSnapshot.TableCount];
    private readonly VacancyEvent?[] _watched = new VacancyEvent?[TablesSnapshot.TableCount];
    private readonly int[] _rulesOf = new int[TablesSnapshot.TableCount];
    private readonly LookupCounts?[] _lookups = new LookupCounts?[LanesOfCounts];
    private bool _asksControllers;

    // What becomes of a packet without a flow, by table; null while all are dropped.
    private TableMiss[]? _misses;

    /// <summary>What is said of a table, 0 to 253.</summary>
    public TableSettings GetSettings(byte table)
    {
        lock (_writer)
            return _settings[table] ?? TableSettings.Default;
    }

    /// <summary>What a table has and has counted.</summary>
    public TableUse GetUse(byte table)
    {
        ulong matched = 0;
        ulong missed = 0;
        for (int lane = 0; lane < _lookups.Length; lane++)
        {
            if (Volatile.Read(ref _lookups[lane]) is not { } counts)
                continue;
            (ulong Matched, ulong Missed) of = counts.Of(table);
            matched += of.Matched;
            missed += of.Missed;
        }

        return new TableUse(Volatile.Read(ref _rulesOf[table]), matched + missed, matched);
    }

    /// <summary>
    /// What becomes of a packet that met no flow in a table; <see cref="TableMiss.Default"/> where it goes to the controllers by default.
    /// </summary>
    internal TableMiss MissIn(byte table) => Volatile.Read(ref _misses) is { } misses ? misses[table] : TableMiss.Drop;

    /// <summary>Where a lane counts its lookups; those of far numbers share one.</summary>
    internal LookupCounts LookupsOf(int lane)
    {
        ref LookupCounts? counts = ref _lookups[lane & (LanesOfCounts - 1)];
        if (Volatile.Read(ref counts) is { } there)
            return there;
        Interlocked.CompareExchange(ref counts, new LookupCounts(), null);
        return counts;
    }

    internal void Set(long transaction, byte table, TableSettings settings)
    {
        RequireOpen(transaction);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(table, FlowCheck.InternalTable);
        TableSettings before = _settings[table] ?? TableSettings.Default;
        if (before == settings)
            return;
        Note(new SettingChange(this, table, before, _watched[table], before.Miss != settings.Miss));
        Take(table, before, settings);
        if (before.Vacancy is null && settings.Vacancy is { } vacancy)
            _watched[table] = VacancyOf(table) < vacancy.Up ? VacancyEvent.Up : VacancyEvent.Down;
        else if (settings.Vacancy is null)
            _watched[table] = null;
        while (_rulesOf[table] > settings.FlowLimit && Evict(table))
        {
        }
    }

    internal void AskControllers(long transaction, bool asks)
    {
        RequireOpen(transaction);
        if (asks == _asksControllers)
            return;
        Note(new DefaultMissChange(this));
        _asksControllers = asks;
    }

    private bool HasRoom(byte table) => _settings[table]?.FlowLimit is not { } limit || _rulesOf[table] < limit;

    /// <summary>Removes the flow that goes first; false if none may go.</summary>
    private bool Evict(byte table)
    {
        if (_evictions[table]?.First() is not { } rule)
            return false;
        Delete(rule, RuleChangeKind.Evicted);
        return true;
    }

    private void Take(byte table, TableSettings before, TableSettings settings)
    {
        _settings[table] = settings;
        if (before.Evicts == settings.Evicts && before.EvictionFields.SequenceEqual(settings.EvictionFields))
            return;
        _evictions[table] = settings.Evicts ? new EvictionGroups(settings.EvictionFields) : null;
        if (_evictions[table] is not { } groups)
            return;
        foreach (Rule rule in _tables[table]?.Rules ?? [])
            groups.Add(rule);
    }

    /// <summary>How much of a table's room is left, in per cent (<c>oftable_vacancy</c>).</summary>
    private byte VacancyOf(byte table)
    {
        if (_settings[table]?.FlowLimit is not { } limit)
            return WholePercent;
        int rules = _rulesOf[table];
        return rules >= limit ? (byte)0 : (byte)((limit - rules) * (double)WholePercent / limit);
    }

    /// <summary>Tells of tables whose vacancy has crossed the threshold that is watched (<c>send_table_status</c>).</summary>
    private void TellVacancy(in TableSet tables)
    {
        for (int table = tables.Next(0); table >= 0; table = tables.Next(table + 1))
        {
            if (_watched[table] is not { } watched || _settings[table]?.Vacancy is not { } thresholds)
                continue;
            byte vacancy = VacancyOf((byte)table);
            if (watched == VacancyEvent.Down ? vacancy >= thresholds.Down : vacancy <= thresholds.Up)
                continue;
            _watched[table] = watched == VacancyEvent.Down ? VacancyEvent.Up : VacancyEvent.Down;
            Observer?.VacancyChanged((byte)table, watched);
        }
    }

    private void PublishMisses()
    {
        var misses = new TableMiss[FlowCheck.InternalTable];
        for (int table = 0; table < misses.Length; table++)
            misses[table] = ResolvedMissOf(table);
        Volatile.Write(ref _misses, misses.AsSpan().ContainsAnyExcept(TableMiss.Drop) ? misses : null);
    }

    private TableMiss ResolvedMissOf(int table)
    {
        TableMiss miss = _settings[table]?.Miss ?? TableMiss.Default;
        return miss == TableMiss.Default && !_asksControllers ? TableMiss.Drop : miss;
    }

    /// <summary>Other settings of a table.</summary>
    private sealed class SettingChange(FlowTables tables, byte table, TableSettings before, VacancyEvent? watched, bool changesMiss)
        : TableChange
    {
        public override void Undo()
        {
            tables.Take(table, tables._settings[table]!, before);
            tables._watched[table] = watched;
        }

        public override void Publish(ulong version, ref TableSet touched)
        {
            if (!changesMiss)
                return;
            touched.Add(table);
            tables.PublishMisses();
        }
    }

    /// <summary>Controllers are asked where they were not, or no more.</summary>
    private sealed class DefaultMissChange(FlowTables tables) : TableChange
    {
        public override void Undo() => tables._asksControllers = !tables._asksControllers;

        public override void Publish(ulong version, ref TableSet touched)
        {
            for (byte table = 0; table < FlowCheck.InternalTable; table++)
            {
                if ((tables._settings[table]?.Miss ?? TableMiss.Default) == TableMiss.Default)
                    touched.Add(table);
            }

            tables.PublishMisses();
        }
    }
}
