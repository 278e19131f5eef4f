using System.Text.RegularExpressions;
using UpcallActors.Odp;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// The same flows in three bridges that patch ports join, ours and those of the real <c>ovs-vswitchd</c>: each packet has the same trace,
/// with the same final flow, megaflow and datapath actions.
/// </summary>
public sealed partial class PatchPortDifferentialTests
{
    private const int Packets = 60;

    // In table 0 of a bridge, which is what the real one looks at to tell whether a copy is needed.
    private static readonly string[][] _tracked =
    [
        [
            "actions=11,2", "ip,ct_state=-trk,actions=ct(table=1,zone=5)\ntable=1,in_port=11,ct_state=+trk,actions=12,1",
            "in_port=12,actions=1",
        ],
        [
            "ip,actions=ct(commit,table=1)\ntable=1,actions=load:3->NXM_NX_REG0[],11",
            "ct_state=0,reg0=0,actions=mod_dl_dst:02:00:00:00:00:09,1", "",
        ],
        ["actions=mod_dl_dst:02:00:00:00:00:09,11,mod_dl_src:02:00:00:00:00:08,2", "ip,actions=1,ct(commit),2", ""],
        ["actions=clone(11),2,11", "ip,actions=ct(commit,nat(src=10.1.1.1)),12", "ip,actions=ct(table=3),1\ntable=3,actions=in_port,1"],
        ["actions=2,11", "actions=1,resubmit(,0)", ""],
        ["actions=11,2", "in_port=11,actions=in_port\nin_port=1,actions=2", ""],
        ["in_port=1,actions=11\nin_port=11,actions=11,in_port", "actions=in_port", ""],
        ["actions=normal", "actions=normal", "actions=normal"],
    ];

    [RealSwitchTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Packets_fare_the_same_through_patch_ports(int seed)
    {
        using RealSwitch real = await StartRealAsync();
        await using ServedSwitch served = await ServedSwitch.StartAsync(OurBridges());
        var tables = new PatchedTables(seed);
        foreach ((string bridge, _) in PatchedTables.Bridges)
            await AddAsync(real, served, bridge, tables.NextFlows());
        for (int i = 0; i < Packets; i++)
        {
            (string bridge, string packet) = tables.NextPacket();
            string expected = await real.TraceAsync(packet, bridge);
            string found = served.Trace(packet, bridge);
            // Each cuts a storm off in its own way: by the length of a trace, or of the actions.
            if (!expected.Contains("over 4096 resubmit actions", StringComparison.Ordinal))
                Assert.Equal($"{bridge} {packet}\n{Comparable(expected)}", $"{bridge} {packet}\n{Comparable(found)}");
        }
    }

    [RealSwitchTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task Conntrack_loops_and_floods_go_the_same_way_through_patch_ports(int flows)
    {
        using RealSwitch real = await StartRealAsync();
        await using ServedSwitch served = await ServedSwitch.StartAsync(OurBridges());
        for (int i = 0; i < PatchedTables.Bridges.Count; i++)
            await AddAsync(real, served, PatchedTables.Bridges[i].Bridge, _tracked[flows][i]);
        string[] packets = ["in_port=1,tcp,nw_ttl=64", "in_port=2,arp", "in_port=11,udp,nw_ttl=64", "in_port=LOCAL,tcp,nw_ttl=3"];
        foreach (string packet in packets)
            Assert.Equal(Comparable(await real.TraceAsync(packet)), Comparable(served.Trace(packet)));
    }

    /// <summary>
    /// Ports are flooded in any order, so that of such a trace only the lines can be compared, however far they stand in, and where packets
    /// leave: what is changed on the way from one port to the next depends on which it is. The rule for packets without a flow is one
    /// like others to the real trace, unless it is that of the bridge where the packet came in (<c>xlate_report_table</c>).
    /// </summary>
    private static string Comparable(string trace)
    {
        bool isFlooded = trace.Contains("flooding", StringComparison.Ordinal);
        string named = trace.Replace(". reg0=0x2, priority 0", ". No match.", StringComparison.Ordinal);
        string comparable = ComparableTrace.Of(isFlooded ? Changes().Replace(named, "") : named);
        return isFlooded
            ? string.Join('\n', comparable.Split('\n').Select(line => line.Trim()).Order(StringComparer.Ordinal))
            : comparable;
    }

    [GeneratedRegex(@"\b((set|push_vlan)\((?:[^()]|\([^()]*\))*\)|pop_vlan),?")]
    private static partial Regex Changes();

    private static BridgeConfiguration[] OurBridges() =>
    [
        .. PatchedTables.Bridges.Select(bridge => new BridgeConfiguration
        {
            Name = bridge.Bridge,
            Ports = ValueList.From(bridge.Ports.Select(port => PortConfiguration.Of(new InterfaceConfiguration
            {
                Name = port.Name,
                RequestedNumber = port.Number,
                Kind = port.Peer is null ? PortKind.System : PortKind.Patch,
                Peer = port.Peer,
            }))),
        }),
    ];

    private static async Task<RealSwitch> StartRealAsync()
    {
        RealSwitch real = await RealSwitch.StartAsync();
        foreach ((string bridge, (string Name, uint Number, string? Peer)[] ports) in PatchedTables.Bridges)
        {
            string[] added = [.. ports.SelectMany(port => new[]
            {
                "--", "--may-exist", "add-port", bridge, port.Name,
                "--", "set", "Interface", port.Name, $"ofport_request={port.Number}", $"type={(port.Peer is null ? "dummy" : "patch")}",
            }.Concat(port.Peer is null ? [] : [$"options:peer={port.Peer}"]))];
            await real.ConfigureAsync(
                ["--may-exist", "add-br", bridge, "--", "set", "bridge", bridge, "datapath_type=dummy", "fail_mode=secure", .. added]);
        }

        return real;
    }

    private static async Task AddAsync(RealSwitch real, ServedSwitch served, string bridge, string flows)
    {
        string file = served.FileOf(flows);
        foreach (string socket in (string[])[real.SocketOf(bridge), served.SocketOf(bridge)])
        {
            (int code, _, string errors) = await Ofctl.RunAsync(["add-flows", $"unix:{socket}", file]);
            Assert.True(code == 0, errors);
        }
    }
}
