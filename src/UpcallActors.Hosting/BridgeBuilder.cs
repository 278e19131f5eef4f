using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Switch;

namespace UpcallActors.Hosting;

/// <summary>A bridge as options describe it: its flows in the syntax of <c>ovs-ofctl</c>, and its ports.</summary>
public sealed class BridgeBuilder
{
    private readonly List<BridgeBuilderPort> _ports = [];
    private readonly List<string> _flows = [];

    private BridgeBuilder(string name) => Name = name;

    /// <summary>The name of the bridge, and of its local port.</summary>
    public string Name { get; }

    /// <summary>What becomes of packets while the bridge has no flows.</summary>
    public FailMode FailMode { get; set; } = FailMode.Secure;

    /// <summary>
    /// A bridge as a function describes it, for a switch that goes on by another configuration (<see cref="RunningSwitch.UpdateAsync"/>).
    /// </summary>
    /// <exception cref="FormatException">
    /// A flow is not understood, or ports do not go together; all that is wrong is in the message.
    /// </exception>
    public static BridgeConfiguration Make(string name, Action<BridgeBuilder> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        var bridge = new BridgeBuilder(name);
        configure(bridge);
        return bridge.Build();
    }

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

    /// <summary>
    /// Reads the flows. Throws <see cref="FormatException"/> with all that is wrong with them, and when ports have one number, or a
    /// tunnel cannot reach its far end.
    /// </summary>
    private BridgeConfiguration Build()
    {
        var names = new FlowNames(_ports.Select(port => KeyValuePair.Create(port.Request.Name, port.Number)));
        FlowFile[] files = [.. _flows.Select(flows => FlowTables.CheckOverlaps(FlowSyntax.ParseFile(flows, Name, names), Name))];
        FlowSyntaxError[] errors = [.. files.SelectMany(file => file.Errors)];
        if (errors.Length > 0)
            throw new FormatException(string.Join(Environment.NewLine, errors));
        var flows = new FlowList([.. files.SelectMany(file => file.Changes)]);
        CheckFlows(flows);
        CheckNumbers();
        return new BridgeConfiguration
        {
            Name = Name,
            FailMode = FailMode,
            Flows = flows,
            Ports = ValueList.From(_ports.Select(port => port.AsConfiguration())),
        };
    }

    private void CheckFlows(FlowList flows)
    {
        try
        {
            new FlowTables().Apply(flows.Changes.AsSpan());
        }
        catch (FlowRefusedException refused)
        {
            throw new FormatException($"{Name}: {refused.Message}", refused);
        }
    }

    private void CheckNumbers()
    {
        if (_ports.Find(port => port.Number is 0 or >= OpenFlowPorts.Maximum) is { } reserved)
            throw new FormatException($"{Name}: port {reserved.Request.Name} has the reserved OpenFlow number {reserved.Number}");
        if (_ports.GroupBy(port => port.Number).FirstOrDefault(same => same.Count() > 1) is { } same)
        {
            string ports = string.Join(" and ", same.Select(port => port.Request.Name));
            throw new FormatException($"{Name}: {ports} have the OpenFlow number {same.Key}");
        }
    }
}

/// <summary>A port of a bridge in options.</summary>
internal sealed record BridgeBuilderPort(uint Number, PortRequest Request, Func<BridgePort, BridgePort> Configure)
{
    /// <summary>The port that is wanted. Throws <see cref="FormatException"/> for a tunnel that its kind cannot make.</summary>
    public PortConfiguration AsConfiguration()
    {
        BridgePort completed = Configure(new BridgePort(Number, 0, Request.Name));
        if (completed.Tunnel?.ProblemAs(Request.Kind) is { } problem)
            throw new FormatException($"port {Request.Name}: {problem}");
        InterfaceConfiguration one = InterfaceConfiguration.Of(Request) with { Tunnel = completed.Tunnel, RequestedNumber = Number };
        return PortConfiguration.Of(one) with
        {
            VlanMode = completed.VlanMode,
            Tag = completed.Vlan,
            Trunks = ValueList.From(completed.Trunks),
            Cvlans = ValueList.From(completed.Cvlans),
            QinqEthtype = completed.QinqEthtype,
            PriorityTags = completed.PriorityTags,
            IsProtected = completed.IsProtected,
        };
    }
}
