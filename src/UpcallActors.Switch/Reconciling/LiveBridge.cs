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
    private readonly HashSet<uint> _moved = [];
    private Dictionary<uint, (string Name, (PortKind Kind, string Device) Port)> _owners = [];
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
    /// <param name="interfaces">Those of its interfaces that can be used, apart from its own port.</param>
    public void Configure(BridgeConfiguration configuration, IReadOnlyCollection<InterfaceConfiguration> interfaces)
    {
        _isStale |= configuration.FailMode != Configuration.FailMode || !configuration.TableNames.Equals(Configuration.TableNames);
        Configuration = configuration;
        _numbers.Assign(interfaces);
        var owners = new Dictionary<uint, (string Name, (PortKind Kind, string Device) Port)>(interfaces.Count);
        foreach (InterfaceConfiguration one in interfaces)
        {
            if (_numbers.Of(one.Name) is { } number)
                owners[number] = (one.Name, one.DatapathPort);
        }

        _moved.UnionWith(_owners.Where(had => !owners.TryGetValue(had.Key, out var now) || now != had.Value).Select(had => had.Key));
        _owners = owners;
    }

    /// <summary>
    /// Forgets the addresses behind numbers that are another interface's now, or nobody's: packets to them must not go there
    /// (<c>bundle_flush_macs</c> in ofproto-dpif.c). Others of the bridge are learned again.
    /// </summary>
    public void ForgetMoved()
    {
        if (_moved.Count == 0)
            return;
        MacEntry[] behind = [.. MacLearning.List().Where(entry => _moved.Contains(entry.Port))];
        foreach (MacEntry entry in behind.Where(entry => entry.IsStatic))
            MacLearning.RemoveStatic(entry.Address, entry.Vlan);
        if (Array.Exists(behind, entry => !entry.IsStatic))
            MacLearning.Flush();
        _moved.Clear();
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
}
