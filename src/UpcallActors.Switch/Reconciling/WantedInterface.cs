using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch;

/// <summary>An interface that is wanted, and what has come of it so far. Single owner.</summary>
internal sealed class WantedInterface(PlannedInterface plan, uint? number)
{
    private DatapathPort? _found;
    private string? _missing;
    private bool _isDeviceMissing;
    private PatchEnd? _patch = plan.IsPatch ? new PatchEnd(plan.Interface.Peer ?? "") : null;

    public PlannedInterface Plan => plan;

    public string Bridge => plan.BridgeName;

    public string Name => plan.Interface.Name;

    /// <summary>Its OpenFlow number; null when it has none.</summary>
    public uint? Number => plan.Bridge is null ? null : number;

    /// <summary>Its name in the datapath; null while the datapath refuses it, or it cannot be asked for.</summary>
    public string? Device { get; private set; }

    /// <summary>The number that it had last in the datapath; null when it never had one.</summary>
    public uint? LastNumber { get; private set; }

    /// <summary>Attempts to add it.</summary>
    public AttemptWindow Attempts { get; } = new();

    /// <summary>What was last said about it.</summary>
    public string? Said { get; private set; }

    /// <summary>Where it is in the datapath; null while it is not there.</summary>
    public PortPlace? Place { get; private set; }

    /// <summary>Whether it is a port by now: a patch port is as soon as it is configured.</summary>
    public bool IsPresent => IsUsable && (Place is not null || plan.IsPatch);

    /// <summary>Whether it is no port yet, and devices or time may change that.</summary>
    public bool Waits => IsUsable && Place is null && !plan.IsPatch;

    /// <summary>Whether the datapath can be asked for it; of a patch port, whether it can be used.</summary>
    public bool IsUsable => Obstacle is null;

    /// <summary>Why it cannot be used as it is configured.</summary>
    public string? Obstacle => plan.Obstacle ?? (number is null && plan.Bridge is not null ? "no OpenFlow number is left for it" : null);

    /// <summary>Goes on where the same interface of a configuration before was.</summary>
    public void TakeAfter(WantedInterface before)
    {
        _patch = _patch is null ? null : _patch with { Counters = before._patch!.Counters, Address = before._patch.Address };
        Device = before.Device;
        LastNumber = before.LastNumber;
        Said = before.Said;
    }

    /// <summary>Notes what came of adding it; whether it is there.</summary>
    public bool Take(DatapathPort added)
    {
        Device = added.Name;
        _missing = added.Error;
        _isDeviceMissing = added.IsDeviceMissing;
        return added.Number is not null;
    }

    /// <summary>Notes that the datapath does not take it.</summary>
    public void Refuse()
    {
        Device = null;
        _isDeviceMissing = false;
    }

    /// <summary>Notes where it is; null when the datapath has no such port.</summary>
    public void Find(DatapathPort? found)
    {
        _found = found;
        Place = found?.Number is { } at ? PortPlace.Of(plan.Request.Kind, at, found.Mtu) : null;
        LastNumber = Place?.Number ?? LastNumber;
    }

    /// <summary>The port as it was found last; null while it is not there.</summary>
    public DatapathPort? Found => Place is null ? null : _found;

    /// <summary>What was said last of settings that its device does not take.</summary>
    public string? SettingRefused { get; set; }

    /// <summary>Whether this is news.</summary>
    public bool Says(string news)
    {
        bool isNew = news != Said;
        Said = news;
        return isNew;
    }

    /// <summary>Notes why nothing comes out where it leads; null when something does.</summary>
    public void Meet(string? problem) => _patch = _patch! with { Problem = problem };

    /// <summary>Why it is not in the datapath.</summary>
    public string Reason => Obstacle
        ?? (Device is null ? Said ?? "it was not asked for yet" : _missing ?? "it was removed from the datapath");

    public InterfaceState AsState() => new(Name, plan.Request.Kind, Status)
    {
        Number = Number,
        DatapathPort = Place?.Number,
        Device = Device,
        Peer = plan.IsPatch ? plan.Interface.Peer : null,
        Mtu = Place?.Mtu ?? 0,
        IsUp = IsPresent && (plan.IsPatch || _found!.IsUp),
        IsAdminUp = IsPresent && (plan.IsPatch || _found!.IsAdminUp),
        Address = !IsPresent ? 0 : _patch?.Address ?? _found!.Address,
        IfIndex = Place is null ? 0 : _found!.IfIndex,
        IsDeviceMissing = Waits && _isDeviceMissing,
        Reason = IsPresent ? _patch?.Problem : Reason,
    };

    /// <summary>What it has counted; null when that is unknown.</summary>
    public InterfaceStatistics? CountedOf(DatapathPort? port, IReadOnlyDictionary<int, DeviceCounters> devices) =>
        _patch is { } patch ? InterfaceStatistics.Of(patch.Port)
        : port?.Statistics is not { } statistics ? null
        : plan.Request.Kind.IsTunnel() ? InterfaceStatistics.OfTunnel(statistics)
        : InterfaceStatistics.Of(statistics, devices.TryGetValue(port.IfIndex, out DeviceCounters device) ? device : null);

    /// <summary>The port of a bridge that it is, while it is there.</summary>
    public PresentPort AsPresent() => new(number!.Value, Name, plan.Request, IsDown: !plan.IsPatch && !_found!.IsAdminUp);

    /// <summary>The port of a bridge that it is, while it is there.</summary>
    public BridgePort AsPort() => plan.IsPatch ? AsPatch() : At(Place!.Value);

    /// <summary>The port of a bridge that it is, as a patch port.</summary>
    public BridgePort AsPatch() => OfVlan(BridgePort.OfPatch(number!.Value, Name, _patch!.Port));

    /// <summary>The port of a bridge that it is at its place.</summary>
    public BridgePort At(PortPlace place) => OfVlan(new BridgePort(number!.Value, place.Number, Name)
    {
        Mtu = place.Mtu,
        IsLive = _found is null || _found.IsUp,
        Tunnel = plan.Interface.Tunnel,
    });

    private BridgePort OfVlan(BridgePort port) => port with
    {
        VlanMode = plan.Port!.VlanMode,
        Vlan = plan.Port.Tag,
        Trunks = plan.Port.Trunks.Items,
        Cvlans = plan.Port.Cvlans.Items,
        QinqEthtype = plan.Port.QinqEthtype,
        PriorityTags = plan.Port.PriorityTags,
        IsProtected = plan.Port.IsProtected,
    };

    private InterfaceStatus Status => !IsUsable ? InterfaceStatus.Unusable
        : IsPresent ? InterfaceStatus.Present
        : Device is null ? InterfaceStatus.Refused : InterfaceStatus.Waiting;
}
