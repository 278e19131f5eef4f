using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;

namespace UpcallActors.Switch.Tests;

/// <summary>Which rules let a bridge reach its controllers through itself.</summary>
public sealed partial class InBandRulesTests
{
    private const ulong Local = 0xaa55_aa55_0000;

    [Fact]
    public void They_are_those_that_open_vswitch_was_recorded_with()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "captures", "openflow", "controller-hidden-flows-in-band.txt");
        string[] recorded = [.. File.ReadLines(file).Select(line => Recorded().Match(line)).Where(match => match.Success)
            .Select(match => match.Groups[1].Value)];

        Assert.Equal(7, recorded.Length);
        Assert.Equal(recorded.Order(), TextsOf(Local, [Remote("127.0.0.1", 32901)]));
    }

    [Fact]
    public void Next_hops_and_each_address_and_port_have_their_own()
    {
        IEnumerable<string> rules = TextsOf(
            0, [Remote("192.0.2.1", 6653), Remote("192.0.2.1", 6633), Remote("198.51.100.7", 6653)], 0x0200_0000_0001);

        Assert.Equal(
            [
                "priority=180003,arp,dl_dst=02:00:00:00:00:01,arp_op=2",
                "priority=180004,arp,dl_src=02:00:00:00:00:01,arp_op=1",
                "priority=180005,arp,arp_tpa=192.0.2.1,arp_op=2",
                "priority=180005,arp,arp_tpa=198.51.100.7,arp_op=2",
                "priority=180006,arp,arp_spa=192.0.2.1,arp_op=1",
                "priority=180006,arp,arp_spa=198.51.100.7,arp_op=1",
                "priority=180007,tcp,nw_dst=192.0.2.1,tp_dst=6633",
                "priority=180007,tcp,nw_dst=192.0.2.1,tp_dst=6653",
                "priority=180007,tcp,nw_dst=198.51.100.7,tp_dst=6653",
                "priority=180008,tcp,nw_src=192.0.2.1,tp_src=6633",
                "priority=180008,tcp,nw_src=192.0.2.1,tp_src=6653",
                "priority=180008,tcp,nw_src=198.51.100.7,tp_src=6653",
            ],
            rules);
    }

    [Fact]
    public void A_next_hop_with_the_bridges_own_address_adds_none()
    {
        ImmutableArray<InBandRemote> remotes = [Remote("192.0.2.1", 6653)];

        Assert.Equal(TextsOf(Local, remotes), TextsOf(Local, remotes, Local));
    }

    [Fact]
    public void Without_a_controller_there_are_none() => Assert.Empty(TextsOf(Local, [], 0x0200_0000_0001));

    [Theory]
    [InlineData("tcp:192.0.2.1", true)]
    [InlineData("ssl:192.0.2.1:6633", true)]
    [InlineData("tcp:[2001:db8::1]", false)]
    [InlineData("tcp:controller.example", false)]
    [InlineData("ptcp:6653", null)]
    [InlineData("unix:/run/controller", null)]
    public void A_controller_is_reached_so_at_an_IPv4_address(string target, bool? isKnown)
    {
        var controller = new ControllerConfiguration(target) { ConnectionMode = ConnectionMode.InBand };
        BridgeConfiguration bridge = ServedSwitch.Bridge with { Controllers = [controller] };

        Assert.Equal(isKnown == true ? 1 : 0, InBandRemote.Of(bridge).Length);
        Assert.Equal(isKnown == false, InBandRemote.IsUnknown(controller));
        Assert.Empty(InBandRemote.Of(bridge with { DisableInBand = true }));
        Assert.Empty(InBandRemote.Of(bridge with { Controllers = [new ControllerConfiguration(target)] }));
    }

    private static InBandRemote Remote(string address, ushort port) => new(IPAddress.Parse(address), port);

    private static IEnumerable<string> TextsOf(ulong local, ImmutableArray<InBandRemote> remotes, params ulong[] hops) =>
        InBandRules.Of(local, remotes, hops).Select(rule => $"priority={rule.Priority},{rule.Match}").Order(StringComparer.Ordinal);

    [GeneratedRegex(@"(priority=180\d\d\d,.*),actions=NORMAL$")]
    private static partial Regex Recorded();
}
