using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Bridges;
using UpcallActors.Embedded;
using UpcallActors.Ofproto;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Replay;

/// <summary>
/// An embedded datapath whose ports are captures, and the bridges on it, made
/// from options. The caller disposes it once the pipeline over it has ended.
/// </summary>
internal sealed class CaptureSwitch : IDisposable
{
    private CaptureSwitch(EmbeddedDatapath datapath, OpenFlowTranslatorFactory translators, IReadOnlyList<SwitchPort> ports)
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
    /// <param name="shape">Makes of the datapath's usual options those that are wanted; null leaves them.</param>
    public static CaptureSwitch Create(
        DaemonOptions options,
        Func<BridgeOptions, CapturePortOptions, IPortOutput?> outputOf,
        Func<EmbeddedDatapathOptions, EmbeddedDatapathOptions>? shape = null)
    {
        var usual = new EmbeddedDatapathOptions
        {
            Name = options.Datapath.Name,
            HandlerCount = options.Handlers,
            // Frames bring their own time, so that timeouts expire as they did when the frames were captured.
            Clock = DatapathClock.Settable(),
        };
        var datapath = new EmbeddedDatapath(shape?.Invoke(usual) ?? usual);
        var ports = new List<SwitchPort>();
        var places = new Dictionary<string, PortPlace>(StringComparer.Ordinal);
        uint number = 0;
        foreach (BridgeOptions bridge in options.Bridges)
        {
            // Each bridge has a port with the bridge's name, LOCAL, whose host is this machine. It has no listener.
            Add(new EmbeddedPort(++number, bridge.Name, Odp.OvsVportType.Internal));
            foreach (CapturePortOptions port in bridge.Captures)
            {
                var added = new EmbeddedPort(++number, port.Name, mtu: port.Mtu, output: outputOf(bridge, port));
                Add(added);
                ports.Add(new SwitchPort(bridge, port, added));
            }
        }

        var translators = new OpenFlowTranslatorFactory(ConfiguredBridges.On(options.Switch, datapath.Name, places));
        return new CaptureSwitch(datapath, translators, ports);

        void Add(EmbeddedPort port)
        {
            datapath.AddPort(port);
            places.Add(port.Name, new PortPlace(port.Number, port.Mtu));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Datapath.Dispose();
}

/// <summary>A capture port in the options and in the datapath.</summary>
internal sealed record SwitchPort(BridgeOptions Bridge, CapturePortOptions Options, EmbeddedPort Port);
