using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// A bridge that is wanted. Its tables and the addresses that it has learned live as long as it is; its ports come and go. Single owner.
/// </summary>
internal sealed class LiveBridge
{
    private readonly PortNumbers _numbers;
    private readonly HashSet<uint> _changed = [];
    private Dictionary<uint, NumberOwner> _owners = [];
    private Bridge? _bridge;
    private bool _isStale = true;

    /// <summary>
    /// A bridge with the flows of its configuration. Throws <see cref="FlowRefusedException"/> when they do not go together.
    /// </summary>
    public LiveBridge(BridgeConfiguration configuration, TimeProvider time)
    {
        _numbers = new PortNumbers(time);
        Configuration = configuration;
        Tables.Apply(configuration.Flows.Changes.AsSpan());
    }

    public BridgeConfiguration Configuration { get; private set; }

    public FlowTables Tables { get; } = new();

    private MacLearningTable MacLearning { get; } = new();

    /// <summary>Goes on by another configuration. Its flows are changed elsewhere, when translators have its ports.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="interfaces">Those of its interfaces that can be used.</param>
    public void Configure(BridgeConfiguration configuration, IReadOnlyCollection<PlannedInterface> interfaces)
    {
        _isStale |= configuration.FailMode != Configuration.FailMode || !configuration.TableNames.Equals(Configuration.TableNames);
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

    /// <summary>The bridge with the ports that there are; the same one as before while nothing of it has changed.</summary>
    public Bridge On(IReadOnlyList<BridgePort> ports)
    {
        if (_bridge is not null && !_isStale && _bridge.Ports.Length == ports.Count && ports.All(IsThere))
            return _bridge;
        _isStale = false;
        return _bridge = new Bridge(Configuration.Name, Configuration.FailMode, Tables, ports, MacLearning)
        {
            TableNames = Configuration.TableNames.Entries,
        };
    }

    private bool IsThere(BridgePort port) => _bridge!.TryGetPort(port.Number, out BridgePort? before) && before == port;

    /// <summary>What the addresses learned behind a number rely on.</summary>
    private sealed record NumberOwner(
        string Name, (PortKind Kind, string Device) Port, VlanMode Mode, ushort Vlan, ValueList<ushort> Trunks)
    {
        /// <summary>The tag of a trunk port and the trunks of an access port say nothing.</summary>
        public static NumberOwner Of(PlannedInterface one)
        {
            PortConfiguration port = one.Port!;
            return port.VlanMode == VlanMode.Access
                ? new NumberOwner(one.Interface.Name, one.DatapathPort, VlanMode.Access, port.Tag, [])
                : new NumberOwner(
                    one.Interface.Name, one.DatapathPort, VlanMode.Trunk, 0, ValueList.From(port.Trunks.Items.Distinct().Order()));
        }
    }
}
