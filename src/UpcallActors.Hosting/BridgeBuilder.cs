using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Hosting;

/// <summary>A bridge as options describe it: its flows in the syntax of <c>ovs-ofctl</c>, and its ports.</summary>
public sealed class BridgeBuilder
{
    private readonly List<BridgeBuilderPort> _ports = [];
    private readonly List<string> _flows = [];

    internal BridgeBuilder(string name) => Name = name;

    /// <summary>The name of the bridge, and of its local port.</summary>
    public string Name { get; }

    /// <summary>What becomes of packets while the bridge has no flows.</summary>
    public FailMode FailMode { get; set; } = FailMode.Secure;

    internal IReadOnlyList<BridgeBuilderPort> Ports => _ports;

    internal FlowTables Tables { get; } = new();

    internal MacLearningTable MacLearning { get; } = new();

    /// <summary>Adds flows, one a line, as in a file for <c>ovs-ofctl add-flows</c>. They may call ports by name.</summary>
    public BridgeBuilder AddFlows(string flows)
    {
        _flows.Add(flows);
        return this;
    }

    /// <summary>Adds a device of the host as a port.</summary>
    /// <param name="number">The OpenFlow port number.</param>
    /// <param name="device">The device's name.</param>
    public BridgeBuilder AddPort(uint number, string device) => AddPort(number, new PortRequest(device, PortKind.System));

    /// <summary>Adds a port.</summary>
    /// <param name="number">The OpenFlow port number.</param>
    /// <param name="request">The requested port.</param>
    /// <param name="configure">Completes the port, with its VLAN or a tunnel's far end:
    /// <c>port => port with { Vlan = 10, VlanMode = VlanMode.Access }</c>. Number, datapath port and MTU are the datapath's to say.</param>
    public BridgeBuilder AddPort(uint number, PortRequest request, Func<BridgePort, BridgePort>? configure = null)
    {
        _ports.Add(new BridgeBuilderPort(number, request, configure ?? (port => port)));
        return this;
    }

    private void Apply(FlowFile file)
    {
        try
        {
            Tables.Apply(file.Changes.AsSpan());
        }
        catch (FlowRefusedException refused)
        {
            throw new FormatException($"{Name}: {refused.Message}", refused);
        }
    }

    /// <summary>
    /// Reads the flows. Throws <see cref="FormatException"/> with all errors, also if a tunnel cannot reach its remote end.
    /// </summary>
    internal void Build()
    {
        var names = new FlowNames(_ports.Select(port => KeyValuePair.Create(port.Request.Name, port.Number)));
        FlowFile[] files = [.. _flows.Select(flows => FlowSyntax.ParseFile(flows, Name, names))];
        FlowSyntaxError[] errors = [.. files.SelectMany(file => file.Errors)];
        if (errors.Length > 0)
            throw new FormatException(string.Join(Environment.NewLine, errors));
        foreach (FlowFile file in files)
            Apply(file);
        foreach (BridgeBuilderPort port in _ports)
            port.Check();
    }

    /// <summary>The bridge on the ports that the datapath has now; those that wait for a device are left out.</summary>
    internal Bridge On(IReadOnlyDictionary<string, DatapathPort> places) => new(Name, FailMode, Tables, PortsOn(places), MacLearning);

    private IEnumerable<BridgePort> PortsOn(IReadOnlyDictionary<string, DatapathPort> places)
    {
        if (places.GetValueOrDefault(Name) is { Number: { } local } own)
            yield return new BridgePort(OpenFlowPorts.Local, local, Name) { Mtu = BridgeBuilderPort.MtuOf(PortKind.Internal, own) };
        foreach (BridgeBuilderPort port in _ports)
        {
            if (places.GetValueOrDefault(port.Request.Name) is { Number: { } number } place)
                yield return port.Configure(new BridgePort(port.Number, number,
                    port.Request.Name)
                { Mtu = BridgeBuilderPort.MtuOf(port.Request.Kind, place) });
        }
    }
}

/// <summary>A port of a bridge in options.</summary>
internal sealed record BridgeBuilderPort(uint Number, PortRequest Request, Func<BridgePort, BridgePort> Configure)
{
    /// <summary>A tunnel's packets are cut by the route they take: it takes whatever IP can be.</summary>
    private const int TunnelMtu = 65535;

    /// <summary>What a device has that tells nothing: Ethernet's.</summary>
    private const int UnknownMtu = 1500;

    /// <summary>Throws <see cref="FormatException"/> for a tunnel that its kind cannot make.</summary>
    public void Check()
    {
        if (Configure(new BridgePort(Number, 0, Request.Name)).Tunnel?.ProblemAs(Request.Kind) is { } problem)
            throw new FormatException($"port {Request.Name}: {problem}");
    }

    /// <summary>The largest packet that goes out of a port, bytes of layer 3.</summary>
    public static int MtuOf(PortKind kind, DatapathPort place) =>
        kind.IsTunnel() ? TunnelMtu : place.Mtu == 0 ? UnknownMtu : place.Mtu;
}
