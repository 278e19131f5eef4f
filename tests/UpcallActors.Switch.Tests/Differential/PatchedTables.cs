namespace UpcallActors.Switch.Tests;

/// <summary>
/// Random flow tables of three bridges in a row that patch ports join, and packets for them. A seed, the same tables. Left out is in what
/// the real switch differs on purpose or by mistake: it does not look at the state of connections for <c>ct_clear</c> and controllers, nor
/// at a tag that it takes off and does not put out, but at the TTL of packets that have none; and it tracks the packet itself, not a copy,
/// where <c>ct</c> is in a table behind the first of a patched bridge.
/// </summary>
internal sealed class PatchedTables(int seed)
{
    /// <summary>The ports of each bridge: the patch ports, then the others.</summary>
    public static readonly IReadOnlyList<(string Bridge, (string Name, uint Number, string? Peer)[] Ports)> Bridges =
    [
        ("br0", [("pa", 11, "pb"), ("p1", 1, null), ("p2", 2, null), ("p3", 3, null)]),
        ("br1", [("pb", 11, "pa"), ("pc", 12, "pd"), ("q1", 1, null), ("q2", 2, null)]),
        ("br2", [("pd", 12, "pc"), ("r1", 1, null)]),
    ];

    private const int RulesOfTable = 4;
    private const int Tables = 3;

    private static readonly string[] _matches =
    [
        "", "in_port=11,", "in_port=12,", "in_port=1,", "reg0=0,", "reg0=1,", "metadata=0,", "metadata=5,", "tun_id=0,", "ct_state=0,",
        "ct_state=+trk,", "ip,nw_dst=10.0.0.0/24,", "tcp,tp_dst=80,", "udp,", "arp,", "dl_dst=02:00:00:00:00:09,", "dl_vlan=7,",
        "ct_mark=0,",
    ];

    private static readonly string[] _actions =
    [
        "output:11", "output:11", "output:12", "output:1", "output:2", "in_port", "local", "load:1->NXM_NX_REG0[]",
        "set_field:5->metadata", "set_tunnel:9", "mod_dl_dst:02:00:00:00:00:09", "mod_vlan_vid:7", "mod_nw_tos:16",
        "output(port=11,max_len=64)", "clone(output:11)", "clone(mod_dl_src:02:00:00:00:00:07,output:12,output:1)",
        "output:NXM_NX_REG0[0..15]", "move:NXM_OF_IN_PORT[]->NXM_NX_REG1[0..15]", "load:12->NXM_OF_IN_PORT[]",
    ];

    private static readonly string[] _packets =
    [
        "tcp,nw_dst=10.0.0.5,tp_dst=80,nw_ttl=64", "tcp,nw_dst=10.0.9.5,tp_dst=81,nw_ttl=1", "udp,nw_dst=10.0.0.5,nw_ttl=9", "arp",
        "dl_type=0x1234,dl_dst=02:00:00:00:00:09", "tcp,dl_vlan=7,nw_ttl=64",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The flows of a bridge, one a line.</summary>
    public string NextFlows() => string.Join('\n', Enumerable.Range(0, Tables).SelectMany(FlowsOf));

    /// <summary>A packet, and the bridge that it comes into.</summary>
    public (string Bridge, string Packet) NextPacket()
    {
        (string bridge, (string Name, uint Number, string? Peer)[] ports) = Bridges[_random.Next(Bridges.Count)];
        return (bridge, $"in_port={ports[_random.Next(ports.Length)].Number},{One(_packets)}");
    }

    private IEnumerable<string> FlowsOf(int table)
    {
        for (int i = 0; i < RulesOfTable; i++)
            yield return $"table={table},priority={10 - i},{One(_matches)}actions={ActionsOf(table)}";
        yield return $"table={table},priority=0,actions={ActionsOf(table)}";
    }

    private string ActionsOf(int table)
    {
        string[] some = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => One(_actions))];
        IEnumerable<string> last = _random.Next(6) switch
        {
            0 when table + 1 < Tables => [$"resubmit(,{table + 1})"],
            1 when table + 1 < Tables => [$"resubmit(,{table + 1})", "output:1"],
            2 => ["normal"],
            _ => [],
        };
        return string.Join(',', some.Concat(last));
    }

    private string One(params string[] choices) => choices[_random.Next(choices.Length)];
}
