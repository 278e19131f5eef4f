using Akka.Actor;
using UpcallActors.Embedded;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Live;

/// <summary>A switch in this process: the embedded datapath with live ports in a network namespace, and the pipeline over it.</summary>
internal sealed class LiveSwitch : IAsyncDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("live", "akka.loglevel = WARNING");
    private readonly UpcallPipeline _pipeline;
    private readonly FirstRules _rules;

    private LiveSwitch(EmbeddedDatapath datapath, EmbeddedPorts ports, Bridge bridge)
    {
        _rules = new FirstRules(bridge.Tables);
        Datapath = datapath;
        Ports = ports;
        _pipeline = UpcallPipeline.Start(_system, datapath, new OpenFlowTranslatorFactory([bridge]), new UpcallPipelineSettings());
    }

    public EmbeddedDatapath Datapath { get; }

    public EmbeddedPorts Ports { get; }

    /// <summary>
    /// Makes a switch in the lab's switch namespace with one bridge, br0,
    /// whose ports are the requests in their order, from OpenFlow port 1 on.
    /// </summary>
    public static Task<LiveSwitch> StartAsync(Lab lab, string flows, params PortRequest[] requests) =>
        StartAsync(lab, flows, _ => null, requests);

    /// <summary>The same with a tunnel at those ports that <paramref name="tunnelOf"/> gives one.</summary>
    public static async Task<LiveSwitch> StartAsync(Lab lab, string flows, Func<DatapathPort, TunnelPort?> tunnelOf,
        params PortRequest[] requests)
    {
        (EmbeddedDatapath datapath, EmbeddedPorts ports) = await OpenAsync(lab);
        var members = new List<BridgePort>();
        foreach (PortRequest request in requests)
        {
            DatapathPort added = await AddAsync(lab, ports, request);
            added.Number.ShouldNotBeNull(added.Error);
            members.Add(new BridgePort(request.Kind == PortKind.Internal ? OpenFlowPorts.Local : (uint)members.Count + 1,
                added.Number.Value, added.Name)
            {
                // A tunnel's packets are cut by the host's stack.
                Mtu = added.Mtu == 0 ? ushort.MaxValue : added.Mtu,
                Tunnel = tunnelOf(added),
            });
        }

        return new LiveSwitch(datapath, ports, BridgeOf(flows, members));
    }

    /// <summary>Adds a port from within the namespace.</summary>
    public static Task<DatapathPort> AddAsync(Lab lab, EmbeddedPorts ports, PortRequest request, uint? number = null) =>
        NamespaceThread.RunAsync(lab.Switch.Name, () => ports.Add(request, number));

    public static Bridge BridgeOf(string flows, IEnumerable<BridgePort> members)
    {
        FlowFile file = FlowSyntax.ParseFile(flows, "flows");
        file.Errors.ShouldBeEmpty();
        var tables = new FlowTables();
        tables.Apply(file.Changes.AsSpan());
        return new Bridge("br0", FailMode.Secure, tables, members);
    }

    /// <summary>Forgets all flows, as <c>revalidator/purge</c> does: what they carried is credited first.</summary>
    public Task PurgeAsync() => _pipeline.Revalidation!.PurgeAsync();

    /// <summary>
    /// Ends, and looks whether each packet was credited to the rule that it met first, and was executed, dropped or lost by one cause.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Ports.Dispose();
        await Eventually.HoldsAsync(() => _pipeline.Counters.Completed == Datapath.Counters.UpcallsQueued);
        await _pipeline.Revalidation!.WaitAsync();
        await _pipeline.DisposeAsync();
        PacketAccount.ShouldBalance(_pipeline.Counters);
        PacketAccount.ShouldBeCredited(
            Datapath.Counters.Hits + Datapath.Counters.Misses,
            _rules.Packets,
            PacketAccount.LostBeforeTables(_pipeline.Counters) + Datapath.Counters.Lost);
        await _system.Terminate();
        _system.Dispose();
        Datapath.Dispose();
    }

    private static async Task<(EmbeddedDatapath Datapath, EmbeddedPorts Ports)> OpenAsync(Lab lab)
    {
        var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions());
        EmbeddedPorts ports = await NamespaceThread.RunAsync(lab.Switch.Name, () => new EmbeddedPorts(datapath));
        return (datapath, ports);
    }
}
