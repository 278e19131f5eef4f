using System.Globalization;
using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch;

/// <summary>
/// What a configuration asks a datapath for: an interface for each bridge itself and those of its ports; and what of it cannot be done.
/// A datapath's port belongs to one interface, so of two that want one the first gets it.
/// </summary>
internal sealed class InterfacePlan
{
    private readonly List<PlannedInterface> _interfaces = [];
    private readonly List<UnsupportedPart> _unsupported = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<(PortKind Kind, TunnelPort End), string> _farEnds = [];
    private readonly HashSet<string> _sharedDevices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _tunnelDevices = new(StringComparer.Ordinal);
    private readonly string _datapath;

    /// <param name="configuration">What is wanted.</param>
    /// <param name="datapath">The datapath's name, which its own port has.</param>
    public InterfacePlan(SwitchConfiguration configuration, string datapath)
    {
        _datapath = datapath;
        // A bridge's own port comes before others that want its device: without it there is no bridge.
        foreach (BridgeConfiguration bridge in configuration.Bridges)
        {
            _names.TryAdd(bridge.Name, $"bridge {bridge.Name}");
            _devices.TryAdd(bridge.Name, $"bridge {bridge.Name}");
        }

        // A device that the switch makes for tunnels is no port beside them, whichever of them is named first.
        foreach (InterfaceConfiguration tunnel in TunnelsOf(configuration))
            _tunnelDevices.TryAdd(tunnel.Request.Device, tunnel.Name);

        foreach (BridgeConfiguration bridge in configuration.Bridges)
            Plan(bridge);
        foreach (InterfaceConfiguration one in configuration.Interfaces)
            Add(null, null, one, isLocal: false, ObstacleOf(one, bridge: null));
    }

    /// <summary>
    /// The interfaces, in the order of the configuration; a bridge's own port is the first of the bridge, unless it is configured.
    /// </summary>
    public IReadOnlyList<PlannedInterface> Interfaces => _interfaces;

    /// <summary>What the configuration says that this switch cannot do.</summary>
    public IReadOnlyList<UnsupportedPart> Unsupported => _unsupported;

    /// <summary>Those that the datapath may be asked for.</summary>
    private static IEnumerable<InterfaceConfiguration> TunnelsOf(SwitchConfiguration configuration) =>
        configuration.Bridges
            .SelectMany(bridge => bridge.Ports.Where(port => port.Interfaces.Count == 1)
                .Select(port => port.Interfaces[0]).Where(one => one.Name != bridge.Name))
            .Concat(configuration.Interfaces)
            .Where(one => one.Kind.IsTunnel() && one.Problem is null);

    private void Plan(BridgeConfiguration bridge)
    {
        if (!bridge.Ports.SelectMany(port => port.Interfaces).Any(one => one.Name == bridge.Name))
        {
            var local = PortConfiguration.Of(new InterfaceConfiguration { Name = bridge.Name, Kind = PortKind.Internal });
            Add(bridge, local, local.Interfaces[0], isLocal: true, ObstacleOfBridge(bridge));
        }

        bool hasLocal = false;
        foreach (PortConfiguration port in bridge.Ports)
            Plan(bridge, port, ref hasLocal);
        foreach (ControllerConfiguration controller in bridge.Controllers)
        {
            if (!ConnectionTarget.TryParse(controller.Target, out _))
                Tell(bridge, $"controller {controller.Target}", "it is no place of a controller");
            else if (!bridge.DisableInBand && InBandRemote.IsUnknown(controller))
                Tell(bridge, $"in-band control of {controller.Target}", "it needs an IPv4 address, not a name or an IPv6 address");
        }

        if (bridge.InBandQueue is { } queue)
            Tell(bridge, $"in-band-queue {queue}", "the switch has no queues yet: packets use the default one");

        foreach (MirrorConfiguration mirror in bridge.Mirrors)
            Tell(bridge, $"mirror {mirror.Name}", "the switch does not copy packets to mirrors yet");
    }

    private void Plan(BridgeConfiguration bridge, PortConfiguration port, ref bool hasLocal)
    {
        const string NoBonds = "a port of several interfaces (a bond) cannot be used yet";
        bool isBond = port.Interfaces.Count > 1;
        if (isBond)
            Tell(bridge, $"port {port.Name}", $"{NoBonds}: none of its interfaces is added");
        if (port.Interfaces.Count == 0)
            Tell(bridge, $"port {port.Name}", "a port without interfaces does nothing");
        foreach (InterfaceConfiguration one in port.Interfaces)
        {
            // A second one of its name only has a name that is taken.
            bool isLocal = one.Name == bridge.Name && !hasLocal;
            hasLocal |= isLocal;
            string? obstacle = isBond ? NoBonds : isLocal ? ProblemOf(one) ?? ObstacleOfBridge(bridge) : ObstacleOf(one, bridge);
            Add(bridge, port, one, isLocal, obstacle);
            foreach ((string name, string value) in one.Options.Entries.OrderBy(option => option.Key, StringComparer.Ordinal))
                Tell(bridge, $"option {name} = {value} of interface {one.Name}", "the switch does not know it");
        }
    }

    private void Tell(BridgeConfiguration bridge, string part, string reason) =>
        _unsupported.Add(new UnsupportedPart(bridge.Name, part, reason));

    private void Add(BridgeConfiguration? bridge, PortConfiguration? port, InterfaceConfiguration one, bool isLocal, string? obstacle) =>
        _interfaces.Add(new PlannedInterface(bridge, port, one, isLocal, obstacle));

    private string? ObstacleOfBridge(BridgeConfiguration bridge) => bridge.Name == _datapath ? OwnPortOf(bridge.Name) : null;

    private static string? ProblemOf(InterfaceConfiguration one) => one.Problem
        ?? (one.Share is not { } share || (share > 0 && share <= 1)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"its share must be a number above 0 up to 1, not {share}"));

    private string? ObstacleOf(InterfaceConfiguration one, BridgeConfiguration? bridge)
    {
        if (ProblemOf(one) is { } problem)
            return problem;
        string owner = bridge is null ? "an interface of no bridge" : $"an interface of bridge {bridge.Name}";
        if (!_names.TryAdd(one.Name, owner))
            return $"the name {one.Name} is already used by {_names[one.Name]}";
        if (one.Kind == PortKind.Patch)
            return bridge is null ? "a patch port leads from a bridge into a bridge" : ObstacleOfPatch(one);
        if (!one.Kind.IsTunnel())
            return ObstacleOfOwnDevice(one.Request.Device, $"interface {one.Name}");
        return bridge is null ? null : ObstacleOfTunnel(one);
    }

    /// <summary>In the words of <c>set_patch_config</c>. Whether there is a peer is seen when all bridges are known.</summary>
    private static string? ObstacleOfPatch(InterfaceConfiguration one) =>
        string.IsNullOrEmpty(one.Peer) ? $"{one.Name}: patch type requires valid 'peer' argument"
        : one.Options.Entries.Count > 0 ? $"{one.Name}: patch type takes only a 'peer' argument"
        : one.Peer == one.Name ? $"{one.Name}: patch peer must not be self"
        : null;

    private string? ObstacleOfOwnDevice(string device, string owner) =>
        _tunnelDevices.TryGetValue(device, out string? tunnel)
            ? $"the device {device} is that of the tunnel {tunnel}"
            : ObstacleOfDevice(device, owner);

    private string? ObstacleOfDevice(string device, string owner)
    {
        if (device == _datapath)
            return OwnPortOf(device);
        return _devices.TryAdd(device, owner) ? null : $"the device {device} is already used by {_devices[device]}";
    }

    /// <summary>Packets of a tunnel port belong to the interface whose far end they come from; one that has none gets them all.</summary>
    private string? ObstacleOfTunnel(InterfaceConfiguration one)
    {
        string device = one.Request.Device;
        if (one.FarEnd is not { } end)
        {
            return _sharedDevices.Contains(device)
                ? "there are tunnels with far ends on its port"
                : ObstacleOfDevice(device, $"interface {one.Name}");
        }

        if (end.End.ProblemAs(one.Kind) is { } problem)
            return problem;
        if (device == _datapath)
            return OwnPortOf(device);
        if (_devices.TryGetValue(device, out string? owner))
            return $"all packets of its port belong to {owner}";
        _sharedDevices.Add(device);
        return _farEnds.TryAdd(end, one.Name) ? null : $"its packets cannot be told from those of interface {_farEnds[end]}";
    }

    private static string OwnPortOf(string device) => $"{device} is the datapath's own port";
}
