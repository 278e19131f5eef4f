namespace UpcallActors.Switch.Tests;

/// <summary>
/// Random calls of <c>ovs-ofctl</c>, right and wrong ones, with the actions and fields that the switch has. A seed, a script.
/// </summary>
internal sealed class ScriptOfCalls(int seed)
{
    private static readonly string[] _versions = ["OpenFlow10", "OpenFlow11", "OpenFlow12", "OpenFlow13", "OpenFlow14", "OpenFlow15"];

    private static readonly string[] _protocols =
    [
        "ip,nw_src=10.0.0.0/8", "ip,nw_src=10.1.0.0/24", "tcp,tp_dst=80", "tcp,tp_dst=443", "udp,tp_src=53,nw_dst=10.0.0.1",
        "arp,arp_tpa=10.0.0.1", "ipv6,ipv6_dst=2001:db8::/32", "icmp,icmp_type=8", "dl_type=0x88cc",
    ];

    private static readonly string[] _fields =
    [
        "dl_vlan=5", "dl_vlan=0xffff", "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00", "reg0=1", "ct_state=+trk+est", "metadata=0x5",
        "tun_id=7",
    ];

    private static readonly string[] _actions =
    [
        "output:1", "output:3", "normal", "flood", "in_port", "local", "all", "controller", "controller:100",
        "mod_dl_src:00:11:22:33:44:55", "mod_vlan_vid:7", "strip_vlan", "push_vlan:0x8100", "mod_nw_dst:1.2.3.4", "mod_tp_dst:99",
        "resubmit(,1)", "resubmit:2", "load:5->NXM_NX_REG1[]", "move:NXM_NX_REG0[]->NXM_NX_REG2[]", "set_field:10.9.8.7->ip_dst",
        "set_field:3->reg4", "ct(commit)", "ct(table=2,zone=5)", "ct_clear", "dec_ttl", "output:NXM_NX_REG0[]", "clone(output:2)",
        "output(port=2,max_len=100)", "set_tunnel:9", "goto_table:2", "goto_table:0", "group:1", "meter:1",
    ];

    private static readonly string[] _settings =
    [
        "up", "down", "flood", "no-flood", "forward", "no-forward", "receive", "no-receive", "receive-stp", "no-receive-stp", "packet-in",
        "no-packet-in", "stp", "no-stp",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next call; the bridge stands where <paramref name="bridge"/> is.</summary>
    public string[] Next(string bridge) => ["-O", One(_versions), .. Call(bridge)];

    /// <summary>The next change of what is said of ports, fragments and packets without a flow.</summary>
    public string[] NextSetting(string bridge) => _random.Next(10) switch
    {
        < 7 => ["mod-port", bridge, $"p{_random.Next(1, 4)}", One(_settings)],
        < 9 => ["set-frags", bridge, One("normal", "drop", "nx-match")],
        _ => ["-O", "OpenFlow11", "mod-table", bridge, One("0", "1"), One("drop", "controller", "continue")],
    };

    private string[] Call(string bridge) => _random.Next(100) switch
    {
        < 50 => ["add-flow", bridge, Flow(Additions()) + Actions()],
        < 65 => [.. Strict(), "mod-flows", bridge, Flow(Filters(canOutput: false)) + Actions()],
        < 73 => [.. Strict(), "del-flows", bridge, Flow(Filters(canOutput: true))],
        < 77 => ["add-group", bridge, $"group_id={_random.Next(1, 4)},type={One("all", "select", "indirect", "ff")},bucket=output:1"],
        < 79 => ["mod-group", bridge, $"group_id={_random.Next(1, 4)},type=all,bucket=output:2"],
        < 81 => ["add-meter", bridge, $"meter={_random.Next(1, 4)},kbps,band=type=drop,rate=1000"],
        < 84 => ["dump-groups", bridge],
        < 87 => ["mod-port", bridge, $"p{_random.Next(1, 4)}", One(_settings)],
        < 89 => ["set-frags", bridge, One("normal", "drop", "nx-match", "reassemble")],
        < 90 => ["get-frags", bridge],
        _ => ["--no-stats", "dump-flows", bridge, Flow(Filters(canOutput: true))],
    };

    private string[] Strict() => _random.Next(2) == 0 ? ["--strict"] : [];

    private string Flow(IEnumerable<string> first)
    {
        var parts = new List<string>(first);
        if (_random.Next(5) < 2)
            parts.Add($"in_port={_random.Next(1, 4)}");
        if (_random.Next(4) < 3)
            parts.Add(One(_protocols));
        if (_random.Next(3) == 0)
            parts.Add(One(_fields));
        return string.Join(',', parts);
    }

    private IEnumerable<string> Additions()
    {
        if (_random.Next(2) == 0)
            yield return $"priority={One("0", "1", "7", "32768", "65535")}";
        if (_random.Next(5) < 2)
            yield return $"table={One("0", "1", "2", "253", "254")}";
        if (_random.Next(3) == 0)
            yield return $"cookie={_random.Next(1, 4)}";
        if (_random.Next(3) == 0)
            yield return One("idle_timeout=1000", "hard_timeout=2000", "send_flow_rem", "check_overlap", "reset_counts", "importance=3");
    }

    private IEnumerable<string> Filters(bool canOutput)
    {
        if (_random.Next(3) == 0)
            yield return $"table={One("0", "1", "2")}";
        if (_random.Next(3) == 0)
            yield return $"cookie={_random.Next(1, 4)}/-1";
        if (canOutput && _random.Next(5) == 0)
            yield return $"out_port={_random.Next(1, 4)}";
    }

    private string Actions()
    {
        IEnumerable<string> some = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => One(_actions));
        return $",actions={(_random.Next(6) == 0 ? "drop" : string.Join(',', some))}";
    }

    private string One(params string[] choices) => choices[_random.Next(choices.Length)];
}
