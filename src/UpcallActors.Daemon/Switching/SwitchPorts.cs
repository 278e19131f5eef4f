using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Switching;

/// <summary>
/// The ports that a configuration asks a datapath for, each bridge's own
/// included, and what was last said about each to the log. Single owner.
/// </summary>
internal sealed class SwitchPorts
{
    /// <summary>A tunnel's packets are cut by the route they take: it takes whatever IP can be.</summary>
    private const int TunnelMtu = 65535;

    /// <summary>What a device has that tells nothing: Ethernet's.</summary>
    private const int UnknownMtu = 1500;

    private readonly ILogger _logger;
    private List<WantedPort> _ports;
    private IReadOnlyList<WaitingPort> _waiting = [];

    public SwitchPorts(IEnumerable<BridgeOptions> bridges, ILogger logger)
    {
        _logger = logger;
        _ports = Wanted(bridges);
    }

    /// <summary>
    /// The ports that are not in the datapath as of the last <see cref="Places"/>, in the order of the configuration. Any thread.
    /// </summary>
    public IReadOnlyList<WaitingPort> Waiting => Volatile.Read(ref _waiting);

    /// <summary>
    /// Changes to the ports of other bridges: adds new ports, after removing those in their way. Ports that are no longer configured stay
    /// for packets that are on their way to them; the names of their devices are returned.
    /// </summary>
    public IReadOnlyList<string> Replace(IEnumerable<BridgeOptions> bridges, IDatapathPorts datapath)
    {
        List<WantedPort> before = _ports;
        _ports = Wanted(bridges);
        foreach (WantedPort port in _ports)
            port.TakeAfter(before.Find(other => other.Bridge == port.Bridge && other.Request == port.Request));
        WantedPort[] gone = [.. before.Where(old => old.Name != null && !_ports.Exists(port => port.SharesDeviceWith(old)))];
        // One of another kind cannot be added under a name that is still taken.
        WantedPort[] inTheWay =
            [.. gone.Where(old => _ports.Exists(port => port.Request.Name == old.Request.Name || port.Request.Name == old.Name))];
        foreach (WantedPort old in inTheWay)
            Remove(old.Name!, datapath);
        Retry(datapath);
        return [.. gone.Except(inTheWay).Select(old => old.Name!).Distinct()];
    }

    /// <summary>Takes a device out of the datapath; what the datapath refuses is logged.</summary>
    public void Remove(string device, IDatapathPorts datapath)
    {
        try
        {
            if (datapath.Remove(device))
                _logger.PortRemoved(device);
        }
        catch (DatapathException refused)
        {
            _logger.PortStays(device, refused.Message);
        }
    }

    /// <summary>
    /// Adds all of them. One that is refused is logged and the others are added: a bridge with a port too few is better than none.
    /// Throws <see cref="DatapathException"/> when none can be added.
    /// </summary>
    public void Add(IDatapathPorts datapath)
    {
        Retry(datapath);
        if (_ports.All(port => port.Name == null))
            throw new DatapathException($"no port can be added: {_ports[0].Said}");
    }

    /// <summary>Adds again those that were refused.</summary>
    public void Retry(IDatapathPorts datapath)
    {
        foreach (WantedPort port in _ports.Where(port => port.Name == null && port.Attempts.TryTake(Environment.TickCount64)))
        {
            try
            {
                port.Name = datapath.Add(port.Request).Name;
            }
            catch (DatapathException refused)
            {
                if (port.Says(refused.Message))
                    _logger.PortRefused(port.Request.Name, port.Bridge, refused.Message);
            }
        }
    }

    /// <summary>
    /// Where the ports are, by their configured names; those that wait are left out, and in <see cref="Waiting"/>. What has changed since
    /// the last time is logged.
    /// </summary>
    public Dictionary<string, PortPlace> Places(IReadOnlyList<DatapathPort> present)
    {
        var byName = present.ToDictionary(port => port.Name, StringComparer.Ordinal);
        var places = new Dictionary<string, PortPlace>(StringComparer.Ordinal);
        var waiting = new List<WaitingPort>();
        foreach (WantedPort port in _ports)
        {
            if (port.Name == null)
            {
                waiting.Add(port.AsWaiting(port.Said ?? "it was not asked for yet", isRefused: true));
                continue;
            }

            DatapathPort? found = byName.GetValueOrDefault(port.Name);
            if (found?.Number is { } number)
            {
                var place = new PortPlace(number, port.Request.Kind.IsTunnel() ? TunnelMtu : found.Mtu == 0 ? UnknownMtu : found.Mtu);
                places.Add(port.Request.Name, place);
                if (port.Says($"{place}"))
                    _logger.PortPresent(port.Request.Name, port.Bridge, place.Number, port.Name, place.Mtu);
            }
            else
            {
                string reason = found?.Error ?? "it was removed from the datapath";
                waiting.Add(port.AsWaiting(reason, isRefused: false));
                if (port.Says(reason))
                    _logger.PortWaits(port.Request.Name, port.Bridge, port.Name, reason);
            }
        }

        Volatile.Write(ref _waiting, waiting);
        return places;
    }

    /// <summary>Whether a port of the datapath is one of these, or would be if it were not refused.</summary>
    public bool Contains(DatapathPort present) =>
        _ports.Any(port => present.Name == (port.Name ?? port.Request.Interface ?? port.Request.Name));

    private static List<WantedPort> Wanted(IEnumerable<BridgeOptions> bridges)
    {
        var ports = new List<WantedPort>();
        foreach (BridgeOptions bridge in bridges)
        {
            ports.Add(new WantedPort(bridge.Name, OpenFlowPorts.Local, new PortRequest(bridge.Name, PortKind.Internal)));
            ports.AddRange(
                bridge.Ports.OfType<LivePortOptions>().Select(port => new WantedPort(bridge.Name, (uint)port.Number, port.Request)));
        }

        return ports;
    }

    private sealed class WantedPort(string bridge, uint number, PortRequest request)
    {
        public string Bridge => bridge;

        public PortRequest Request => request;

        /// <summary>Its name in the datapath; null while the datapath refuses it.</summary>
        public string? Name { get; set; }

        /// <summary>Attempts to add it.</summary>
        public AttemptWindow Attempts { get; } = new();

        /// <summary>What was last said about it.</summary>
        public string? Said { get; private set; }

        /// <summary>Whether both are the same port of the datapath: a device, or a tunnel of the same kind and UDP port.</summary>
        public bool SharesDeviceWith(WantedPort other) => Request.Kind == other.Request.Kind
            && (Request.Kind.IsTunnel()
                ? Request.DestinationPort == other.Request.DestinationPort
                : (Request.Interface ?? Request.Name) == (other.Request.Interface ?? other.Request.Name));

        /// <summary>Continues from the same port of the earlier configuration; starts anew if there was none.</summary>
        public void TakeAfter(WantedPort? before)
        {
            Name = before?.Name;
            Said = before?.Said;
        }

        public WaitingPort AsWaiting(string reason, bool isRefused) => new(bridge, number, request.Name, request.Kind, reason, isRefused);

        /// <summary>Whether this is news.</summary>
        public bool Says(string news)
        {
            bool isNew = news != Said;
            Said = news;
            return isNew;
        }
    }
}
