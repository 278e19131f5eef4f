using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// Translates upcalls through the OpenFlow tables of a datapath's bridges. What it holds is shared by the translators of all lanes:
/// the bridges as an immutable snapshot, and the table of recirculation ids. Thread-safe.
/// </summary>
internal sealed class OpenFlowTranslatorFactory : IUpcallTranslatorFactory
{
    private const int FoldedTables = 64;

    private readonly Lock _replacing = new();
    private readonly ConcurrentDictionary<uint, StrongBox<long>> _refragmented = new();
    private BridgeSet _bridges;
    private OdpSupport _support;

    private readonly Lock _counting = new();

    // For each bit of a folded set of tables the version in which one of these tables changed last.
    private readonly ulong[] _changedAt = new ulong[FoldedTables];

    // Counted when the change is visible: a reader of a version, and then of the tables, sees tables at least as new.
    private ulong _version = 1;
    private ulong _replacedAt = 1;
    private ulong _revalidationVersion = 1;

    // As above, by the versions of revalidation: when one of these tables changed last, and when anything else did.
    private readonly ulong[] _differsSince = new ulong[FoldedTables];
    private ulong _allDifferSince = 1;

    /// <summary>A factory for the bridges of one datapath.</summary>
    /// <exception cref="ArgumentException">Two bridges share a name, or two ports that are not tunnels a datapath port.</exception>
    public OpenFlowTranslatorFactory(IEnumerable<Bridge> bridges, RecirculationTable? recirculations = null, OdpSupport? support = null)
    {
        _bridges = new BridgeSet([.. bridges]);
        Listen(_bridges);
        Recirculations = recirculations ?? new RecirculationTable();
        _support = support ?? new OdpSupport();
    }

    /// <inheritdoc/>
    public event EventHandler? Changed;

    /// <inheritdoc/>
    public ulong Version => Volatile.Read(ref _version);

    /// <summary>
    /// Whether a flow may be installed: since the translation, neither bridges and ports have changed nor a table that it looked up.
    /// Tables are told apart by 64 bits, so that one that shares its bit with another counts as changed with it.
    /// </summary>
    public bool IsCurrent(in Translation translation)
    {
        if (translation.Version == Version)
            return true;
        if (translation.Version < Volatile.Read(ref _replacedAt))
            return false;
        for (ulong tables = translation.VisitedTables; tables != 0; tables &= tables - 1)
        {
            if (translation.Version < Volatile.Read(ref _changedAt[BitOperations.TrailingZeroCount(tables)]))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public ulong RevalidationVersion => Volatile.Read(ref _revalidationVersion);

    /// <summary>
    /// Whether since a version a table has changed that a flow was looked up in, or something that any flow may depend on: bridges and
    /// ports, a MAC address.
    /// </summary>
    public bool MayDiffer(ulong version, ulong visitedTables)
    {
        if (version < Volatile.Read(ref _allDifferSince))
            return true;
        for (ulong tables = visitedTables; tables != 0; tables &= tables - 1)
        {
            if (version < Volatile.Read(ref _differsSince[BitOperations.TrailingZeroCount(tables)]))
                return true;
        }

        return false;
    }

    /// <summary>The bridges now.</summary>
    public ImmutableArray<Bridge> Bridges => BridgeSet.Bridges;

    /// <summary>The recirculation ids given out.</summary>
    public RecirculationTable Recirculations { get; }

    /// <summary>What became of the packets that controllers sent.</summary>
    internal PacketOutSenderCounters Sent { get; } = new();

    /// <summary>
    /// The datapath port of each output whose MTU took a reassembled packet
    /// only in smaller fragments, and how many such packets there were.
    /// </summary>
    public IEnumerable<KeyValuePair<uint, long>> Refragmented =>
        _refragmented.Select(port => KeyValuePair.Create(port.Key, port.Value.Value));

    /// <summary>What translations make use of: what the datapath can do, unless <see cref="ChangeSupport"/> has said less.</summary>
    public OdpSupport Support => Volatile.Read(ref _support);

    IRecirculationIds? IUpcallTranslatorFactory.Recirculations => Recirculations;

    IUpcallPortNames? IUpcallTranslatorFactory.PortNames => BridgeSet;

    internal BridgeSet BridgeSet => Volatile.Read(ref _bridges);

    /// <summary>The bridge that packets with this datapath key came in on; null when their port belongs to none.</summary>
    public Bridge? FindBridge(in FlowKey key) => BridgeSet.TryFindInput(key, out Bridge? bridge, out _) ? bridge : null;

    /// <summary>From now on translations make use of something else of the datapath; flows are translated again.</summary>
    public void ChangeSupport(Func<OdpSupport, OdpSupport> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_replacing)
        {
            Volatile.Write(ref _support, change(_support));
            // Another call may put other bridges there as soon as the lock is free, which must stay.
            Put(new BridgeSet(_bridges.Bridges));
        }

        OnReplaced();
    }

    /// <summary>Puts other bridges in the place of those before, under a new version.</summary>
    /// <exception cref="ArgumentException">As for the constructor; nothing was changed.</exception>
    public void Replace(IEnumerable<Bridge> bridges)
    {
        lock (_replacing)
            Put(new BridgeSet([.. bridges]));

        OnReplaced();
    }

    /// <summary>
    /// Counts a packet that leaves on a port in smaller fragments than it came in. Allocates for the first one of a port.
    /// </summary>
    internal void CountRefragmented(uint datapathPort) =>
        Interlocked.Increment(ref _refragmented.GetOrAdd(datapathPort, static _ => new StrongBox<long>()).Value);

    /// <inheritdoc/>
    public IUpcallTranslator Create(int number) => new OpenFlowTranslator(this, observer: null, number);

    /// <summary>One for packets of controllers, which have effects as those that come in have.</summary>
    internal OpenFlowTranslator CreateTranslator() => new(this, observer: null) { LearnsLater = true };

    /// <summary>
    /// A translator that reports what it does and has no effect: it credits no rule, learns no MAC address and counts nothing. What it does
    /// can be done to any packet at any time, beside the lanes, by one thread at a time. It may give out recirculation ids, as the packet's
    /// flow would.
    /// </summary>
    public IUpcallTranslator Observe(ITranslationObserver observer) => Observe(observer, packetOut: null);

    /// <summary>The same for a packet of a controller: it begins with the given actions instead of the tables.</summary>
    internal OpenFlowTranslator Observe(ITranslationObserver observer, ActionList? packetOut)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new OpenFlowTranslator(this, observer) { PacketOut = packetOut };
    }

    /// <inheritdoc/>
    public ITranslationExplainer CreateExplainer() => new TableVisits(this);

    /// <summary>As <c>ovs-ofctl</c> writes it. The port is not part of a packet, and here it would be the datapath's.</summary>
    public string TextOf(in FlowKey packet) => new Flow(packet, inPort: 0).ToString();

    /// <inheritdoc/>
    public void Expire(bool isAccounted)
    {
        foreach (Bridge bridge in BridgeSet.Bridges)
        {
            bridge.MacLearning.Expire();
            bridge.Tables.Expire(isAccounted);
        }
    }

    /// <summary>Under the lock.</summary>
    private void Put(BridgeSet next)
    {
        BridgeSet before = _bridges;
        // Before they are seen, so that no change goes unnoticed between.
        Listen(next);
        Volatile.Write(ref _bridges, next);
        foreach (Bridge bridge in before.Bridges)
        {
            bridge.Tables.Changed -= OnTablesChanged;
            bridge.MacLearning.Changed -= OnLearned;
            bridge.Settings.Changed -= OnSettingsChanged;
        }
    }

    private void Listen(BridgeSet bridges)
    {
        foreach (Bridge bridge in bridges.Bridges)
        {
            bridge.Tables.Changed += OnTablesChanged;
            bridge.MacLearning.Changed += OnLearned;
            bridge.Settings.Changed += OnSettingsChanged;
        }
    }

    private void OnTablesChanged(object? sender, TablesChangedEventArgs change)
    {
        ulong tables = change.Tables.Fold(((FlowTables)sender!).FoldShift);
        // A limit, or another thing that no packet meets.
        if (tables == 0)
            return;
        lock (_counting)
        {
            ulong version = _version + 1;
            for (ulong left = tables; left != 0; left &= left - 1)
                Volatile.Write(ref _changedAt[BitOperations.TrailingZeroCount(left)], version);
            Volatile.Write(ref _version, version);
            CountRevalidation(tables);
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Any flow may depend on them, one that was resumed behind the tables too.</summary>
    private void OnSettingsChanged(object? sender, EventArgs change) => OnReplaced();

    private void OnReplaced()
    {
        lock (_counting)
        {
            Volatile.Write(ref _replacedAt, _version + 1);
            Volatile.Write(ref _version, _version + 1);
        }

        OnLearned(this, EventArgs.Empty);
    }

    private void OnLearned(object? sender, EventArgs change)
    {
        CountRevalidation(tables: null);
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>
    /// Counts a version in which flows of some tables may differ, or all flows. What differs is noted before the version can be read: a
    /// round of that version must not pass such a flow by. Lanes that learn addresses come here, so it takes no lock.
    /// </summary>
    private void CountRevalidation(ulong? tables)
    {
        while (true)
        {
            ulong before = Volatile.Read(ref _revalidationVersion);
            if (tables is null)
                Raise(ref _allDifferSince, before + 1);
            for (ulong left = tables ?? 0; left != 0; left &= left - 1)
                Raise(ref _differsSince[BitOperations.TrailingZeroCount(left)], before + 1);
            if (Interlocked.CompareExchange(ref _revalidationVersion, before + 1, before) == before)
                return;
        }
    }

    private static void Raise(ref ulong place, ulong version)
    {
        ulong seen = Volatile.Read(ref place);
        while (seen < version)
        {
            ulong now = Interlocked.CompareExchange(ref place, version, seen);
            if (now == seen)
                return;
            seen = now;
        }
    }
}
