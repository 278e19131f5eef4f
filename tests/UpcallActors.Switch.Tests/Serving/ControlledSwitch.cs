using UpcallActors.Embedded;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch.Tests;

/// <summary>A switch with one bridge, br0, of ports p1 to p3, through which packets go: its datapath has ports and a pipeline.</summary>
internal sealed class ControlledSwitch : IAsyncDisposable
{
    private readonly SwitchUnderTest _switch = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("openflow");
    private readonly Dictionary<string, PortRecorder> _outputs = [];
    private RunningSwitch? _running;
    private UpcallPipeline? _pipeline;

    /// <summary>The bridge's service socket.</summary>
    public string Socket => Path.Combine(_directory.FullName, "br0.mgmt");

    /// <summary>The switch that runs.</summary>
    public RunningSwitch Running => _running!;

    /// <summary>What was logged.</summary>
    public LogLines Log => _switch.Log;

    /// <summary>The bridge's flows.</summary>
    public FlowTables Tables => _running!.Translators.Bridges[0].Tables;

    /// <summary>A frame of UDP with a TTL.</summary>
    public static byte[] Frame(byte timeToLive = 64, int length = 60)
    {
        byte[] frame = new byte[length];
        frame[0] = frame[6] = 2;
        (frame[5], frame[11]) = (2, 1);
        frame[12] = 8;
        frame[14] = 0x45;
        (frame[16], frame[17]) = ((byte)((length - 14) >> 8), (byte)(length - 14));
        frame[22] = timeToLive;
        frame[23] = 17;
        (frame[26], frame[29], frame[30], frame[33]) = (10, 1, 10, 2);
        return frame;
    }

    /// <summary>Starts a switch with these flows.</summary>
    public static Task<ControlledSwitch> StartAsync(string flows) => StartAsync(flows, ServedSwitch.Bridge);

    /// <summary>Starts a switch with these flows in a bridge of the same ports, which can do TLS.</summary>
    public static async Task<ControlledSwitch> StartAsync(
        string flows, BridgeConfiguration bridge, TlsIdentity? tls = null, TimeProvider? time = null)
    {
        var controlled = new ControlledSwitch();
        await controlled.BeginAsync(flows, bridge, tls, time);
        return controlled;
    }

    /// <summary>A frame comes in on a port so many times, and what that causes is done when this ends.</summary>
    public async Task ReceiveAsync(string port, byte[] frame, int times = 1)
    {
        for (int i = 0; i < times; i++)
            _switch.Datapath.Receive(NumberOf(port), frame);
        await Eventually.HoldsAsync(() => _pipeline!.Counters.Completed == _switch.Datapath.Counters.UpcallsQueued);
    }

    /// <summary>Frames that a port has put out.</summary>
    public IReadOnlyList<byte[]> Sent(string port) => _outputs[port].Frames;

    /// <summary>Connects with one version of OpenFlow.</summary>
    public Task<OpenFlowPeer> ConnectAsync(OpenFlowVersion version) => OpenFlowPeer.ConnectAsync(Socket, OpenFlowVersions.Of(version));

    /// <summary>Connects a client that is told packets, in a format.</summary>
    public async Task<OpenFlowPeer> ConnectControllerAsync(OpenFlowVersion version, uint format = 2, ushort flags = 0)
    {
        OpenFlowPeer peer = await ConnectAsync(version);
        peer.Send(MessageType.SetConfig, new SwitchConfigMessage(flags, MissSendLength: 128));
        Assert.Empty(await peer.AskAsync(MessageType.SetPacketInFormat, new NumberMessage(format)));
        return peer;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_pipeline is not null)
            await _pipeline.DisposeAsync();
        if (_running is not null)
            await _running.DisposeAsync();
        _switch.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task BeginAsync(string flows, BridgeConfiguration bridge, TlsIdentity? tls, TimeProvider? time)
    {
        foreach (PortConfiguration port in bridge.Ports)
            _switch.Ports.SetDevice(port.Name, 1500);
        _running = await RunningSwitch.StartAsync(
            SwitchUnderTest.Actors,
            _switch.Datapath,
            _switch.Ports,
            new SwitchConfiguration { Bridges = [bridge] },
            _switch.Options with { RunDirectory = _directory.FullName, Tls = tls, Time = time });
        foreach (PortConfiguration port in bridge.Ports)
        {
            _outputs.Add(port.Name, new PortRecorder());
            _switch.Datapath.AddPort(new EmbeddedPort(NumberOf(port.Name), port.Name, output: _outputs[port.Name]));
        }

        FlowFile file = FlowSyntax.ParseFile(flows);
        Assert.Empty(file.Errors);
        Tables.Apply([.. file.Changes]);
        _pipeline = UpcallPipeline.Start(
            SwitchUnderTest.Actors,
            _switch.Datapath,
            _running.Translators,
            // A controller changes flows while packets go.
            new UpcallPipelineSettings { Revalidation = bridge.Controllers.Count > 0 ? new RevalidatorSettings() : null });
        await _pipeline.Started;
        await _running.AttachAsync(_pipeline);
    }

    private uint NumberOf(string port) => _running!.Translators.Bridges[0].Ports.Single(one => one.Name == port).DatapathPort;

    private sealed class PortRecorder : IPortOutput
    {
        private readonly Lock _lock = new();
        private readonly List<byte[]> _frames = [];

        public IReadOnlyList<byte[]> Frames
        {
            get
            {
                lock (_lock)
                    return [.. _frames];
            }
        }

        public void Transmit(ReadOnlySpan<byte> frame, long microseconds)
        {
            lock (_lock)
                _frames.Add(frame.ToArray());
        }
    }
}
