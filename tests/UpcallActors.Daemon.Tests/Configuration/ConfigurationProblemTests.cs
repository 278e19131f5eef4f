using UpcallActors.Daemon.Tests.Configuration.Bridges;

namespace UpcallActors.Daemon.Tests.Configuration;

/// <summary>What is said about a bad configuration: everything at once, each with its place.</summary>
public sealed class ConfigurationProblemTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("handlers = 2", "handelrs = 2", "a.conf:2: unknown key handelrs in upcall-actors; did you mean handlers?")]
    [InlineData("handlers = 2", "zebra = 2", "a.conf:2: unknown key zebra in upcall-actors")]
    [InlineData("handlers = 2", "handlers = two", "a.conf:2: handlers must be a whole number, not \"two\"")]
    [InlineData("handlers = 2", "handlers = 2000", "a.conf:2: handlers must be from 0 to 64, not 2000")]
    [InlineData("handlers = 2", "handlers = 99999999999999999999",
        "a.conf:2: handlers must be a whole number, not \"99999999999999999999\"")]
    [InlineData("handlers = 2", "handlers = null", "a.conf:2: handlers has no value")]
    [InlineData("handlers = 2", "handlers = [2]", "a.conf:2: handlers must be a plain value, not a list")]
    [InlineData("handlers = 2", "handlers { }", "a.conf:2: handlers must be a plain value, not a block")]
    [InlineData("handlers = 2", "datapath = embedded", "a.conf:2: datapath must be a block: datapath { … }")]
    [InlineData("handlers = 2", "datapath.type = kernal",
        "a.conf:2: type must be auto or embedded or kernel or dummy, not \"kernal\"; did you mean kernel?")]
    [InlineData("handlers = 2", "datapath.type = kernel", "a.conf:2: type = kernel has no capture ports; use embedded or auto")]
    [InlineData("handlers = 2", "datapath.dispatch = per-port",
        "a.conf:2: dispatch must be auto or per-cpu or per-vport, not \"per-port\"; did you mean per-vport?")]
    [InlineData("handlers = 2", "datapath.on-exit = drop", "a.conf:2: on-exit must be keep or delete, not \"drop\"")]
    [InlineData("handlers = 2", "datapath.take-over = yes", "a.conf:2: take-over must be false or true, not \"yes\"")]
    [InlineData("handlers = 2", "datapath.name = \"ovs system\"",
        "a.conf:2: the name ovs system must have at most 15 characters, without '/', ':' and spaces")]
    [InlineData("handlers = 2", "datapath.receive-buffer = 4 MiBs",
        "a.conf:2: receive-buffer must be a size such as 512KiB or 4MiB, not \"4 MiBs\"")]
    [InlineData("handlers = 2", "datapath.receive-buffer = 4kB", "a.conf:2: receive-buffer must be from 64KiB to 1GiB, not 4kB")]
    [InlineData("handlers = 2", "revalidators.max-idle = 10 weeks",
        "a.conf:2: max-idle must be a duration such as 500ms or 10s, not \"10 weeks\"")]
    [InlineData("handlers = 2", "revalidators.max-idle = -10s", "a.conf:2: max-idle must be a duration such as 500ms or 10s, not \"-10s\"")]
    [InlineData("handlers = 2", "revalidators.max-idle = 499ms", "a.conf:2: max-idle must be from 500ms to 1h, not 499ms")]
    [InlineData("handlers = 2", "revalidators.max-idle = 9999999999999999999999s",
        "a.conf:2: max-idle must be a duration such as 500ms or 10s, not \"9999999999999999999999s\"")]
    [InlineData("handlers = 2", "revalidators.max-revalidator = 61s", "a.conf:2: max-revalidator must be from 100ms to 1m, not 61s")]
    [InlineData("handlers = 2", "revalidators.max-idle = 500.5ms",
        "a.conf:2: max-idle goes in steps of 1ms, and 500.5ms is between two of them")]
    [InlineData("handlers = 2", "revalidators.max-revalidator = 100000500ns",
        "a.conf:2: max-revalidator goes in steps of 1ms, and 100000500ns is between two of them")]
    [InlineData("handlers = 2", "pipeline.restarts.window = 0.1001s",
        "a.conf:2: window goes in steps of 1ms, and 0.1001s is between two of them")]
    [InlineData("handlers = 2", "telemetry.otlp.timeout = 100001us",
        "a.conf:2: timeout goes in steps of 1ms, and 100001us is between two of them")]
    [InlineData("handlers = 2", "telemetry.otlp.flush-timeout = 0.4ms", "a.conf:2: flush-timeout must be from 1ms to 1m, not 0.4ms")]
    [InlineData("handlers = 2", "telemetry.metrics.interval = 100.4ms",
        "a.conf:2: interval goes in steps of 1ms, and 100.4ms is between two of them")]
    [InlineData("handlers = 2", "telemetry.traces.slower-than = 50ns",
        "a.conf:2: slower-than goes in steps of 100ns, and 50ns is between two of them")]
    [InlineData("handlers = 2", "telemetry.traces.batches = 1e-20", "a.conf:2: batches must be 0, or at least 1e-15, not 1e-20")]
    [InlineData("handlers = 2", "telemetry.traces.upcalls = 1e-400", "a.conf:2: upcalls must be 0, or at least 1e-15, not 1e-400")]
    [InlineData("handlers = 2", "pipeline.port-share = 0.0000000000000000001",
        "a.conf:2: port-share must be at least 1e-15, not 0.0000000000000000001")]
    [InlineData("handlers = 2", "datapath.receive-buffer = 65536.5B",
        "a.conf:2: receive-buffer must be whole bytes, and 65536.5B is 65536.5")]
    [InlineData("handlers = 2", "datapath.receive-buffer = 64.0001KiB",
        "a.conf:2: receive-buffer must be whole bytes, and 64.0001KiB is 65536.1024")]
    [InlineData("handlers = 2", "replay.purge-at = [1.00000001]",
        "a.conf:2: purge-at holds 1.00000001, which is finer than its steps of 100ns")]
    [InlineData("handlers = 2", "replay.purge-at = [1, [2]]", "a.conf:2: purge-at holds plain values, not a list")]
    [InlineData("handlers = 2", "revalidators.flow-limit = 0", "a.conf:2: flow-limit must be from 1 to 10000000, not 0")]
    [InlineData("handlers = 2", "revalidators.flowlimit = 1", "a.conf:2: unknown key flowlimit in revalidators; did you mean flow-limit?")]
    [InlineData("handlers = 2", "pipeline.port-share = 1.5", "a.conf:2: port-share must be a number above 0 up to 1, not \"1.5\"")]
    [InlineData("handlers = 2", "pipeline.port-share = 0", "a.conf:2: port-share must be a number above 0 up to 1, not \"0\"")]
    [InlineData("handlers = 2", "pipeline.batch-size = 65", "a.conf:2: batch-size must be from 1 to 64, not 65")]
    [InlineData("handlers = 2", "pipeline.dispatchers.router = pined",
        "a.conf:2: router must be lane or pinned or fork-join, not \"pined\"; did you mean pinned?")]
    [InlineData("handlers = 2", "pipeline.dispatchers.fork-join-threads = 257",
        "a.conf:2: fork-join-threads must be from 0 to 256, not 257")]
    [InlineData("handlers = 2", "pipeline.dispatchers.receivr = lane",
        "a.conf:2: unknown key receivr in dispatchers; did you mean receiver?")]
    [InlineData("handlers = 2", "pipeline.restarts.limit = -1", "a.conf:2: limit must be from 0 to 1000000, not -1")]
    [InlineData("handlers = 2", "pipeline.restarts.window = 0s", "a.conf:2: window must be from 100ms to 1h, not 0s")]
    [InlineData("handlers = 2", "pipeline.restarts.translator-limit = 0", "a.conf:2: translator-limit must be from 1 to 1000000, not 0")]
    [InlineData("handlers = 2", "bridges.br0.ports.p0.share = 1.5", "a.conf:2: share must be a number above 0 up to 1, not \"1.5\"")]
    [InlineData("handlers = 2", "replay.purge-at = [now]", "a.conf:2: purge-at holds \"now\", which is no time in seconds since 1970")]
    [InlineData("handlers = 2", "replay.purge-at = 5", "a.conf:2: purge-at must be a list: [ … ]")]
    [InlineData("standalone", "open", "a.conf:4: fail-mode must be secure or standalone, not \"open\"")]
    [InlineData("flows.of", "other.of", "a.conf:5: flows: there is no file other.of")]
    [InlineData("number = 1, ", "", "a.conf:7: number is missing in p0")]
    [InlineData("number = 1,", "number = 0,", "a.conf:7: number must be from 1 to 65279, not 0")]
    [InlineData("number = 2", "number = 1", "a.conf:8: number 1 is already used by p0")]
    [InlineData("input = \"p0.pcap\"", "input = nothing", "a.conf:7: input: there is no file nothing")]
    [InlineData("host-mac = \"02:00:00:00:00:0b\"", "host-mac = \"02:00:00:00:00:0a\"", "a.conf:8: host-mac is already used by p0")]
    [InlineData("02:00:00:00:00:0b", "02:00:00:00:00",
        "a.conf:8: host-mac must be six pairs of hexadecimal digits with colons between, not \"02:00:00:00:00\"")]
    [InlineData("02:00:00:00:00:0b", "02:00:00:00:00: b",
        "a.conf:8: host-mac must be six pairs of hexadecimal digits with colons between, not \"02:00:00:00:00: b\"")]
    [InlineData("02:00:00:00:00:0b", "03:00:00:00:00:0b",
        "a.conf:8: host-mac 03:00:00:00:00:0b is a multicast address; no host sends from one")]
    [InlineData("02:00:00:00:00:0b", "00:00:00:00:00:00", "a.conf:8: host-mac is all zeroes; no host sends from it")]
    [InlineData("mtu = 1400", "mtu = 67", "a.conf:7: mtu must be from 68 to 65535, not 67")]
    [InlineData("out/p0.pcap", "p1.pcap", "a.conf:7: output is the input of p1, which it would overwrite")]
    [InlineData("out/p0.pcap", "a.conf", "a.conf:7: output is the configuration itself, which it would overwrite")]
    [InlineData("out/p0.pcap", "gone/../flows.of", "a.conf:7: output is the flows of br0, which it would overwrite")]
    [InlineData("out/p0.pcap", "out\\u0000p0", "a.conf:7: output has a zero character, which a path cannot have")]
    [InlineData(
        "type = capture, input = \"p1", "type = tap, input = \"p1",
        "a.conf:8: type must be system or internal or vxlan or geneve or gre or ip6gre or patch or capture, not \"tap\"")]
    [InlineData("number = 2, type = capture, input = \"p1.pcap\", host-mac = \"02:00:00:00:00:0b\"", "number = 2",
        "a.conf:8: type is missing in p1")]
    [InlineData("number = 2, type = capture, input = \"p1.pcap\", host-mac = \"02:00:00:00:00:0b\"", "number = 2, type = system",
        "a.conf:8: type = capture goes with captures only, and p1 is none")]
    [InlineData("handlers = 2", "replay.loop = true", "a.conf:2: loop = true never ends, so the output of p0 would grow without end")]
    [InlineData("handlers = 2", "replay.loop = forever", "a.conf:2: loop must be false or true, not \"forever\"")]
    [InlineData("mtu = 1400", "tag = 0", "a.conf:7: tag must be from 1 to 4094, not 0")]
    [InlineData("mtu = 1400", "vlan-mode = access", "a.conf:7: vlan-mode = access needs a tag")]
    [InlineData("mtu = 1400", "vlan-mode = trunk, tag = 5", "a.conf:7: tag is for a vlan-mode other than trunk")]
    [InlineData("mtu = 1400", "vlan-mode = dot1q-tunnel", "a.conf:7: vlan-mode = dot1q-tunnel needs a tag")]
    [InlineData(
        "mtu = 1400", "vlan-mode = dot1q-tunnel, tag = 5, trunks = [1]",
        "a.conf:7: vlan-mode = dot1q-tunnel has cvlans, no trunks")]
    [InlineData("mtu = 1400", "cvlans = [1]", "a.conf:7: cvlans is for vlan-mode = dot1q-tunnel")]
    [InlineData("mtu = 1400", "qinq-ethtype = 802.1q, tag = 3", "a.conf:7: qinq-ethtype is for vlan-mode = dot1q-tunnel")]
    [InlineData("mtu = 1400", "priority-tags = true", "a.conf:7: priority-tags must be never or if-nonzero or always, not \"true\"")]
    [InlineData(
        "mtu = 1400", "trunks = [1], tag = 5",
        "a.conf:7: trunks is for vlan-mode = trunk, without tag, or native-tagged or native-untagged")]
    [InlineData("mtu = 1400", "trunks = [1, 4095]", "a.conf:7: trunks holds \"4095\", which is no whole number from 0 to 4094")]
    [InlineData("p1 {", "br0 {", "a.conf:8: the name br0 is already used by a bridge")]
    [InlineData("p1 {", "ovs-system {", "a.conf:8: the name ovs-system is already used by the datapath")]
    [InlineData("p1 {", "a-name-that-is-long {",
        "a.conf:8: the name a-name-that-is-long must have at most 15 characters, without '/', ':' and spaces")]
    public void A_mistake_is_named_with_its_line(string good, string bad, string problem)
    {
        string text = DaemonOptionsTests.Good.Replace(good, bad, StringComparison.Ordinal);
        text.ShouldNotBe(DaemonOptionsTests.Good);
        _folder.Problems(text).ShouldBe([problem]);
    }

    [Theory]
    [InlineData("p0 {", "eth0.100 {", "a.conf:7: the name eth0.100 has a dot, and so stands in quotes: \"eth0.100\" { … }")]
    [InlineData("p0 {", "eth0.100.7 {", "a.conf:7: the name eth0.100.7 has a dot, and so stands in quotes: \"eth0.100.7\" { … }")]
    [InlineData("p0 {", "p0 { number = 9, type = capture }, p0.lan {",
        "a.conf:7: the name p0.lan has a dot, and so stands in quotes: \"p0.lan\" { … }")]
    [InlineData("br0 {", "br0.5 {", "a.conf:3: the name br0.5 has a dot, and so stands in quotes: \"br0.5\" { … }")]
    [InlineData("br0 {", "br0.5 { ports.p9 { } }\n    br0 {",
        "a.conf:3: the name br0.5 has a dot, and so stands in quotes: \"br0.5\" { … }")]
    public void A_name_with_a_dot_is_told_that_it_wants_quotes(string good, string bad, string problem)
    {
        string text = DaemonOptionsTests.Good.Replace(good, bad, StringComparison.Ordinal);
        _folder.Problems(text).ShouldContain(problem);
        _folder.Problems(text)
            .ShouldNotContain(found =>
            found.Contains("is missing", StringComparison.Ordinal) && found.Contains("eth0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("p0 {", "\"eth/0\" {", "a.conf:5: the name eth/0 must have at most 15 characters, without '/', ':' and spaces")]
    [InlineData("interface = eth0", "interface = \"eth 0\"",
        "a.conf:5: interface: the name eth 0 must have at most 15 characters, without '/', ':' and spaces")]
    [InlineData("interface = eth0", "interface = p3", "a.conf:8: the device p3 is already used by p0")]
    [InlineData("interface = eth0", "interface = br0", "a.conf:5: the device br0 is already used by a bridge")]
    [InlineData("interface = eth0", "interface = br1",
        "a.conf:11: the device br1, which the bridge needs for itself, is already used by the port p0")]
    [InlineData("interface = eth0", "interface = ovs-system", "a.conf:5: the device ovs-system is already used by the datapath")]
    [InlineData("interface = eth0", "interface = vxlan_sys_4789",
        "a.conf:6: the device vxlan_sys_4789, which the tunnel needs for itself, is already used by p0")]
    [InlineData("interface = eth0", "interface = ip6gre_sys",
        "a.conf:7: the device ip6gre_sys, which the tunnel needs for itself, is already used by p0")]
    [InlineData("p3 { number = 4, type = system", "p3 { number = 4, type = system, interface = vxlan_sys_4789",
        "a.conf:8: the device vxlan_sys_4789 is that of the tunnel p1")]
    [InlineData("p3 {", "ip6gre_sys {", "a.conf:8: the device ip6gre_sys is that of the tunnel p2")]
    [InlineData("br1.ports {", "vxlan_sys_4789.ports {",
        "a.conf:11: the device vxlan_sys_4789, which the bridge needs for itself, is that of the tunnel p1")]
    [InlineData("interface = eth0", "mtu = 9000", "a.conf:5: mtu is for capture ports; the MTU of this port is its device's (ip link)")]
    [InlineData("interface = eth0", "input = x", "a.conf:5: unknown key input in p0")]
    [InlineData("key = 7", "mtu = 1400", "a.conf:6: a tunnel has no mtu: the route of its packets decides")]
    [InlineData("remote-ip = \"192.0.2.1\", ", "", "a.conf:6: remote-ip is missing in p1")]
    [InlineData("\"192.0.2.1\"", "host", "a.conf:6: remote-ip must be an IPv4 or IPv6 address, not \"host\"")]
    [InlineData("\"192.0.2.1\"", "192", "a.conf:6: remote-ip must be an IPv4 or IPv6 address, not \"192\"")]
    [InlineData("\"192.0.2.1\"", "224.0.0.5", "a.conf:6: remote-ip: 224.0.0.5 is not the address of one routable host")]
    [InlineData(
        "\"192.0.2.1\"", "255.255.255.255", "a.conf:6: remote-ip: 255.255.255.255 is not the address of one routable host")]
    [InlineData("\"192.0.2.1\"", "\"ff02::1\"", "a.conf:6: remote-ip: ff02::1 is not the address of one routable host")]
    [InlineData("\"192.0.2.1\"", "\"fe80::1\"", "a.conf:6: remote-ip: fe80::1 is not the address of one routable host")]
    [InlineData(
        "\"192.0.2.1\"", "\"::ffff:192.0.2.1\"",
        "a.conf:6: remote-ip: ::ffff:192.0.2.1 is not the address of one routable host")]
    [InlineData(
        "type = vxlan, remote-ip = \"192.0.2.1\"", "type = gre, remote-ip = \"2001:db8::1\"",
        "a.conf:6: remote-ip: gre goes over IPv4, and 2001:db8::1 is an IPv6 address: the type for it is ip6gre")]
    [InlineData(
        "type = vxlan, remote-ip = \"192.0.2.1\"", "type = ip6gre, remote-ip = \"192.0.2.1\"",
        "a.conf:6: remote-ip: ip6gre goes over IPv6, and 192.0.2.1 is an IPv4 address: the type for it is gre")]
    [InlineData("\"192.0.2.1\"", "\"::\"", "a.conf:6: remote-ip must be the address of one host, not ::")]
    [InlineData("\"192.0.2.1\"", "\"fe80::1%2\"", "a.conf:6: remote-ip must be an IPv4 or IPv6 address, not \"fe80::1%2\"")]
    [InlineData("key = 7", "local-ip = \"2001:db8::1\"", "a.conf:6: local-ip and remote-ip must be of the same IP version")]
    [InlineData("key = 7", "local-ip = flow", "a.conf:6: local-ip = flow goes with remote-ip = flow only")]
    [InlineData("key = 7", "key = 7, in-key = flow, out-key = 5",
        "a.conf:6: key is what in-key and out-key are by default, and both are there")]
    [InlineData("key = 7", "out-key = 16777216", "a.conf:6: out-key must be from 0 to 16777215, not 16777216")]
    [InlineData("key = 7", "tos = inherited", "a.conf:6: tos must be a whole number, not \"inherited\"")]
    [InlineData("key = 7", "key = 16777216", "a.conf:6: key must be from 0 to 16777215, not 16777216")]
    [InlineData("key = 7", "dst-port = 0", "a.conf:6: dst-port must be from 1 to 65535, not 0")]
    [InlineData("key = 7", "tos = 5", "a.conf:6: tos must be a multiple of 4 (the lower two bits are the inner packet's), not 5")]
    [InlineData("key = 7", "ttl = 0", "a.conf:6: ttl must be from 1 to 255, not 0")]
    [InlineData("key = 7", "df = 1", "a.conf:6: df must be false or true, not \"1\"")]
    [InlineData("type = ip6gre", "type = ip6gre, dst-port = 1", "a.conf:7: unknown key dst-port in p2")]
    [InlineData("key = 8, df = false, csum = true, tos = 16, ttl = 9, dst-port = 8472", "key = 7",
        "a.conf:13: remote-ip, local-ip, key and dst-port are already used by p1")]
    [InlineData("  bridges {", "  replay.loop = true, bridges {", "a.conf:2: loop is for capture ports, and there are none")]
    [InlineData("  bridges {", "  replay.pace = recorded, bridges {", "a.conf:2: pace is for capture ports, and there are none")]
    [InlineData(
        "  bridges {", "  datapath.type = embedded, bridges {",
        "a.conf:2: type = embedded has tunnels of type vxlan only, and p2 is ip6gre")]
    [InlineData("  bridges {", "  replay.purge-at = [1], bridges {", "a.conf:2: purge-at is for capture ports, and there are none")]
    public void A_mistake_about_live_ports_is_named_with_its_line(string good, string bad, string problem)
    {
        string text = LivePortOptionsTests.Good.Replace(good, bad, StringComparison.Ordinal);
        text.ShouldNotBe(LivePortOptionsTests.Good);
        _folder.Problems(text).ShouldBe([problem]);
    }

    [Fact]
    public void All_mistakes_of_all_files_are_reported_at_once_in_order()
    {
        string text = DaemonOptionsTests.Good
            .Replace("handlers = 2", "handlers = few", StringComparison.Ordinal)
            .Replace("standalone", "open", StringComparison.Ordinal)
            .Replace("number = 2", "numbr = 2", StringComparison.Ordinal)
            .Replace("p1.pcap", "gone.pcap", StringComparison.Ordinal);
        _folder.Problems(text, "# second file\nupcall-actors.bridges.br0.ports.p0.mtu = big\nother = 1\n").ShouldBe([
            "a.conf:2: handlers must be a whole number, not \"few\"",
            "a.conf:4: fail-mode must be secure or standalone, not \"open\"",
            "a.conf:8: number is missing in p1",
            "a.conf:8: input: there is no file gone.pcap",
            "a.conf:8: unknown key numbr in p1; did you mean number?",
            "b.conf:2: mtu must be a whole number, not \"big\"",
            "b.conf:3: unknown key other at the top",
        ]);
    }

    [Fact]
    public void Each_mistake_in_the_flows_has_its_line_and_column()
    {
        _folder.Write("flows.of", "# two mistakes\npriority=high,actions=drop\nin_port=p0,actions=drop\nicmp,actions=outptu:1\n");
        _folder.Write("p0.pcap", "no capture");
        IReadOnlyList<string> problems =
            _folder.Problems(DaemonOptionsTests.Good.Replace("handlers = 2", "handlers = few", StringComparison.Ordinal));
        problems.Count.ShouldBe(4);
        problems[0].ShouldStartWith("a.conf:2: ");
        problems[1].ShouldBe("a.conf:7: input: p0.pcap: not a pcap or pcapng file (UnknownMagic).");
        problems[2].ShouldStartWith("flows.of:2:10: ");
        problems[3].ShouldStartWith("flows.of:4:14: ");
    }

    [Fact]
    public void A_file_that_is_no_HOCON_does_not_hide_the_mistakes_of_the_others()
    {
        string text = DaemonOptionsTests.Good.Replace("handlers = 2", "handlers = few", StringComparison.Ordinal);
        _folder.Problems(text, "upcall-actors {\n").ShouldBe([
            "a.conf:2: handlers must be a whole number, not \"few\"",
            "b.conf:2: a '}' is missing at the end",
        ]);
    }

    [Fact]
    public void The_mistake_is_where_the_value_that_holds_was_set()
    {
        string text = DaemonOptionsTests.Good.Replace("handlers = 2", "handlers = 2\n  handlers = few", StringComparison.Ordinal);
        _folder.Problems(text).ShouldBe(["a.conf:3: handlers must be a whole number, not \"few\""]);
    }

    [Fact]
    public void A_port_name_is_the_datapaths_so_two_bridges_cannot_share_it()
    {
        const string Second = """
            upcall-actors.bridges.br1.ports.p0 { number = 1, type = capture, input = p1.pcap, host-mac = "02:00:00:00:00:0c" }
            """;
        _folder.Problems(DaemonOptionsTests.Good, Second).ShouldBe(["b.conf:1: the name p0 is already used by a port of another bridge"]);
    }

    [Fact]
    public void An_output_that_is_a_link_to_an_input_is_refused()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Root, "link.pcap"), "p1.pcap");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "here"), ".");
        _folder.Problems(DaemonOptionsTests.Good.Replace("out/p0.pcap", "here/link.pcap", StringComparison.Ordinal))
            .ShouldBe(["a.conf:7: output is the input of p1, which it would overwrite"]);
    }

    [Fact]
    public void A_configuration_without_a_port_is_refused() =>
        _folder.Problems("upcall-actors.handlers = 1\n").ShouldBe(
            ["a.conf: bridges has no bridge with a port and there is no ovsdb.remote, so there is nothing to do"]);

    [Fact]
    public void A_missing_configuration_file_is_named() =>
        Daemon.Configuration.DaemonOptionsReader.Read([Path.Combine(_folder.Root, "none.conf")]).Problems
            .ShouldHaveSingleItem().ToString().ShouldContain("none.conf: cannot be read");
}
