using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch;

/// <content>The datapath's ports: what is added, looked at and taken out.</content>
internal sealed partial class SwitchReconciler
{
    /// <summary>
    /// Interfaces of the configuration before, and of removals that are still due, whose ports are no longer configured; one for each
    /// device.
    /// </summary>
    private List<WantedInterface> Gone(List<WantedInterface> before)
    {
        HashSet<(PortKind Kind, string Device)> kept = [.. _wanted.Where(one => one.IsUsable).Select(one => one.Plan.DatapathPort)];
        return [.. _dueRemovals.Concat(before)
            .Where(old => old.Device is not null && !kept.Contains(old.Plan.DatapathPort)).DistinctBy(old => old.Device)];
    }

    /// <summary>
    /// Removes ports that are no longer configured and have the device of a new port, which could not be added beside them.
    /// </summary>
    private void RemoveWhatIsInTheWay()
    {
        if (_dueRemovals.Count == 0)
            return;
        HashSet<string> devices = new(
            _wanted.Where(one => !one.Plan.IsPatch).Select(one => one.Plan.Request.Device), StringComparer.Ordinal);
        RemoveDue(one => devices.Contains(one.Device!));
    }

    /// <summary>
    /// Sees which patch ports lead somewhere: two that name each other (<c>ofport_update_peer</c>). Of others it is said why not, as
    /// <c>vport_get_status</c> says it.
    /// </summary>
    private void JoinPatches()
    {
        WantedInterface[] patches = [.. _wanted.Where(one => one is { Plan.IsPatch: true, IsUsable: true })];
        Dictionary<string, string> peers = patches.ToDictionary(one => one.Name, one => one.Plan.Interface.Peer!, StringComparer.Ordinal);
        string type = _datapath.FullName.Split('@')[0];
        foreach (WantedInterface one in patches)
        {
            string peer = peers[one.Name];
            bool isJoined = peers.TryGetValue(peer, out string? back) && back == one.Name;
            one.Meet(isJoined ? null : $"No usable peer '{peer}' exists in '{type}' datapath.");
        }
    }

    /// <summary>
    /// Looks where the ports are, and adds those that are not there. One that is refused is told of and the others are added: a bridge
    /// with a port too few is better than none.
    /// </summary>
    private void AddMissing()
    {
        Look();
        long now = (long)_time.GetElapsedTime(0).TotalMilliseconds;
        bool isAnyAdded = false;
        bool isAnyHeldBack = false;
        foreach (WantedInterface one in _wanted)
        {
            if (!one.IsUsable)
                TellRefused(one, one.Obstacle!);
            else if (!one.Waits)
                continue;
            else if (one.Attempts.TryTake(now))
                isAnyAdded |= TryAdd(one);
            else
                isAnyHeldBack = true;
        }

        IsAnyHeldBack = isAnyHeldBack;

        if (isAnyAdded)
            Look();
    }

    /// <summary>Whether it is there now.</summary>
    private bool TryAdd(WantedInterface one)
    {
        try
        {
            return one.Take(_ports.Add(one.Plan.Request, one.LastNumber));
        }
        catch (DatapathException refused)
        {
            one.Refuse();
            TellRefused(one, refused.Message);
            return false;
        }
    }

    private void TellRefused(WantedInterface one, string reason)
    {
        if (one.Says(reason))
            _observer.PortRefused(one.Bridge, one.Name, reason);
    }

    private void Look()
    {
        foreach (LiveBridge bridge in _bridges.Values)
            bridge.BeginLook();
        var present = new Dictionary<string, DatapathPort>(StringComparer.Ordinal);
        foreach (DatapathPort port in _ports.List())
            present[port.Name] = port;
        foreach (WantedInterface one in _wanted.Where(one => one.Device is not null))
            one.Find(present.GetValueOrDefault(one.Device!));
    }

    /// <summary>What the interfaces of bridges have counted, as far as they are there. It changes nothing.</summary>
    public IReadOnlyDictionary<(string Bridge, string Name), InterfaceStatistics> Count()
    {
        Dictionary<string, DatapathPort> present = _ports.List().ToDictionary(port => port.Name, StringComparer.Ordinal);
        IReadOnlyDictionary<int, DeviceCounters> devices = _ports.CountDevices();
        var counted = new Dictionary<(string Bridge, string Name), InterfaceStatistics>();
        foreach (WantedInterface one in _wanted.Where(one => one is { IsPresent: true, Plan.Bridge: not null }))
        {
            if (one.CountedOf(one.Device is null ? null : present.GetValueOrDefault(one.Device), devices) is { } statistics)
                counted[(one.Bridge, one.Name)] = statistics;
        }

        return counted;
    }

    /// <summary>Says what has changed; translators and readers of the state are told, too.</summary>
    private void Tell()
    {
        foreach (WantedInterface one in _wanted.Where(one => one.Device is not null))
        {
            if (one.Place is { } place)
            {
                if (one.Says($"{place}"))
                    _observer.PortPresent(one.Bridge, one.Name, one.Number, place, one.Device!);
            }
            else if (one.Says(one.Reason))
            {
                _observer.PortWaits(one.Bridge, one.Name, one.Device!, one.Reason);
            }
        }

        foreach (WantedInterface one in _wanted.Where(one => one is { Plan.IsPatch: true, IsUsable: true }))
        {
            string? problem = one.AsState().Reason;
            if (one.Says(problem ?? $"leads to {one.Plan.Interface.Peer}"))
                _observer.PatchPort(one.Bridge, one.Name, one.Plan.Interface.Peer!, problem);
        }

        TellTranslators();
        Publish();
    }

    /// <summary>Whatever else has changed, no translation depends on it.</summary>
    private void TellTranslators()
    {
        ILookup<string, WantedInterface> ports = _wanted.Where(one => one is { IsPresent: true, Plan.Bridge: not null })
            .ToLookup(one => one.Bridge, StringComparer.Ordinal);
        foreach ((string name, LiveBridge bridge) in _bridges)
            bridge.Follow(ports[name].Select(one => one.AsPresent()));
        Bridge[] bridges =
        [
            .. _sources.Merged.Bridges.Select(bridge =>
                _bridges[bridge.Name].On([.. ports[bridge.Name].Select(one => one.AsPort())])),
        ];
        if (!bridges.SequenceEqual(Translators.Bridges, ReferenceEqualityComparer.Instance))
            Translators.Replace(bridges);
        // No translator has the numbers of before any more, by which it would learn them again.
        foreach (LiveBridge bridge in _bridges.Values)
            bridge.ForgetChanged();
    }

    private void Publish()
    {
        ILookup<string, WantedInterface> byBridge = _wanted.ToLookup(one => one.Bridge, StringComparer.Ordinal);
        ILookup<string, UnsupportedPart> unsupported = _plan.Unsupported.ToLookup(part => part.Bridge, StringComparer.Ordinal);
        var state = new SwitchState
        {
            Configuration = _sources.Merged,
            Bridges = ValueList.From(_sources.Merged.Bridges.Select(bridge => new BridgeState(bridge.Name)
            {
                Source = _sources.Owners[bridge.Name],
                Ports = ValueList.From(byBridge[bridge.Name].GroupBy(one => one.Plan.Port!.Name, StringComparer.Ordinal)
                    .Select(port => new PortState(port.Key) { Interfaces = ValueList.From(port.Select(one => one.AsState())) })),
                Unsupported = ValueList.From(unsupported[bridge.Name]),
            })),
            Interfaces = ValueList.From(byBridge[""].Select(one => one.AsState())),
            Conflicts = _sources.Conflicts,
        };
        if (!state.Equals(States.State))
            States.Publish(state);
        ShowBridges(state);
    }

    /// <summary>
    /// Takes out what an earlier run with another configuration left, when that is first wanted, as ovs-vswitchd does
    /// (<c>open_dpif_backer</c> in ofproto-dpif.c). A port that is wanted and refused is not an other's. A configuration of which nothing
    /// can be added may be a wrong one.
    /// </summary>
    private void RemoveOthersOnce()
    {
        if (_hasRemovedOthers || !_sources.Merged.Settings.RemovesOtherPorts
            || (_wanted.Count > 0 && _wanted.All(one => one.Device is null)))
            return;
        _hasRemovedOthers = true;
        HashSet<string> own = new(StringComparer.Ordinal) { _datapath.Name };
        foreach (WantedInterface one in _wanted.Where(one => !one.Plan.IsPatch))
            own.Add(one.Device ?? one.Plan.Request.Device);
        foreach (DatapathPort port in _ports.List().Where(port => !own.Contains(port.Name)))
            Remove(port.Name);
    }

    /// <summary>By now translators have bridges without them.</summary>
    private void RemoveUnwanted()
    {
        if (_dueRemovals.Count == 0)
            return;
        _pipeline?.FinishPacketsUnderWay();
        HashSet<string?> wanted = [.. _wanted.Select(one => one.Device)];
        _dueRemovals.RemoveAll(one => wanted.Contains(one.Device));
        RemoveDue(_ => true);
    }

    /// <summary>A port is due until it was taken out, or the datapath has refused that.</summary>
    private void RemoveDue(Predicate<WantedInterface> isMeant)
    {
        while (_dueRemovals.Find(isMeant) is { } gone)
        {
            Remove(gone.Device!);
            _dueRemovals.Remove(gone);
        }
    }

    private void Remove(string device)
    {
        try
        {
            if (_ports.Remove(device))
                _observer.PortRemoved(device);
        }
        catch (DatapathException refused)
        {
            _observer.PortStays(device, refused.Message);
        }
    }
}
