using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Switching;

/// <summary>
/// The ports that a configuration asks a datapath for, each bridge's own included, and what was last said about each to the log. Single owner.
/// </summary>
internal sealed class SwitchPorts
{
    /// <summary>A tunnel's packets are cut by the route they take: it takes whatever IP can be.</summary>
    private const int TunnelMtu = 65535;

    /// <summary>What a device has that tells nothing: Ethernet's.</summary>
    private const int UnknownMtu = 1500;

    private readonly List<WantedPort> _ports = [];
    private readonly ILogger _logger;

    public SwitchPorts(IEnumerable<BridgeOptions> bridges, ILogger logger)
    {
        _logger = logger;
        foreach (BridgeOptions bridge in bridges)
        {
            _ports.Add(new WantedPort(bridge.Name, new PortRequest(bridge.Name, PortKind.Internal)));
            _ports.AddRange(bridge.Ports.OfType<LivePortOptions>().Select(port => new WantedPort(bridge.Name, port.Request)));
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
        foreach (WantedPort port in _ports.Where(port => port.Name == null))
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

    /// <summary>Where the ports are, by their configured names; those that wait for a device are left out. What has changed since the last time is logged.</summary>
    public Dictionary<string, PortPlace> Places(IReadOnlyList<DatapathPort> present)
    {
        var byName = present.ToDictionary(port => port.Name, StringComparer.Ordinal);
        var places = new Dictionary<string, PortPlace>(StringComparer.Ordinal);
        foreach (WantedPort port in _ports)
        {
            if (port.Name == null)
                continue;
            DatapathPort? found = byName.GetValueOrDefault(port.Name);
            if (found?.Number is { } number)
            {
                var place = new PortPlace(number, port.Request.Kind is PortKind.Vxlan or PortKind.Geneve or PortKind.Gre ? TunnelMtu : found.Mtu == 0 ? UnknownMtu : found.Mtu);
                places.Add(port.Request.Name, place);
                if (port.Says($"{place}"))
                    _logger.PortPresent(port.Request.Name, port.Bridge, place.Number, port.Name, place.Mtu);
            }
            else if (port.Says(found?.Error ?? "it was taken out of the datapath"))
            {
                _logger.PortWaits(port.Request.Name, port.Bridge, port.Name, port.Said!);
            }
        }

        return places;
    }

    /// <summary>Whether a port of the datapath is one of these, or would be if it were not refused.</summary>
    public bool Contains(DatapathPort present) => _ports.Any(port => present.Name == (port.Name ?? port.Request.Interface ?? port.Request.Name));

    private sealed class WantedPort(string bridge, PortRequest request)
    {
        public string Bridge => bridge;

        public PortRequest Request => request;

        /// <summary>Its name in the datapath; null while the datapath refuses it.</summary>
        public string? Name { get; set; }

        /// <summary>What was last said about it.</summary>
        public string? Said { get; private set; }

        /// <summary>Whether this is news.</summary>
        public bool Says(string news)
        {
            bool isNew = news != Said;
            Said = news;
            return isNew;
        }
    }
}
