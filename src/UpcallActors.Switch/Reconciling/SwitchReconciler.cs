using System.Collections.Frozen;
using System.Collections.Immutable;
using Akka.Actor;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>
/// Makes a datapath's ports and the translators' bridges what is wanted. What is refused or waits is tried again; whenever ports
/// change, translators get bridges with their numbers and MTUs as they are then. Calls the datapath, which may take its time. Single
/// owner, but for <see cref="States"/>.
/// </summary>
internal sealed partial class SwitchReconciler
{
    private readonly IDatapath _datapath;
    private readonly IDatapathPorts _ports;
    private readonly ISwitchObserver _observer;
    private readonly TimeProvider _time;
    private readonly Queue<DueFlows> _dueFlows = [];
    private AttachedPipeline? _pipeline;
    private ConfigurationSources _sources = ConfigurationSources.None;
    private Dictionary<string, LiveBridge> _bridges = new(StringComparer.Ordinal);
    private List<WantedInterface> _wanted = [];
    private InterfacePlan _plan;
    private SwitchConfiguration _answered = ConfigurationSources.None.Merged;
    private List<WantedInterface> _dueRemovals = [];
    private bool _isNew;
    private bool _hasRemovedOthers;
    private HashSet<UnsupportedPart> _toldUnsupported = [];
    private HashSet<string> _toldConflicts = [];

    public SwitchReconciler(IDatapath datapath, IDatapathPorts ports, ISwitchObserver observer, TimeProvider time)
    {
        _datapath = datapath;
        _ports = ports;
        _observer = observer;
        _time = time;
        _plan = new InterfacePlan(SwitchConfiguration.Empty, datapath.Name);
        Translators = new OpenFlowTranslatorFactory(
            [], support: new OdpSupport { Features = datapath.Support, UserspacePid = datapath.UserspacePid });
    }

    /// <summary>The translators, which decide about upcalls by the present bridges.</summary>
    public OpenFlowTranslatorFactory Translators { get; }

    /// <summary>What kind of datapath it is. Any thread.</summary>
    public string DatapathType => _datapath.Type;

    /// <summary>The switch as it is, and as it was. Any thread.</summary>
    public StateFeed States { get; } = new();

    /// <summary>Whether anything waits that devices or time may bring.</summary>
    public bool IsAnyTriedAgain => _wanted.Exists(one => one.Waits);

    /// <summary>Whether something was not tried when ports were looked at last, since it was tried too often in that second.</summary>
    public bool IsAnyHeldBack { get; private set; }

    /// <summary>
    /// Adds what is wanted at the start. Throws <see cref="DatapathException"/> when the datapath takes none of the ports.
    /// </summary>
    public AppliedConfiguration Start(string source, SwitchConfiguration configuration)
    {
        AppliedConfiguration applied = Apply(source, configuration);
        if (_wanted.Count > 0 && _wanted.All(one => one.Device is null))
            throw new DatapathException($"no port can be added: {_wanted[0].Reason}");
        return applied;
    }

    /// <summary>All that a source wants.</summary>
    public SwitchConfiguration ConfigurationOf(string source) => _sources.Of(source);

    /// <summary>
    /// Goes on with what a source wants: new ports are added first, then the flows change, then ports go that are no longer configured,
    /// since packets may be on their way to them. What is the same in both stays as it is, and so do the counters of flows
    /// and the addresses learned. Throws <see cref="FlowRefusedException"/> when a bridge's flows do not go together; nothing was
    /// changed then. The answer has all that differs from what was answered last, so that a call that is made once more after a
    /// failure tells what the first one has changed.
    /// </summary>
    public AppliedConfiguration Apply(string source, SwitchConfiguration configuration)
    {
        ConfigurationSources sources = _sources.With(source, configuration);
        SwitchConfiguration wanted = sources.Merged;
        var changes = SwitchDifference.Between(_sources.Merged, wanted);
        SwitchDifference difference = ReferenceEquals(_answered, _sources.Merged) ? changes : SwitchDifference.Between(_answered, wanted);
        Dictionary<string, LiveBridge> bridges = BridgesOf(wanted, changes);
        Take(sources, bridges, new InterfacePlan(wanted, _datapath.Name), changes);
        Follow();
        RemoveOthersOnce();
        _answered = wanted;
        return new AppliedConfiguration(States.State, difference);
    }

    /// <summary>
    /// Adds what can be added by now, and takes note of what has changed. Throws <see cref="DatapathException"/> when the datapath is
    /// gone.
    /// </summary>
    public void Follow()
    {
        BeginWithWhatIsNew();
        AddMissing();
        SetDevices();
        Tell();
        ChangeFlows();
        RemoveUnwanted();
        _pipeline?.TellShares(_wanted);
    }

    /// <summary>Tries again now what waits; returns what became of each, in lines for people.</summary>
    public IReadOnlyList<string> Retry()
    {
        ImmutableArray<WaitingInterface> before = States.State.Waiting;
        Follow();
        ILookup<(string Bridge, string Name), WaitingInterface> waiting = States.State.Waiting.ToLookup(one => (one.Bridge, one.Name));
        return [.. before.Select(one => Outcome(one, waiting[(one.Bridge, one.Name)].FirstOrDefault()))];
    }

    /// <summary>
    /// From now on the pipeline knows the shares of ports that have one, by their present numbers, and ports go when it has finished the
    /// packets that may be on their way to them. Its packets for controllers go to those of the bridges, when the result ends.
    /// </summary>
    public Task Attach(UpcallPipeline pipeline)
    {
        _pipeline = new AttachedPipeline(pipeline);
        _pipeline.TellShares(_wanted);
        var settlement = new Settlement(1);
        _server.Tell(new ControllersAttached(pipeline.Controllers, settlement), ActorRefs.NoSender);
        return settlement.Done;
    }

    private static string Outcome(WaitingInterface before, WaitingInterface? now)
    {
        string port = before.Bridge.Length == 0 ? $"port {before.Name}" : $"port {before.Name} of {before.Bridge}";
        return now is null ? $"{port} is in the datapath now" : $"{port} still waits: {now.Reason}";
    }

    /// <summary>
    /// The bridges that there will be: those that stay keep their tables and what they have learned. Their flows are tried as a start
    /// would take them, against empty tables: the changes alone do not tell whether flows go together.
    /// </summary>
    private Dictionary<string, LiveBridge> BridgesOf(SwitchConfiguration wanted, SwitchDifference difference)
    {
        var bridges = new Dictionary<string, LiveBridge>(wanted.Bridges.Count, StringComparer.Ordinal);
        foreach (BridgeConfiguration added in difference.AddedBridges)
            bridges.Add(added.Name, new LiveBridge(added, _time));
        foreach (BridgeDifference changed in difference.ChangedBridges.Where(changed => changed.Flows.Count > 0))
            FlowTables.Try(changed.Bridge.Flows.Changes.AsSpan());
        foreach (BridgeConfiguration bridge in wanted.Bridges)
            bridges.TryAdd(bridge.Name, _bridges.GetValueOrDefault(bridge.Name)!);
        return bridges;
    }

    /// <summary>
    /// From here on it holds. All that is due for it is noted at once, before anything is done that may fail: whatever fails then is
    /// put right when the datapath is looked at the next time.
    /// </summary>
    private void Take(ConfigurationSources sources, Dictionary<string, LiveBridge> bridges, InterfacePlan plan, SwitchDifference changes)
    {
        _sources = sources;
        _bridges = bridges;
        _plan = plan;
        _isNew = true;
        foreach (BridgeDifference changed in changes.ChangedBridges)
        {
            LiveBridge bridge = bridges[changed.Bridge.Name];
            bool begins = bridge.BeginsAnewBy(changed.Bridge);
            if (begins || changed.Flows.Count > 0 || bridge.Configuration.Tables != changed.Bridge.Tables)
                _dueFlows.Enqueue(new DueFlows(bridge, changed, begins));
        }

        ILookup<string, PlannedInterface> interfaces = _plan.Interfaces.Where(one => one is { Bridge: not null, Obstacle: null })
            .ToLookup(one => one.BridgeName, StringComparer.Ordinal);
        foreach (BridgeConfiguration bridge in sources.Merged.Bridges)
            bridges[bridge.Name].Configure(bridge, [.. interfaces[bridge.Name]]);
        List<WantedInterface> before = _wanted;
        _wanted = Carry(before);
        JoinPatches();
        _dueRemovals = Gone(before);
    }

    /// <summary>What a configuration needs once, before its ports are added.</summary>
    private void BeginWithWhatIsNew()
    {
        if (!_isNew)
            return;
        TellWhatIsLeftOut();
        IEnumerable<string?> devices = _wanted.Where(one => one.IsUsable).Select(one => one.Plan.WatchedDevice);
        // Before they are looked at, so that none comes between.
        _ports.Watch(devices.OfType<string>().ToFrozenSet(StringComparer.Ordinal));
        RemoveWhatIsInTheWay();
        _isNew = false;
    }

    /// <summary>What is wanted now, each going on where it was.</summary>
    private List<WantedInterface> Carry(List<WantedInterface> before)
    {
        var byName = new Dictionary<(string Bridge, string Name), WantedInterface>(before.Count);
        foreach (WantedInterface old in before.Where(old => old.IsUsable))
            byName[(old.Bridge, old.Name)] = old;
        var wanted = new List<WantedInterface>(_plan.Interfaces.Count);
        foreach (PlannedInterface plan in _plan.Interfaces)
        {
            var one = new WantedInterface(plan, plan.Bridge is null ? null : _bridges[plan.BridgeName].NumberOf(plan));
            if (one.IsUsable && byName.TryGetValue((one.Bridge, one.Name), out WantedInterface? old) && old.Plan.Request == plan.Request)
                one.TakeAfter(old);
            wanted.Add(one);
        }

        return wanted;
    }

    /// <summary>Changes are due until they are made. Those of a bridge that is gone by now do no harm.</summary>
    private void ChangeFlows()
    {
        while (_dueFlows.TryPeek(out DueFlows due))
        {
            if (due.Begins)
                due.Bridge.Refill(due.Change.Bridge);
            else
                due.Bridge.Change(due.Change.Flows, due.Change.Bridge.Tables);
            _dueFlows.Dequeue();
        }
    }

    private void TellWhatIsLeftOut()
    {
        foreach (UnsupportedPart part in _plan.Unsupported.Where(part => !_toldUnsupported.Contains(part)))
            _observer.PartUnsupported(part);
        _toldUnsupported = [.. _plan.Unsupported];
        foreach (string conflict in _sources.Conflicts.Where(conflict => !_toldConflicts.Contains(conflict)))
            _observer.PartConflicts(conflict);
        _toldConflicts = [.. _sources.Conflicts];
    }

    /// <summary>A change of a bridge's flows, or of its tables, that is to be made.</summary>
    /// <param name="Bridge">The bridge.</param>
    /// <param name="Change">What changes.</param>
    /// <param name="Begins">Whether the tables begin anew, with all flows of the configuration.</param>
    private readonly record struct DueFlows(LiveBridge Bridge, BridgeDifference Change, bool Begins);
}
