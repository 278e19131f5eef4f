using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;
using static UpcallActors.Switch.Tests.Configurations;

namespace UpcallActors.Switch.Tests.Running;

/// <summary>Patch ports of a switch that runs: which lead somewhere, and what is told of them.</summary>
public sealed class PatchPortTests
{
    [Fact]
    public async Task Two_ports_that_name_each_other_are_ports_of_bridges_and_not_of_the_datapath()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(
            Bridge("br0", Patch("pa", "pb", 3)), Bridge("br1", Patch("pb", "pa", 7)));

        InterfaceState one = StateOf(served, "br0", "pa");
        Assert.Equal((InterfaceStatus.Present, 3u, null, "pb", null), (one.Status, one.Number, one.DatapathPort, one.Peer, one.Reason));
        Assert.Equal((true, true, 0x0200_0000_0000UL), (one.IsUp, one.IsAdminUp, one.Address & 0x0300_0000_0000));
        Assert.NotEqual(one.Address, StateOf(served, "br1", "pb").Address);
        Assert.DoesNotContain(served.Ports.List(), port => port.Name is "pa" or "pb");
        Assert.DoesNotContain(served.Ports.NumbersAskedFor, port => port.Name is "pa" or "pb");
        Assert.Contains("Patch port pa of br0 leads to pb", string.Join('\n', served.Log.All), StringComparison.Ordinal);

        await served.Running.UpdateAsync(same => same with { Settings = same.Settings });
        Assert.Equal(one.Address, StateOf(served, "br0", "pa").Address);
    }

    [Theory]
    [InlineData(null, "pa: patch type requires valid 'peer' argument")]
    [InlineData("", "pa: patch type requires valid 'peer' argument")]
    [InlineData("pa", "pa: patch peer must not be self")]
    public async Task One_without_a_peer_is_no_port(string? peer, string reason)
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(Bridge("br0", Patch("pa", peer, 3)));
        Assert.Equal((InterfaceStatus.Unusable, reason), (StateOf(served, "br0", "pa").Status, StateOf(served, "br0", "pa").Reason));
        Assert.False(served.Running.Translators.Bridges[0].TryGetPort(3, out _));
    }

    [Fact]
    public async Task One_whose_peer_is_gone_stays_and_says_so_until_another_source_brings_it()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(
            Bridge("br0", Patch("pa", "pb", 3)), Bridge("br1", Patch("pb", "pa", 7)));
        await served.Running.UpdateAsync(same => same with { Bridges = [same.Bridges[0]] });
        const string Reason = "No usable peer 'pb' exists in 'embedded' datapath.";
        Assert.Equal((InterfaceStatus.Present, Reason), (StateOf(served, "br0", "pa").Status, StateOf(served, "br0", "pa").Reason));
        Assert.Contains($"Patch port pa of br0 leads nowhere: {Reason}", string.Join('\n', served.Log.All), StringComparison.Ordinal);
        Assert.False(LeadsSomewhere(served));

        await served.Running.UpdateAsync(_ => new SwitchConfiguration { Bridges = [Bridge("br2", Patch("pb", "px", 1))] }, "other");
        Assert.Equal(Reason, StateOf(served, "br0", "pa").Reason);
        await served.Running.UpdateAsync(_ => new SwitchConfiguration { Bridges = [Bridge("br2", Patch("pb", "pa", 1))] }, "other");
        Assert.Null(StateOf(served, "br0", "pa").Reason);
        Assert.True(LeadsSomewhere(served));
    }

    [Fact]
    public async Task Clients_see_a_live_port_that_counts_and_cannot_be_set_down()
    {
        await using ServedSwitch served = await ServedSwitch.StartAsync(
            Bridge("br0", Device("p1", 1), Patch("pa", "pb", 3)) with { Flows = Flows("actions=3") },
            Bridge("br1", Patch("pb", "pa", 7)) with { Flows = Flows("actions=drop") });
        Assert.True(served.Running.Translators.Bridges[0].TryGetPort(1, out BridgePort? port));
        FlowKey key = new() { DatapathPort = port.DatapathPort, EthType = 0x1234 };
        FlowKey mask = default;
        served.Running.Translators.Create(0).Retranslate(key, new FlowCredit(5, 400, TimeSpan.Zero), new byte[64], ref mask);

        string counted = await AskAsync(served, "dump-ports", "pa");
        Assert.Contains("rx pkts=0, bytes=0, drop=?, errs=?, frame=?, over=?, crc=?", counted, StringComparison.Ordinal);
        Assert.Contains("tx pkts=5, bytes=400, drop=?, errs=?, coll=?", counted, StringComparison.Ordinal);
        Assert.Contains("LIVE", await AskAsync(served, "dump-ports-desc", "pa"), StringComparison.Ordinal);
        (int code, _, string errors) = await Ofctl.RunAsync(["-O", "OpenFlow13", "mod-port", $"unix:{served.Socket}", "pa", "down"]);
        Assert.Contains("OFPPMFC_EPERM", $"{code} {errors}", StringComparison.Ordinal);
        Assert.Equal(0, (await Ofctl.RunAsync(["-O", "OpenFlow13", "mod-port", $"unix:{served.Socket}", "pa", "no-forward"])).Code);
        Assert.Equal(PortConfig.NoFwd, served.Settings.ConfigOf(3));
    }

    private static InterfaceConfiguration Patch(string name, string? peer, uint number) =>
        new() { Name = name, Kind = PortKind.Patch, Peer = peer, RequestedNumber = number };

    private static InterfaceState StateOf(ServedSwitch served, string bridge, string name) =>
        served.Running.State.Bridges.Single(one => one.Name == bridge).Ports.SelectMany(port => port.Interfaces)
            .Single(one => one.Name == name);

    private static bool LeadsSomewhere(ServedSwitch served)
    {
        BridgePort port = served.Running.Translators.Bridges[0].Ports.Single(one => one.Name == "pa");
        return served.Running.Translators.BridgeSet.TryFindPeer(port.Patch!, port.Name, out _, out _);
    }

    private static async Task<string> AskAsync(ServedSwitch served, string command, string port)
    {
        (int code, string output, string errors) = await Ofctl.RunAsync(["-O", "OpenFlow13", command, $"unix:{served.Socket}", port]);
        Assert.True(code == 0, errors);
        return output;
    }
}
