using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// A bridge that is wanted. Its tables and the addresses that it has learned live as long as it is; its ports come and go. Single owner.
/// </summary>
internal sealed class LiveBridge
{
    private static readonly string[] _activeMethods = ["tcp:", "ssl:", "unix:"];

    private readonly PortNumbers _numbers;
    private readonly HashSet<uint> _changed = [];
    private Dictionary<uint, NumberOwner> _owners = [];
    private Bridge? _bridge;
    private ulong _looked;
    private bool _isStale = true;

    /// <summary>
    /// A bridge with the flows of its configuration. Throws <see cref="FlowRefusedException"/> when they do not go together.
    /// </summary>
    public LiveBridge(BridgeConfiguration configuration, TimeProvider time)
    {
        _numbers = new PortNumbers(time);
        Configuration = configuration;
        Refill(configuration);
    }

    public BridgeConfiguration Configuration { get; private set; }

    public FlowTables Tables { get; } = new();

    /// <summary>The least MTU of its devices as internal ports were set to it last, bytes; null before.</summary>
    public int? LeastMtu { get; set; }

    private MacLearningTable MacLearning { get; } = new();

    private BridgeSettings Settings { get; } = new();

    /// <summary>Goes on by another configuration. Its flows are changed elsewhere, when translators have its ports.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="interfaces">Those of its interfaces that can be used.</param>
    public void Configure(BridgeConfiguration configuration, IReadOnlyCollection<PlannedInterface> interfaces)
    {
        _isStale |= configuration.FailMode != Configuration.FailMode || !configuration.TableNames.Equals(Configuration.TableNames)
            || HasInBand(configuration) != HasInBand(Configuration);
        Configuration = configuration;
        _numbers.Assign([.. interfaces.Where(one => !one.IsLocal).Select(one => one.Interface)]);
        var owners = new Dictionary<uint, NumberOwner>(interfaces.Count);
        foreach (PlannedInterface one in interfaces)
        {
            if (NumberOf(one) is { } number)
                owners[number] = NumberOwner.Of(one);
        }

        _changed.UnionWith(_owners.Where(had => owners.GetValueOrDefault(had.Key) != had.Value).Select(had => had.Key));
        _owners = owners;
    }

    /// <summary>
    /// Whether a configuration says something else of packets without flows than the present one: it gives the bridge controllers or
    /// takes the last one, or another fail mode where there are none (<c>connmgr_set_controllers</c>, <c>connmgr_set_fail_mode</c>).
    /// </summary>
    public bool BeginsAnewBy(BridgeConfiguration configuration)
    {
        bool hasControllers = HasControllers(configuration);
        return hasControllers != HasControllers(Configuration)
            || (!hasControllers && configuration.FailMode != Configuration.FailMode);
    }

    /// <summary>
    /// Empties the tables and fills them by a configuration. A standalone bridge without controllers begins with a flow that forwards,
    /// which its flows may replace or delete.
    /// </summary>
    public void Refill(BridgeConfiguration configuration)
    {
        using TableTransaction transaction = Tables.Begin(new ChangeOrigin(ChangeSource.Configuration));
        transaction.Flush();
        if (configuration.FailMode == FailMode.Standalone && !HasControllers(configuration))
            transaction.AddNormal();
        Fill(transaction, configuration.Flows.Changes.AsSpan(), configuration.Tables);
        transaction.Commit();
    }

    /// <summary>Makes changes of a configuration's flows, and says of the tables what it says.</summary>
    public void Change(ValueList<FlowChange> flows, ValueList<TableConfiguration> tables)
    {
        using TableTransaction transaction = Tables.Begin(new ChangeOrigin(ChangeSource.Configuration));
        Fill(transaction, flows.Items.AsSpan(), tables);
        transaction.Commit();
    }

    /// <summary>
    /// Forgets the addresses behind numbers that no interface has now, or another one, or the same one with other VLANs: packets to them
    /// must not go there (<c>bundle_set</c> and <c>bundle_flush_macs</c> in ofproto-dpif.c).
    /// </summary>
    public void ForgetChanged()
    {
        if (_changed.Count == 0)
            return;
        MacLearning.Forget(_changed);
        _changed.Clear();
    }

    /// <summary>The OpenFlow number of an interface.</summary>
    public uint? NumberOf(PlannedInterface plan) => plan.IsLocal ? OpenFlowPorts.Local : _numbers.Of(plan.Interface.Name);

    /// <summary>The datapath's ports are about to be looked at.</summary>
    public void BeginLook() => _looked = Settings.Changes;

    /// <summary>What clients have said of ports goes with those that there are.</summary>
    public void Follow(IEnumerable<PresentPort> present) => Settings.Follow(present, _looked);

    /// <summary>The bridge with the ports that there are; the same one as before while nothing of it has changed.</summary>
    public Bridge On(IReadOnlyList<BridgePort> ports)
    {
        if (_bridge is not null && !_isStale && _bridge.Ports.Length == ports.Count && ports.All(IsThere))
            return _bridge;
        _isStale = false;
        return _bridge = new Bridge(Configuration.Name, Configuration.FailMode, Tables, ports, MacLearning)
        {
            TableNames = Configuration.TableNames.Entries,
            HasInBand = HasInBand(Configuration),
            Settings = Settings,
        };
    }

    /// <summary>
    /// Flows of a configuration always come in: what is over a table's limit then is evicted, if the table evicts
    /// (<c>ofproto_configure_table</c>).
    /// </summary>
    private void Fill(in TableTransaction transaction, ReadOnlySpan<FlowChange> flows, ValueList<TableConfiguration> tables)
    {
        for (byte table = 0; table < FlowCheck.InternalTable; table++)
            transaction.Set(table, Tables.GetSettings(table) with { FlowLimit = null });
        transaction.MakeAll(flows);
        ILookup<byte, TableConfiguration> wanted = tables.ToLookup(table => table.Number);
        for (byte table = 0; table < FlowCheck.InternalTable; table++)
        {
            TableConfiguration one = wanted[table].FirstOrDefault() ?? new TableConfiguration(table);
            transaction.Set(table, Tables.GetSettings(table) with
            {
                FlowLimit = one.FlowLimit,
                EvictsForConfiguration = one.Evicts,
                EvictionFields = one.Groups.Items,
            });
        }
    }

    /// <summary>Whether the bridge connects to controllers; those that come to it do not count.</summary>
    private static bool HasControllers(BridgeConfiguration configuration) => configuration.Controllers.Any(
        controller => _activeMethods.Any(method => controller.Target.StartsWith(method, StringComparison.Ordinal)));

    private static bool HasInBand(BridgeConfiguration configuration) => !InBandRemote.Of(configuration).IsEmpty;

    private bool IsThere(BridgePort port) => _bridge!.TryGetPort(port.Number, out BridgePort? before) && before == port;
}
