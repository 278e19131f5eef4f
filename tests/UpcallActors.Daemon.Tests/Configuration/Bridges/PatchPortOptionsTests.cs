using UpcallActors.Daemon.Configuration;
using UpcallActors.Odp;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Tests.Configuration.Bridges;

/// <summary>Patch ports in a configuration.</summary>
public sealed class PatchPortOptionsTests : IDisposable
{
    private const string Good = """
        upcall-actors {
          bridges {
            br0.ports {
              p0 { number = 1, type = system }
              pa { number = 2, type = patch, peer = pb, tag = 5 }
            }
            br1.ports {
              pb { number = 7, type = patch, peer = pa }
              px { number = 8, type = patch, peer = elsewhere }
            }
          }
        }
        """;

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_patch_port_has_a_peer_which_another_source_may_bring()
    {
        DaemonOptions options = _folder.Read(Good).Options.ShouldNotBeNull();
        InterfaceConfiguration[] ports =
            [.. options.Bridges.SelectMany(bridge => bridge.Configuration.Ports).SelectMany(port => port.Interfaces).Skip(1)];
        ports.ShouldAllBe(port => port.Kind == PortKind.Patch);
        ports.Select(port => (port.Name, port.Peer, port.RequestedNumber))
            .ShouldBe([("pa", "pb", 2u), ("pb", "pa", 7u), ("px", "elsewhere", 8u)]);
        options.Bridges[0].Configuration.Ports[1].Tag.ShouldBe((ushort)5);
    }

    [Theory]
    [InlineData("peer = pb, ", "", "a.conf:5: peer is missing in pa")]
    [InlineData("peer = pb, ", "peer = pa, ", "a.conf:5: peer must be another port", "a.conf:8: the peer of pa is pa, not pb")]
    [InlineData("peer = pb, ", "peer = p0, ", "a.conf:5: p0 is no patch port",
        "a.conf:8: the peer of pa is p0, not pb")]
    [InlineData("peer = elsewhere", "peer = \"a/b\"",
        "a.conf:9: peer: the name a/b must have at most 15 characters, without '/', ':' and spaces")]
    [InlineData("peer = elsewhere", "peer = pa", "a.conf:9: the peer of pa is pb, not px")]
    [InlineData("peer = elsewhere", "peer = br0", "a.conf:9: br0 is no patch port")]
    [InlineData("peer = elsewhere", "peer = elsewhere, share = 0.5",
        "a.conf:9: share is for ports of the datapath, and a patch port is none")]
    [InlineData("peer = elsewhere", "peer = elsewhere, mtu = 1400",
        "a.conf:9: a patch port has no mtu: the ports of the bridge behind it decide")]
    [InlineData("peer = elsewhere", "peer = elsewhere, interface = eth0", "a.conf:9: unknown key interface in px")]
    [InlineData("type = system", "type = system, peer = pa", "a.conf:4: unknown key peer in p0")]
    public void A_mistake_about_a_patch_port_is_named_with_its_line(string good, string bad, params string[] problems) =>
        _folder.Problems(Good.Replace(good, bad, StringComparison.Ordinal)).ShouldBe(problems);
}
