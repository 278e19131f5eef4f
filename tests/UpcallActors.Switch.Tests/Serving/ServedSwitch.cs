using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Switch.Tests;

/// <summary>A switch with one bridge, br0, of a few ports, that OpenFlow clients connect to.</summary>
internal sealed class ServedSwitch : IAsyncDisposable
{
    private readonly SwitchUnderTest _switch = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("openflow");
    private RunningSwitch? _running;

    /// <summary>The switch that runs.</summary>
    public RunningSwitch Running => _running!;

    /// <summary>The devices, which a test sets up and down.</summary>
    public ScriptedPorts Ports => _switch.Ports;

    /// <summary>What clients have said of the bridge.</summary>
    public SettingsSnapshot Settings => Running.Translators.Bridges[0].Settings.Current;

    /// <summary>What was logged.</summary>
    public LogLines Log => _switch.Log;

    /// <summary>The bridge's service socket.</summary>
    public string Socket => Path.Combine(_directory.FullName, "br0.mgmt");

    /// <summary>The service socket of a bridge.</summary>
    public string SocketOf(string bridge) => Path.Combine(_directory.FullName, $"{bridge}.mgmt");

    /// <summary>The bridge as it is in recordings of Open vSwitch: ports p1, p2, p3, datapath id fedcba9876543210.</summary>
    public static BridgeConfiguration Bridge => new()
    {
        Name = "br0",
        DatapathId = 0xfedcba9876543210,
        Ports =
        [
            .. new[] { ("p1", 1u), ("p2", 2u), ("p3", 3u) }.Select(port => new PortConfiguration
            {
                Name = port.Item1,
                Interfaces = [new InterfaceConfiguration { Name = port.Item1, RequestedNumber = port.Item2 }],
            }),
        ],
    };

    /// <summary>The address of a port's device, as in the recordings.</summary>
    public static ulong AddressOf(uint port) => 0xaa55aa55001eUL + port;

    /// <summary>Starts a switch with these bridges.</summary>
    public static Task<ServedSwitch> StartAsync(params BridgeConfiguration[] bridges) => StartAsync(options => options, bridges);

    /// <summary>Starts a switch with these bridges, which can do TLS.</summary>
    public static Task<ServedSwitch> StartAsync(TlsIdentity? tls, params BridgeConfiguration[] bridges) =>
        StartAsync(options => options with { Tls = tls }, bridges);

    /// <summary>Starts a switch with these bridges, and other options than usual.</summary>
    public static async Task<ServedSwitch> StartAsync(Func<SwitchOptions, SwitchOptions> with, params BridgeConfiguration[] bridges)
    {
        var served = new ServedSwitch();
        foreach (string port in bridges.SelectMany(bridge => bridge.Ports).Select(port => port.Name))
            served._switch.Ports.SetDevice(port, 1500);
        for (uint port = 1; port <= 3; port++)
            served._switch.Ports.SetAddress($"p{port}", AddressOf(port));
        served._running = await RunningSwitch.StartAsync(
            SwitchUnderTest.Actors,
            served._switch.Datapath,
            served._switch.Ports,
            new SwitchConfiguration { Bridges = [.. bridges] },
            with(served._switch.Options with { RunDirectory = served._directory.FullName, Time = null }));
        return served;
    }

    /// <summary>What becomes of a packet, with names for ports.</summary>
    public string Trace(string packet, string name = "br0")
    {
        Bridge bridge = Running.Translators.Bridges.Single(one => one.Name == name);
        return Tracer().Trace(PacketSyntax.Parse(packet, bridge)).ToString();
    }

    /// <summary>What becomes of a packet that has the key of a datapath flow, if it is in a bridge.</summary>
    public string TraceInDatapath(string text)
    {
        (byte[] attributes, _) = FlowText.Parse(text, DatapathNames());
        Assert.Equal(OdpParseError.None, OvsFlowKeyReader.TryRead(attributes, out FlowKey key));
        return TracedPacket.Of(key, Running.Translators) is { } packet ? Tracer().Trace(packet).ToString() : "no OpenFlow port";
    }

    /// <summary>Ends when bridges know what has become of devices.</summary>
    public Task SettleAsync() => Running.UpdateAsync(same => same);

    /// <summary>A file with a text, which goes with the switch.</summary>
    public string FileOf(string text)
    {
        string path = Path.Combine(_directory.FullName, Path.GetRandomFileName());
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Connects with one version of OpenFlow.</summary>
    public Task<OpenFlowPeer> ConnectAsync(OpenFlowVersion version) => OpenFlowPeer.ConnectAsync(Socket, OpenFlowVersions.Of(version));

    private FlowTracer Tracer() => new(Running.Translators, DatapathNames()) { NamesPorts = true };

    /// <summary>Tunnels share the port of a device.</summary>
    private OdpPortNames DatapathNames() => new(Running.State.Bridges.SelectMany(bridge => bridge.Ports)
        .SelectMany(port => port.Interfaces).Where(one => one.DatapathPort is not null)
        .Select(one => KeyValuePair.Create(one.DatapathPort!.Value, one.Device!)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
        _switch.Dispose();
        _directory.Delete(recursive: true);
    }
}
