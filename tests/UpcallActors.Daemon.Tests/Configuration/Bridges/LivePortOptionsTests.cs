using UpcallActors.Daemon.Configuration;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Tests.Configuration.Bridges;

/// <summary>What a good configuration of a live switch is read as.</summary>
public sealed class LivePortOptionsTests : IDisposable
{
    internal const string Good = """
        upcall-actors {
          bridges {
            br0 {
              ports {
                p0 { number = 1, type = system, interface = eth0 }
                p1 { number = 2, type = vxlan, remote-ip = "192.0.2.1", key = 7 }
                p2 { number = 3, type = ip6gre, remote-ip = "2001:db8::1", local-ip = "2001:db8::2", key = 4294967295 }
                p3 { number = 4, type = system, tag = 5 }
              }
            }
            br1.ports {
              p4 { number = 1, type = internal, trunks = [0, 10, 20] }
              p5 { number = 2, type = vxlan, remote-ip = 192.0.2.1, key = 8, df = false, csum = true, tos = 16, ttl = 9, dst-port = 8472 }
              p6 { number = 3, type = geneve, remote-ip = 192.0.2.1 }
            }
          }
        }
        """;

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_type_becomes_a_request_to_the_datapath()
    {
        DaemonOptions options = Read(Good);
        options.IsReplay.ShouldBeFalse();
        Ports(options).Select(port => port.Interfaces.ShouldHaveSingleItem().Request).ShouldBe([
            new PortRequest("p0", PortKind.System, "eth0"),
            new PortRequest("p1", PortKind.Vxlan, null, 4789),
            new PortRequest("p2", PortKind.Ip6Gre),
            new PortRequest("p3", PortKind.System),
            new PortRequest("p4", PortKind.Internal),
            new PortRequest("p5", PortKind.Vxlan, null, 8472),
            new PortRequest("p6", PortKind.Geneve, null, 6081),
        ]);
    }

    [Fact]
    public void A_tunnel_has_its_ends_and_how_its_packets_look_outside()
    {
        InterfaceConfiguration[] ports = [.. Ports(Read(Good)).Select(port => port.Interfaces.ShouldHaveSingleItem())];
        ports[0].Tunnel.ShouldBeNull();
        ports[1].Tunnel.ShouldBe(new TunnelPort { RemoteIpv4 = 0xc0000201 }.WithKey(7));
        UInt128 prefix = (UInt128)0x20010db8 << 96;
        ports[2].Tunnel.ShouldBe(new TunnelPort
        {
            RemoteIpv6 = prefix + 1,
            LocalIpv6 = prefix + 2,
            DestinationPort = 0,
        }.WithKey(uint.MaxValue));
        ports[5].Tunnel.ShouldBe(new TunnelPort
        {
            RemoteIpv4 = 0xc0000201,
            DontFragment = false,
            Checksum = true,
            Tos = 16,
            Ttl = 9,
            DestinationPort = 8472,
        }.WithKey(8));
        ports[6].Tunnel.ShouldBe(new TunnelPort { RemoteIpv4 = 0xc0000201, DestinationPort = 6081 });
    }

    [Fact]
    public void What_flows_say_of_a_tunnel_and_what_the_inner_packet_says_are_words()
    {
        TunnelPort[] tunnels =
        [
            .. Ports(Read("""
                upcall-actors.bridges.br0.ports {
                  t0 { number = 1, type = geneve, remote-ip = flow, local-ip = flow, key = flow, tos = inherit, ttl = inherit }
                  t1 { number = 2, type = geneve, remote-ip = 192.0.2.1, key = flow, out-key = 5 }
                  t2 { number = 3, type = geneve, remote-ip = flow, local-ip = 192.0.2.2, in-key = 0, tos = 8 }
                }
                """)).Select(port => port.Interfaces.ShouldHaveSingleItem().Tunnel.ShouldNotBeNull()),
        ];
        tunnels[0].ShouldBe(new TunnelPort
        {
            IsRemoteFlow = true,
            IsLocalFlow = true,
            InKey = TunnelKey.Flow,
            OutKey = TunnelKey.Flow,
            TosInherit = true,
            TtlInherit = true,
            DestinationPort = 6081,
        });
        tunnels[1].ShouldBe(new TunnelPort
        {
            RemoteIpv4 = 0xc0000201,
            InKey = TunnelKey.Flow,
            OutKey = TunnelKey.Of(5),
            DestinationPort = 6081,
        });
        tunnels[2].ShouldBe(new TunnelPort
        {
            IsRemoteFlow = true,
            LocalIpv4 = 0xc0000202,
            InKey = TunnelKey.Of(0),
            Tos = 8,
            DestinationPort = 6081,
        });
    }

    [Fact]
    public void A_port_with_a_tag_is_an_access_port_and_any_other_a_trunk()
    {
        PortConfiguration[] ports = Ports(Read(Good));
        (ports[3].VlanMode, ports[3].Tag, ports[3].Trunks.Count).ShouldBe((VlanMode.Access, (ushort)5, 0));
        (ports[0].VlanMode, ports[0].Tag, ports[0].Trunks.Count).ShouldBe((VlanMode.Trunk, (ushort)0, 0));
        ports[4].VlanMode.ShouldBe(VlanMode.Trunk);
        ports[4].Trunks.Order().ShouldBe([(ushort)0, (ushort)10, (ushort)20]);
    }

    [Fact]
    public void Each_way_to_treat_VLANs_has_its_word()
    {
        PortConfiguration[] ports = Ports(Read("""
            upcall-actors.bridges.br0.ports {
              p0 { number = 1, type = system, vlan-mode = native-tagged, tag = 5, trunks = [7], priority-tags = if-nonzero }
              p1 { number = 2, type = system, vlan-mode = native-untagged, tag = 6, priority-tags = always, protected = true }
              p2 { number = 3, type = system, vlan-mode = dot1q-tunnel, tag = 8, cvlans = [0, 9], qinq-ethtype = "802.1q" }
            }
            """));
        (ports[0].VlanMode, ports[0].Tag, ports[0].Trunks[0], ports[0].PriorityTags)
            .ShouldBe((VlanMode.NativeTagged, (ushort)5, (ushort)7, PriorityTags.IfNonzero));
        (ports[1].VlanMode, ports[1].Tag, ports[1].PriorityTags, ports[1].IsProtected)
            .ShouldBe((VlanMode.NativeUntagged, (ushort)6, PriorityTags.Always, true));
        (ports[2].VlanMode, ports[2].Tag, ports[2].QinqEthtype, ports[2].PriorityTags, ports[2].IsProtected)
            .ShouldBe((VlanMode.Dot1qTunnel, (ushort)8, (ushort)0x8100, PriorityTags.Never, false));
        ports[2].Cvlans.ShouldBe([(ushort)0, (ushort)9]);
        new PortConfiguration { Name = "x" }.QinqEthtype.ShouldBe((ushort)0x88a8);
    }

    [Fact]
    public void The_same_far_end_with_another_key_or_type_is_another_tunnel() =>
        _folder.Problems(Good.Replace("dst-port = 8472", "dst-port = 4789", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void Every_key_about_the_datapath_and_its_flows_reaches_its_option()
    {
        DaemonOptions options = Read(Good, """
            upcall-actors {
              run-dir = run
              datapath { type = kernel, name = dp0, take-over = true, on-exit = delete, dispatch = per-vport, receive-buffer = 8 MiB }
              revalidators { count = 3, flow-limit = 1000, max-idle = 1500ms, max-revalidator = 0.25s, min-revalidate-pps = 7 }
              pipeline.port-share = 0.25
            }
            """);
        options.RunDirectory.ShouldBe(Path.Combine(_folder.Root, "run"));
        options.Datapath.ShouldBe(
            new DatapathOptions(DatapathKind.Kernel, "dp0", TakeOver: true, KeepOnExit: false, DispatchOption.PerVport, 8 << 20));
        options.Revalidators.ShouldBe(new RevalidatorOptions(3, 1000, TimeSpan.FromMilliseconds(1500), TimeSpan.FromMilliseconds(250), 7));
        options.Pipeline.PortShare.ShouldBe(0.25);
    }

    [Fact]
    public void What_is_left_out_has_Open_vSwitchs_values()
    {
        DaemonOptions options = Read(Good);
        options.RunDirectory.ShouldBeNull();
        options.Revalidators.ShouldBe(new RevalidatorOptions(null, 200_000, TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(500), 5));
        options.Datapath.Dispatch.ShouldBe(DispatchOption.Auto);
    }

    private static PortConfiguration[] Ports(DaemonOptions options) => [.. options.Switch.Bridges.SelectMany(bridge => bridge.Ports)];

    private DaemonOptions Read(params string[] texts)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(texts);
        problems.ShouldBeEmpty();
        return options!;
    }
}
