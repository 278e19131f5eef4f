using UpcallActors.Daemon.Configuration;
using UpcallActors.Embedded;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Switching;

/// <summary>An embedded datapath and the bridges on it, made from options. The caller disposes it once the pipeline over it has ended.</summary>
internal sealed class EmbeddedSwitch : IDisposable
{
    private EmbeddedSwitch(EmbeddedDatapath datapath, OpenFlowTranslatorFactory translators, IReadOnlyList<SwitchPort> ports)
    {
        Datapath = datapath;
        Translators = translators;
        Ports = ports;
    }

    /// <summary>The datapath.</summary>
    public EmbeddedDatapath Datapath { get; }

    /// <summary>Who decides about upcalls.</summary>
    public OpenFlowTranslatorFactory Translators { get; }

    /// <summary>The capture ports, in the order of the configuration.</summary>
    public IReadOnlyList<SwitchPort> Ports { get; }

    /// <summary>Makes the datapath with the ports and bridges that the options name; nothing flows yet.</summary>
    /// <param name="options">The options.</param>
    /// <param name="outputOf">Where what a port puts out goes.</param>
    public static EmbeddedSwitch Create(DaemonOptions options, Func<BridgeOptions, CapturePortOptions, IPortOutput?> outputOf)
    {
        var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions
        {
            Name = options.Datapath.Name,
            HandlerCount = options.Handlers,
            // Frames bring their own time, so that timeouts expire as they did when the frames were captured.
            Clock = DatapathClock.Settable(),
        });
        var ports = new List<SwitchPort>();
        var bridges = new List<Bridge>();
        uint number = 0;
        foreach (BridgeOptions bridge in options.Bridges)
        {
            // Each bridge has a port of its own name, LOCAL, whose host is this machine. Nobody listens there.
            var local = new EmbeddedPort(++number, bridge.Name, Odp.OvsVportType.Internal);
            datapath.AddPort(local);
            var members = new List<BridgePort> { new(OpenFlowPorts.Local, local.Number, bridge.Name) };
            foreach (CapturePortOptions port in bridge.Ports)
            {
                var added = new EmbeddedPort(++number, port.Name, mtu: port.Mtu, output: outputOf(bridge, port));
                datapath.AddPort(added);
                members.Add(new BridgePort((uint)port.Number, added.Number, port.Name) { Mtu = port.Mtu });
                ports.Add(new SwitchPort(bridge, port, added));
            }

            var tables = new FlowTables();
            tables.Apply(bridge.Flows.AsSpan());
            bridges.Add(new Bridge(bridge.Name, bridge.Standalone ? FailMode.Standalone : FailMode.Secure, tables, members));
        }

        return new EmbeddedSwitch(datapath, new OpenFlowTranslatorFactory(bridges), ports);
    }

    /// <inheritdoc/>
    public void Dispose() => Datapath.Dispose();
}

/// <summary>A capture port in the options and in the datapath.</summary>
internal sealed record SwitchPort(BridgeOptions Bridge, CapturePortOptions Options, EmbeddedPort Port);
