using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>
/// Bridges br0 (ports 1 to 3: datapath ports 101 to 103), br1 (ports 1 and 2: 201, 202) and br2 (port 1: 301), joined by patch ports: 11 of
/// br0 and 11 of br1, 12 of br1 and 12 of br2.
/// </summary>
internal sealed class PatchedSwitch
{
    private readonly Bridge[] _others;

    public PatchedSwitch(string flows, string peerFlows = "", string farFlows = "")
    {
        Near = new TestSwitch(flows, morePorts: [Patch(11, "p01", "p10")]);
        Peer = Filled(peerFlows);
        Far = Filled(farFlows);
        _others =
        [
            new Bridge("br1", FailMode.Secure, Peer,
            [
                new(OpenFlowPorts.Local, 200, "br1"), new(1, 201, "q1"), new(2, 202, "q2"),
                Patch(11, "p10", "p01"), Patch(12, "p12", "p21"),
            ]),
            new Bridge("br2", FailMode.Secure, Far, [new(OpenFlowPorts.Local, 300, "br2"), new(1, 301, "r1"), Patch(12, "p21", "p12")]),
        ];
        Near.Factory.Replace([Near.Bridge, .. _others]);
    }

    public TestSwitch Near { get; }

    public FlowTables Peer { get; }

    public FlowTables Far { get; }

    public Bridge PeerBridge => _others[0];

    public static BridgePort Patch(uint number, string name, string peer) =>
        BridgePort.OfPatch(number, name, new PatchPort(peer, new RuleCounters(), new RuleCounters()));

    public static void Add(FlowTables tables, string flows)
    {
        FlowFile file = FlowSyntax.ParseFile(flows);
        file.Errors.ShouldBeEmpty();
        tables.Apply([.. file.Changes]);
    }

    /// <summary>What a client says of a port of br1.</summary>
    public void Say(uint port, PortConfig config)
    {
        BridgeSettings settings = PeerBridge.Settings;
        settings.Follow(
            PeerBridge.Ports.Select(one => new PresentPort(one.Number, one.Name, new Odp.PortRequest(one.Name, default), IsDown: false)),
            settings.Changes);
        settings.TrySet(port, config, config).ShouldBeTrue();
    }

    private static FlowTables Filled(string flows)
    {
        var tables = new FlowTables();
        Add(tables, flows);
        return tables;
    }
}
