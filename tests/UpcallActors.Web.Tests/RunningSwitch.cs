using System.Buffers.Binary;
using System.Net;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Control;
using UpcallActors.Daemon.Replay;
using UpcallActors.Daemon.Status;
using UpcallActors.Embedded;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.Web.Tests;

/// <summary>
/// A switch with traffic, and its status page on a free port: a recording's fragmented pings over and
/// over, which come up reassembled with their MRU, and datagrams of ever other addresses on four ports.
/// </summary>
public sealed class RunningSwitch : IAsyncLifetime
{
    /// <summary>The datapath's number of the first of the ports p0 to p3; 1 is the bridge's own.</summary>
    private const uint FirstPort = 2;

    private const string Rules = """
        table=0,priority=300,in_port=1,icmp,actions=ct(commit,zone=9),2
        table=0,priority=300,in_port=2,ct_state=-trk,icmp,actions=ct(table=0,zone=9)
        table=0,priority=300,in_port=2,ct_state=+trk+est-new,icmp,actions=1
        table=0,priority=200,udp,actions=resubmit(,7)
        table=0,priority=10,arp,actions=normal
        table=7,priority=50,udp,tp_dst=53,actions=mod_nw_tos:64,output:4
        table=7,priority=40,udp,nw_dst=10.1.0.0/16,actions=output:3
        table=7,priority=30,udp,nw_src=10.0.0.66,actions=drop
        table=7,priority=1,udp,actions=normal
        """;

    private readonly CancellationTokenSource _end = new();
    private readonly ActorSystem _actors = ActorSystem.Create("web-tests", "akka.loglevel = WARNING");
    private readonly EmbeddedDatapath _datapath = new(new EmbeddedDatapathOptions { HandlerCount = 3 });
    private Task _traffic = Task.CompletedTask;
    private StatusServer? _server;
    private HealthChecks? _checks;

    internal UpcallPipeline Pipeline { get; private set; } = null!;

    internal SwitchStatus Status { get; private set; } = null!;

    internal HealthChecks Checks => _checks!;

    internal Uri Address => new($"http://{_server!.Endpoint}/");

    /// <summary>Gives the datapath a frame that is longer than any.</summary>
    internal void ReceiveTooLong() => _datapath.Receive(FirstPort, new byte[70_000]);

    public async Task InitializeAsync()
    {
        _datapath.AddPort(new EmbeddedPort(1, "br0", OvsVportType.Internal));
        var ports = new List<BridgePort> { new(OpenFlowPorts.Local, 1, "br0") };
        for (uint port = 0; port < 4; port++)
        {
            _datapath.AddPort(new EmbeddedPort(FirstPort + port, $"p{port}"));
            ports.Add(new BridgePort(port + 1, FirstPort + port, $"p{port}"));
        }

        var tables = new FlowTables();
        tables.Apply(FlowSyntax.ParseFile(Rules).Changes.AsSpan());
        var translators = new OpenFlowTranslatorFactory([new Bridge("br0", FailMode.Secure, tables, ports),
            new Bridge("br-empty", FailMode.Secure, new FlowTables(), [])]);
        Pipeline = UpcallPipeline.Start(
            _actors, _datapath, translators,
            new UpcallPipelineSettings { Revalidation = new RevalidatorSettings { MaxIdle = TimeSpan.FromSeconds(2) } });
        await Pipeline.Started;
        Status = new SwitchStatus(_datapath, translators, Pipeline);
        _checks = new HealthChecks(Status.Health);
        _server = await StatusServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0), Status, _checks.Service, metrics: null, NullLoggerFactory.Instance);
        _traffic = Task.Run(SendAsync);
    }

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await _traffic;
        await _server!.DisposeAsync();
        _checks!.Dispose();
        await Pipeline.DisposeAsync();
        PacketAccount.ShouldBalance(Pipeline.Counters);
        _datapath.Dispose();
        await _actors.Terminate();
        _end.Dispose();
    }

    private static List<(uint Port, byte[] Frame)> Recorded()
    {
        string configuration = Recording.Find(Recording.Folder).First(
            recording => recording.ConfigurationFile.EndsWith("ipv4-fragmentation.conf", StringComparison.Ordinal)).ConfigurationFile;
        (DaemonOptions? options, _) = DaemonOptionsReader.Read([configuration]);
        BridgeOptions bridge = options.ShouldNotBeNull().Bridges.Single();
        var numbers = bridge.Configuration.Ports.ToDictionary(port => port.Name, port => port.Interfaces[0].RequestedNumber!.Value);
        return [.. from port in bridge.Captures
                   from frame in port.Frames
                   where port.Sent(frame)
                   orderby frame.Microseconds
                   select (FirstPort + numbers[port.Name] - 1, frame.Data.ToArray())];
    }

    /// <summary>A UDP packet of 60 bytes behind its Ethernet header, from one of 200 hosts to one of 60,000.</summary>
    private static byte[] Datagram(int number)
    {
        byte[] frame = new byte[74];
        BinaryPrimitives.WriteUInt64BigEndian(frame, 0x0200_0000_0101_0200UL);
        frame[11] = (byte)(number % 200);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);
        frame[14] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), 60);
        frame[22] = 64;
        frame[23] = 17;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(26), 0x0a00_0000 + (uint)(number % 200));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(30), 0x0a00_0000 + (uint)((number % 3 << 16) + (number % 60_000)));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), (ushort)(1024 + (number % 5000)));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), (ushort)(number % 4 == 0 ? 53 : 8000));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(38), 40);
        return frame;
    }

    /// <summary>Whether more fragments follow, and none is before (RFC 791).</summary>
    private static bool IsFirstFragment(byte[] frame) => (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(20)) & 0x3fff) == 0x2000;

    private void Purge()
    {
        using var query = new DatapathQuery(_datapath);
        query.DeleteFlows();
    }

    private async Task SendAsync()
    {
        List<(uint Port, byte[] Frame)> recorded = Recorded();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            for (int tick = 0; await timer.WaitForNextTickAsync(_end.Token); tick++)
            {
                (uint port, byte[] frame) = recorded[tick % recorded.Count];
                // As it was done when the pings were recorded: otherwise what is
                // put together matches the flow of a ping that was never cut.
                if (port != FirstPort && IsFirstFragment(frame))
                    Purge();
                _datapath.Receive(port, frame);
                int datagrams = 6 + (int)(5 * Math.Sin(tick / 90.0));
                for (int number = 0; number < datagrams; number++)
                    _datapath.Receive(FirstPort + (uint)(number % 7 is 0 or 3 ? 1 : number % 7 is 5 ? 2 : 0),
                        Datagram((tick * 11) + number));
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The end of the traffic.
        }
    }
}
