using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// Tunnels of all kinds whose addresses and keys are configured or flows', flows that output to them, and packets that come in on them or
/// on the ports p1 and p2. Few values, so that many tunnels would take the same packet. A seed, a sequence.
/// </summary>
internal sealed class TunnelsOfChance
{
    private const int Tunnels = 16;
    private const uint FirstTunnel = 10;
    private const int Rules = 12;

    private static readonly (PortKind Kind, string Type, string Device)[] _kinds =
        [(PortKind.Geneve, "geneve", "genev_sys_6081"), (PortKind.Vxlan, "vxlan", "vxlan_sys_4789"), (PortKind.Gre, "gre", "gre_sys")];

    private static readonly string?[] _remotes = ["192.0.2.1", "192.0.2.1", "192.0.2.2", "flow", "flow"];
    private static readonly string?[] _locals = [null, null, "192.0.2.9", "flow"];
    private static readonly string?[] _keys = [null, "5", "6", "flow", "flow"];

    private static readonly string[] _inner =
    [
        "tcp,nw_tos=40,nw_ecn=1,nw_ttl=9", "tcp,nw_ecn=3,nw_ttl=64", "udp,nw_tos=252,nw_ttl=1", "arp", "dl_type=0x1234",
        "tcp6,nw_tos=8,nw_ecn=2,nw_ttl=7",
    ];

    private readonly Random _random;

    public TunnelsOfChance(int seed)
    {
        _random = new Random(seed);
        var taken = new HashSet<(PortKind, TunnelPort)>();
        var ports = new List<(string Name, uint Number, int Kind, Dictionary<string, string> Options)>();
        while (ports.Count < Tunnels)
        {
            int kind = _random.Next(_kinds.Length);
            Dictionary<string, string> options = NextOptions();
            uint number = FirstTunnel + (uint)ports.Count;
            if (taken.Add(Ours($"t{number}", number, kind, options).FarEnd!.Value))
                ports.Add(($"t{number}", number, kind, options));
        }

        Configuration = [.. ports.Select(port => Ours(port.Name, port.Number, port.Kind, port.Options))];
        Commands =
        [
            .. ports.SelectMany(port => new[]
            {
                "--", "add-port", "br0", port.Name, "--", "set", "Interface", port.Name, $"type={_kinds[port.Kind].Type}",
                $"ofport_request={port.Number}",
            }.Concat(port.Options.Select(option => $"options:{option.Key}={option.Value}"))),
        ];
    }

    /// <summary>The tunnels, as we are told of them.</summary>
    public IReadOnlyList<InterfaceConfiguration> Configuration { get; }

    /// <summary>The tunnels, as <c>ovs-vsctl</c> is told of them.</summary>
    public string[] Commands { get; }

    /// <summary>The flows, one a line.</summary>
    public string NextFlows() => string.Join('\n', Enumerable.Range(0, Rules).Select(
        rule => $"priority={rule + 1},{One("", "in_port=1,", "ip,", $"in_port={NextTunnel()},", "tun_id=5,")}actions={NextActions()}"));

    /// <summary>A packet on one of two ports, as <c>ofproto/trace</c> takes it for a bridge.</summary>
    public string NextPacket() => $"in_port={_random.Next(1, 3)},{One(_inner)}";

    /// <summary>A packet from a tunnel, as <c>ofproto/trace</c> takes it for a datapath.</summary>
    public string NextTunnelPacket()
    {
        string device = _kinds[_random.Next(_kinds.Length)].Device;
        // Congestion that goes over to an IP header is looked at together with the protocol, by us only.
        (string tos, string inner) = One(
            ("tos=0x3,", "eth_type(0x1234)"),
            ("", "eth_type(0x0800),ipv4(src=1.1.1.1,dst=2.2.2.2,proto=6,tos=1,ttl=9,frag=no),tcp(src=1,dst=2)"),
            ("tos=0x1,", "eth_type(0x0800),ipv4(src=1.1.1.1,dst=2.2.2.2,proto=17,tos=0x28,ttl=64,frag=no),udp(src=1,dst=2)"));
        string key = One("tun_id=0x0,", "tun_id=0x5,", "tun_id=0x6,", "tun_id=0x7,");
        return $"tunnel({key}src=192.0.2.{_random.Next(1, 4)},dst=192.0.2.{_random.Next(8, 10)},{tos}ttl=64,flags(df|key)),"
            + $"in_port({device}),eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02),{inner}";
    }

    private static InterfaceConfiguration Ours(string name, uint number, int kind, Dictionary<string, string> options)
    {
        string? remote = options["remote_ip"];
        string? local = options.GetValueOrDefault("local_ip");
        return new InterfaceConfiguration
        {
            Name = name,
            RequestedNumber = number,
            Kind = _kinds[kind].Kind,
            Tunnel = new TunnelPort
            {
                RemoteIpv4 = AddressOf(remote),
                IsRemoteFlow = remote == "flow",
                LocalIpv4 = AddressOf(local),
                IsLocalFlow = local == "flow",
                InKey = KeyOf(options.GetValueOrDefault("in_key") ?? options.GetValueOrDefault("key")),
                OutKey = KeyOf(options.GetValueOrDefault("out_key") ?? options.GetValueOrDefault("key")),
                TosInherit = options.GetValueOrDefault("tos") == "inherit",
                Tos = options.GetValueOrDefault("tos") == "16" ? (byte)16 : (byte)0,
                TtlInherit = options.GetValueOrDefault("ttl") == "inherit",
                Ttl = options.GetValueOrDefault("ttl") == "5" ? (byte)5 : (byte)64,
                Checksum = options.ContainsKey("csum"),
                DestinationPort = kind == 0 ? (ushort)6081 : kind == 1 ? (ushort)4789 : (ushort)0,
            },
        };
    }

    private static uint AddressOf(string? text) => text is null or "flow" ? 0 : 0xc0000200 | uint.Parse(text[8..], null);

    private static TunnelKey KeyOf(string? text) =>
        text is null ? TunnelKey.None : text == "flow" ? TunnelKey.Flow : TunnelKey.Of(ulong.Parse(text, null));

    private Dictionary<string, string> NextOptions()
    {
        var options = new Dictionary<string, string> { ["remote_ip"] = One(_remotes)! };
        Add("local_ip", One(_locals));
        if (options.GetValueOrDefault("local_ip") == "flow" && options["remote_ip"] != "flow")
            options.Remove("local_ip");
        Add("key", One(_keys));
        if (_random.Next(3) == 0)
            Add(One("in_key", "out_key"), One(_keys));
        Add("tos", One(null, "inherit", "16"));
        Add("ttl", One(null, "inherit", "5"));
        Add("csum", One(null, "true"));
        return options;

        void Add(string key, string? value)
        {
            if (value is not null)
                options[key] = value;
        }
    }

    private string NextActions() => string.Join(',', Enumerable.Range(0, _random.Next(1, 6)).Select(_ => One(
        $"output:{NextTunnel()}", $"output:{NextTunnel()}", $"output:{NextTunnel()}", $"output:{NextTunnel()}", "output:2",
        $"set_field:192.0.2.{_random.Next(1, 10)}->tun_dst", $"set_field:192.0.2.{_random.Next(8, 10)}->tun_src",
        $"set_field:{_random.Next(5, 8)}->tun_id", "in_port")));

    private uint NextTunnel() => FirstTunnel + (uint)_random.Next(Tunnels);

    private T One<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
