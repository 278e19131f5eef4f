using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>What people call a datapath's ports, as spans and metrics tell it.</summary>
public sealed class PortNameTests
{
    private const uint Far1 = 0xac100001;
    private const uint Far2 = 0xac100002;

    private static readonly OpenFlowTranslatorFactory _factory = new(
    [
        new Bridge(
            "br0",
            FailMode.Secure,
            new FlowTables(),
            [new BridgePort(1, 101, "eth1"), new BridgePort(10, 200, "vx1") { Tunnel = new TunnelPort { RemoteIpv4 = Far1 } }]),
        new Bridge(
            "br1",
            FailMode.Secure,
            new FlowTables(),
            [new BridgePort(1, 102, "eth2"), new BridgePort(10, 200, "vx2") { Tunnel = new TunnelPort { RemoteIpv4 = Far2 } }]),
    ]);

    private static readonly IUpcallPortNames _names = ((IUpcallTranslatorFactory)_factory).PortNames.ShouldNotBeNull();

    [Fact]
    public void A_port_is_known_by_its_name_and_its_bridge()
    {
        _names.Find(102).ShouldBe(new UpcallPort("eth2", "br1"));
        _names.Find(new FlowKey { DatapathPort = 101 }).ShouldBe(new UpcallPort("eth1", "br0"));
        _names.NameOf(101).ShouldBe("eth1");
        _names.NumberOf("eth2").ShouldBe(102u);
    }

    [Fact]
    public void A_port_of_no_bridge_has_no_name()
    {
        _names.Find(7).ShouldBeNull();
        _names.Find(new FlowKey { DatapathPort = 7 }).ShouldBeNull();
        _names.NumberOf("eth7").ShouldBeNull();
    }

    [Fact]
    public void In_the_words_of_OpenFlow_a_packet_does_not_come_from_the_datapaths_number() =>
        _factory.TextOf(new FlowKey { DatapathPort = 101, EthType = EtherTypes.Arp }).ShouldStartWith("arp,vlan_tci=0x0000,");

    [Fact]
    public void Of_tunnels_that_share_a_datapath_port_the_far_end_tells_which_one_a_packet_came_by()
    {
        _names.Find(new FlowKey { DatapathPort = 200, TunIpv4Src = Far2, TunIpv4Dst = 1 }).ShouldBe(new UpcallPort("vx2", "br1"));
        _names.Find(new FlowKey { DatapathPort = 200, TunIpv4Src = Far1, TunIpv4Dst = 1 }).ShouldBe(new UpcallPort("vx1", "br0"));
        _names.Find(200).ShouldBeNull();
        _names.NameOf(200).ShouldBeNull();
    }
}
