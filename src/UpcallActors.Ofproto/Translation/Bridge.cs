using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// A bridge as a translation sees it. It is immutable: a change makes a new bridge, which may get the old one's <see cref="Tables"/>,
/// <see cref="MacLearning"/> and <see cref="Settings"/>. These parts continue, and are thread-safe.
/// </summary>
internal sealed class Bridge
{
    private readonly FrozenDictionary<uint, BridgePort> _byNumber;

    /// <summary>A bridge.</summary>
    /// <exception cref="ArgumentException">Two ports have the same OpenFlow number, or a number is reserved.</exception>
    public Bridge(string name, FailMode failMode, FlowTables tables, IEnumerable<BridgePort> ports, MacLearningTable? macLearning = null)
    {
        Name = name;
        FailMode = failMode;
        Tables = tables;
        MacLearning = macLearning ?? new MacLearningTable();
        // LOCAL first, then by number: the order in which ovs-vswitchd floods, whose bridges add their own port first.
        Ports = [.. ports.OrderBy(port => port.Number == OpenFlowPorts.Local ? -1L : port.Number)];
        foreach (BridgePort port in Ports)
        {
            if (port.Number is 0 or (>= OpenFlowPorts.Maximum and not OpenFlowPorts.Local))
                throw new ArgumentException($"port {port.Name} of bridge {name} has the reserved OpenFlow number {port.Number}",
                    nameof(ports));
        }

        if (Ports.DistinctBy(port => port.Number).Count() != Ports.Length)
            throw new ArgumentException($"two ports of bridge {name} have the same OpenFlow number", nameof(ports));
        _byNumber = Ports.ToFrozenDictionary(port => port.Number);
    }

    /// <summary>The bridge's name, unique in its datapath.</summary>
    public string Name { get; }

    /// <summary>What becomes of packets that no flow matches; the flow for it is in the tables.</summary>
    public FailMode FailMode { get; }

    /// <summary>The flow tables.</summary>
    public FlowTables Tables { get; }

    /// <summary>What NORMAL has learned.</summary>
    public MacLearningTable MacLearning { get; }

    /// <summary>What clients have said of it and its ports.</summary>
    public BridgeSettings Settings { get; init; } = new();

    /// <summary>The ports, in the order in which they are flooded: LOCAL, then by OpenFlow number.</summary>
    public ImmutableArray<BridgePort> Ports { get; }

    /// <summary>Names of tables.</summary>
    public IReadOnlyDictionary<string, byte> TableNames { get; init; } = FrozenDictionary<string, byte>.Empty;

    /// <summary>The names of ports and tables, for flow text.</summary>
    public FlowNames Names => field ??= new FlowNames(Ports.Select(port => KeyValuePair.Create(port.Name, port.Number)), TableNames);

    /// <summary>Whether it reaches controllers through itself, so that replies of DHCP servers must come to its own port.</summary>
    public bool HasInBand { get; init; }

    /// <summary>Finds a port by OpenFlow number.</summary>
    public bool TryGetPort(uint number, [NotNullWhen(true)] out BridgePort? port) => _byNumber.TryGetValue(number, out port);
}
