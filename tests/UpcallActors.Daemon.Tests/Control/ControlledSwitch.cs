using Akka.Actor;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Control;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Embedded;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;
using UpcallActors.Switch;
using UpcallActors.Unixctl;
using UpcallActors.Unixctl.Tests;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary>An embedded datapath as the recordings' was (a bridge <c>br0</c> with two ports), its control socket, and a pipeline.</summary>
internal sealed class ControlledSwitch : IAsyncDisposable
{
    private static readonly OdpPortNames Names = new(
        [KeyValuePair.Create(0U, "ovs-system"), KeyValuePair.Create(1U, "br0"), KeyValuePair.Create(2U, "ovs-p0"),
            KeyValuePair.Create(3U, "ovs-p1")]);

    private static readonly ActorSystem Actors = ActorSystem.Create("control-tests", "akka.loglevel = WARNING");

    private readonly ControlHost _host;
    private readonly UpcallPipeline _pipeline;
    private readonly EmbeddedDatapath? _elsewhere;
    private readonly FirstRules[] _rules;

    private ControlledSwitch(
        EmbeddedDatapath datapath, EmbeddedDatapath? elsewhere, DatapathClock clock, OpenFlowTranslatorFactory translators,
        UpcallPipeline pipeline, Task<bool> stopped, LogLevels levels, ControlHost host)
    {
        _pipeline = pipeline;
        _elsewhere = elsewhere;
        Levels = levels;
        Datapath = datapath;
        Clock = clock;
        Translators = translators;
        _rules = [.. translators.Bridges.Select(bridge => new FirstRules(bridge.Tables))];
        Stopped = stopped;
        _host = host;
    }

    public EmbeddedDatapath Datapath { get; }

    public DatapathClock Clock { get; }

    public OpenFlowTranslatorFactory Translators { get; }

    public UpcallPipeline Pipeline => _pipeline;

    public LogLevels Levels { get; }

    /// <summary>Has its configuration, a.conf.</summary>
    public required ConfigurationFolder Folder { get; init; }

    public RunDirectory Directory => _host.Directory;

    public ControlHost Host => _host;

    /// <summary>Ends when the daemon was asked to; tells whether nothing shall be left behind.</summary>
    public Task<bool> Stopped { get; }

    public Bridge Bridge => Translators.Bridges.Single(bridge => bridge.Name == "br0");

    /// <param name="isAnswered">Whether the datapath's upcalls are answered and its
    /// flows are looked after; otherwise what is put into it stays as it is.</param>
    /// <param name="seen">What the control socket is to see as the datapath.</param>
    public static async Task<ControlledSwitch> StartAsync(bool isAnswered = false, Func<IDatapath, IDatapath>? seen = null)
    {
        var clock = DatapathClock.Settable();
        var stopped = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions { Clock = clock });
        datapath.AddPort(new EmbeddedPort(1, "br0", OvsVportType.Internal));
        datapath.AddPort(new EmbeddedPort(2, "ovs-p0"));
        datapath.AddPort(new EmbeddedPort(3, "ovs-p1"));
        datapath.AddPort(new EmbeddedPort(4, "vxlan_sys_4790", OvsVportType.Vxlan));
        BridgePort[] ports =
        [
            new(OpenFlowPorts.Local, 1, "br0"), new(1, 2, "ovs-p0"), new(2, 3, "ovs-p1"), new(7, 99, "lost"),
            new(5, 4, "vx0") { Tunnel = new TunnelPort { RemoteIpv4 = 0x01020304, DestinationPort = 4790 }.WithKey(5) },
        ];
        var translators = new OpenFlowTranslatorFactory([new Bridge("br0", FailMode.Secure, new FlowTables(), ports),
            new Bridge("br-empty", FailMode.Secure, new FlowTables(), [])], support: new OdpSupport { Features = datapath.Support });
        EmbeddedDatapath? elsewhere = isAnswered ? null : new EmbeddedDatapath(new EmbeddedDatapathOptions());
        var pipeline = UpcallPipeline.Start(Actors, elsewhere ?? datapath, translators, new UpcallPipelineSettings());
        WaitingInterface[] waiting =
            [new("br0", 9, "p9", PortKind.System, "there is no such device", IsRefused: false),
            new("br0", 3, "aa", PortKind.Gre, "File exists", IsRefused: true)];
        var levels = new LogLevels(LogLevel.Information, DaemonHost.ActorSystemName);
        var folder = new ConfigurationFolder();
        RunningConfiguration configuration = RunningConfiguration.Read(
            [folder.Write("a.conf", "upcall-actors.bridges.br0.ports.ovs-p0 { number = 1, type = system }\n")], _ => null).Configuration!;
        configuration.Attach(new PipelineReload(pipeline));
        var context = new ControlContext
        {
            Configuration = configuration,
            Datapath = seen?.Invoke(datapath) ?? datapath,
            Translators = translators,
            WaitingPorts = () => waiting,
            Pipeline = pipeline,
            LogLevels = levels,
            Stop = cleanup => stopped.TrySetResult(cleanup),
        };
        return new ControlledSwitch(datapath, elsewhere, clock, translators, pipeline, stopped.Task, levels,
            await ControlHost.StartAsync(
                async (directory, log) => await ControlService.StartAsync(directory, context, new ControlLimits(), log)))
        { Folder = folder };
    }

    public Task<ControlAnswer> AskAsync(string command, params string[] arguments) => _host.AskAsync(command, arguments);

    /// <summary>What a command prints.</summary>
    public async Task<string> PrintAsync(string command, params string[] arguments)
    {
        ControlAnswer answer = await _host.AskAsync(command, arguments);
        answer.Error.ShouldBeNull();
        return answer.Result.ShouldNotBeNull();
    }

    /// <summary>The error that a command ends with.</summary>
    public async Task<string> FailAsync(string command, params string[] arguments)
    {
        ControlAnswer answer = await _host.AskAsync(command, arguments);
        answer.Result.ShouldBeNull();
        return answer.Error.ShouldNotBeNull();
    }

    /// <summary>Puts flows into the datapath, each as a line of <c>dpctl/dump-flows -m</c>.</summary>
    public void Put(IEnumerable<string> lines)
    {
        using IRequestChannel channel = Datapath.OpenRequests();
        using var region = new NativeRegion(64 << 10);
        byte[] answer = new byte[4096];
        foreach (string text in lines)
        {
            var line = FlowDumpLine.Parse(text, Names);
            var writer = new NetlinkWriter(region.Slice(0, region.Length));
            FlowMessageWriter.WritePut(ref writer, Datapath.Families.Flow, 1, Datapath.IfIndex, line.Ufid!.Value, line.Key.Span,
                line.Mask.Span, line.Actions.Span);
            writer.Overflowed.ShouldBeFalse();
            var vector = new SendVector(1);
            vector.Append(region, 0, writer.Length);
            channel.Send(vector).ShouldBe(Errno.None);
            channel.Receive(answer).ShouldBe(0, $"refused: {text}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        if (_elsewhere is null && !_pipeline.Completion.IsCompleted)
            await AccountAsync();
        await _pipeline.DisposeAsync();
        PacketAccount.ShouldBalance(_pipeline.Counters);
        Datapath.Dispose();
        _elsewhere?.Dispose();
        Folder.Dispose();
    }

    /// <summary>Each packet that came in was credited to the rule that it met first.</summary>
    private async Task AccountAsync()
    {
        await Eventually.HoldsAsync(() => _pipeline.Counters.Completed == Datapath.Counters.UpcallsQueued);
        await _pipeline.Revalidation!.ResumeAsync();
        await _pipeline.Revalidation.WaitAsync();
        PacketAccount.ShouldBeCredited(
            Datapath.Counters.Hits + Datapath.Counters.Misses,
            _rules.Sum(rules => rules.Packets),
            PacketAccount.LostBeforeTables(_pipeline.Counters) + Datapath.Counters.Lost);
    }
}
