using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>
/// A bridge as its OpenFlow clients have it. It outlives a restart of its actor, whose it is; <see cref="View"/> is put in place by the
/// server on the same thread.
/// </summary>
internal sealed class ServedBridge(BridgeView view, Lazy<DatapathMeters> meters, PacketOutSender packets, ServingOptions options)
{
    private readonly Dictionary<(uint Number, string Name), long> _since = [];
    // As often as Open vSwitch says it of all bridges.
    private readonly LogRate _overflows = new(options.Time, perMinute: 5, burst: 5);
    private readonly LogRate _unknownMeters = new(options.Time, perMinute: 1, burst: 5);
    private volatile bool _isAnyMonitoring;

    /// <summary>By which its controllers send packets.</summary>
    public PacketOutSender Packets => packets;

    /// <summary>The bridge as the reconciler has left it last.</summary>
    public BridgeView View { get; private set; } = view;

    /// <summary>Its name.</summary>
    public string Name => View.Configuration.Name;

    /// <summary>Its flow tables.</summary>
    public FlowTables Tables => View.Bridge.Tables;

    /// <summary>What clients have said of it and its ports.</summary>
    public BridgeSettings Settings => View.Bridge.Settings;

    /// <summary>Its meters. The datapath's are looked at when a client first asks for meters.</summary>
    public MeterChanges Meters { get; } = new(meters, view.Bridge.Tables);

    /// <summary>Which fields stand for which options of tunnels.</summary>
    public TlvTable Options { get; } = new();

    /// <summary>The connections that the datapath tracks; null if it tracks none.</summary>
    public IConntrack? Conntrack => options.Conntrack;

    /// <summary>The answers about tables' abilities.</summary>
    public TableFeaturesReplies TableFeatures { get; } = new();

    /// <summary>The newest election that a client has become primary or secondary by; null before the first.</summary>
    public ulong? GenerationId { get; set; }

    /// <summary>The ports as clients were told of them last.</summary>
    public IReadOnlyCollection<OpenFlowPort> ToldPorts { get; set; } = [];

    /// <summary>The bridge's clock.</summary>
    public long Now => options.Time.GetTimestamp();

    /// <summary>The clients that have agreed on a version.</summary>
    public List<OpenFlowClient> Clients { get; } = [];

    /// <summary>What it does while its controllers are away.</summary>
    public FailOpen FailOpen => field ??= new FailOpen(this);

    /// <summary>What lets it reach controllers through itself.</summary>
    public InBand InBand => field ??= new InBand(this, options.NextHops, options.Logger);

    /// <summary>Whether a client has a monitor of flows. Read by all who change flows.</summary>
    public bool IsAnyMonitoring => _isAnyMonitoring;

    /// <summary>Those who watch what the bridge and its controllers say to each other.</summary>
    public SnoopTap Snoops { get; } = new();

    /// <summary>The versions that clients may speak.</summary>
    public OpenFlowVersions Versions => View.Configuration.Protocols;

    /// <summary>
    /// The bridge's number: the configured one, else the Ethernet address of its own port (<c>bridge_pick_datapath_id</c>).
    /// </summary>
    public ulong DatapathId => View.Configuration.DatapathId ?? Local?.Address ?? 0;

    /// <summary>The number that was said of it last; 0 before.</summary>
    public ulong ToldDatapathId { get; set; }

    /// <summary>The bridge's own port; null when it has no place in the datapath yet.</summary>
    public InterfaceState? Local => Ports.FirstOrDefault(one => one.Number == OpenFlowPorts.Local);

    /// <summary>The interfaces that are ports by now: LOCAL first, then by number.</summary>
    public IEnumerable<InterfaceState> Ports => View.State.Ports.SelectMany(port => port.Interfaces)
        .Where(one => one.Number is not null && one.Status == InterfaceStatus.Present)
        .OrderBy(one => one.Number == OpenFlowPorts.Local ? -1L : one.Number!.Value);

    /// <summary>The ports as OpenFlow describes them.</summary>
    public IEnumerable<OpenFlowPort> DescribePorts()
    {
        SettingsSnapshot settings = Settings.Current;
        return Ports.Select(one => DescribedPort.Of(one, settings.ConfigOf(one.Number!.Value)));
    }

    /// <summary>A client has agreed on a version.</summary>
    public void Enter(OpenFlowClient client)
    {
        client.Packets = new PacketInSender(client, LimitsOf(client), options, _overflows);
        Clients.Add(client);
    }

    /// <summary>A client's connection has ended.</summary>
    public void Leave(OpenFlowClient client)
    {
        Clients.Remove(client);
        Snoops.Remove(client);
        client.Packets!.End();
        CountMonitors();
    }

    /// <summary>All connections have ended.</summary>
    public void LeaveAll()
    {
        while (Clients.Count > 0)
            Leave(Clients[^1]);
    }

    /// <summary>Sends a packet to the clients that want it, with the next <see cref="Flush"/>; whether there is one.</summary>
    public bool Deliver(ControllerPacket packet)
    {
        bool isWanted = false;
        foreach (OpenFlowClient client in Clients)
        {
            if (!client.Wants(packet))
                continue;
            isWanted = true;
            client.Packets!.Send(packet);
        }

        return isWanted;
    }

    /// <summary>Sends the packets that were delivered.</summary>
    public void Flush()
    {
        foreach (OpenFlowClient client in Clients)
            client.Packets!.Flush();
    }

    /// <summary>Takes note of monitors that came or went.</summary>
    public void CountMonitors() => _isAnyMonitoring = Clients.Exists(client => !client.Monitors.IsEmpty);

    /// <summary>The bridge is another from now on.</summary>
    public void Show(BridgeView view)
    {
        View = view;
        foreach (OpenFlowClient client in Clients)
            client.Packets!.Limit(LimitsOf(client));
        HashSet<(uint Number, string Name)> present = [.. Ports.Select(one => (one.Number!.Value, one.Name))];
        foreach ((uint Number, string Name) gone in _since.Keys.Where(port => !present.Contains(port)).ToArray())
            _since.Remove(gone);
        foreach ((uint Number, string Name) port in present)
            _since.TryAdd(port, Now);
    }

    /// <summary>Takes note of what a client may do beside others.</summary>
    public void Assign(OpenFlowClient client, ControllerRole role)
    {
        client.Role = role;
        if (client.Settings.Target is { } target)
            options.Controllers.Note(Name, target, role);
    }

    /// <summary>How long a port is there.</summary>
    public TimeSpan PortAgeOf(InterfaceState one) =>
        _since.TryGetValue((one.Number!.Value, one.Name), out long since) ? AgeOf(since) : TimeSpan.Zero;

    /// <summary>What a patch port is to translations; null for other ports.</summary>
    public PatchPort? PatchOf(InterfaceState one) => View.Bridge.TryGetPort(one.Number!.Value, out BridgePort? port) ? port.Patch : null;

    /// <summary>What the datapath's ports have counted, by their names there; nothing if it cannot be asked.</summary>
    public IReadOnlyDictionary<string, VportStats> CountPorts()
    {
        var counted = new Dictionary<string, VportStats>(StringComparer.Ordinal);
        try
        {
            foreach (DatapathPort port in options.Ports.List())
            {
                if (port.Statistics is { } statistics)
                    counted[port.Name] = statistics;
            }
        }
        catch (DatapathException)
        {
            // Each counter is unknown then, and says so.
        }

        return counted;
    }

    /// <summary>Sets a port's device up or down; false when that is refused, which is logged.</summary>
    public bool TrySetUp(InterfaceState one, bool up)
    {
        try
        {
            options.Ports.Set(one.Device ?? one.Name, new DeviceSettings { IsUp = up });
            return true;
        }
        catch (DatapathException refused)
        {
            options.Logger.CannotSetPort(Name, one.Name, refused.Message);
            return false;
        }
    }

    /// <summary>A client wants fragments to be looked up in a way that there is not.</summary>
    public void RefuseFragments(FragmentHandling fragments) =>
        options.Logger.NoSuchFragmentHandling(Name, fragments.ToString().ToLowerInvariant());

    /// <summary>Says that packets for controllers go without a meter which they shall go through and which is not there, if so.</summary>
    public void TellUnknownMeter(ActionList actions)
    {
        if (Tables.FindUnknownMeter(actions) is { } meter && _unknownMeters.TryTake(out _))
            options.Logger.UnknownMeter(Name, meter);
    }

    /// <summary>Since when a time of the bridge's clock is.</summary>
    public TimeSpan AgeOf(long time) => options.Time.GetElapsedTime(time);

    private PacketInLimits LimitsOf(OpenFlowClient client) => PacketInLimits.Of(View.Configuration, client.Settings.Target);
}
