using UpcallActors.Ofproto;
using UpcallActors.Packets;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// Ports that treat VLANs in all ways, flows in front of NORMAL, static addresses, and frames with up to two tags. Few VLANs, so that ports
/// meet in them. A seed, a sequence.
/// </summary>
internal sealed class VlansOfChance
{
    private const int Ports = 8;
    private static readonly ushort[] _vlans = [5, 6, 7, 8];

    private static readonly (VlanMode Mode, string Word)[] _modes =
    [
        (VlanMode.Trunk, "trunk"), (VlanMode.Access, "access"), (VlanMode.NativeTagged, "native-tagged"),
        (VlanMode.NativeUntagged, "native-untagged"), (VlanMode.Dot1qTunnel, "dot1q-tunnel"),
    ];

    private readonly Random _random;

    public VlansOfChance(int seed)
    {
        _random = new Random(seed);
        Configuration = [.. Enumerable.Range(1, Ports).Select(NextPort)];
    }

    /// <summary>The ports, as we are told of them.</summary>
    public IReadOnlyList<PortConfiguration> Configuration { get; private set; }

    /// <summary>
    /// The ports, as <c>ovs-vsctl</c> is told of each: one after the other, since they are flooded in the order in which they came.
    /// </summary>
    public IEnumerable<string[]> Commands => Configuration.Select(CommandOf);

    /// <summary>The flows, one a line: NORMAL, after another tag or another output.</summary>
    public string NextFlows() => string.Join('\n', Enumerable.Range(0, 6).Select(rule =>
        $"priority={rule + 1},in_port={_random.Next(1, Ports + 1)}{One(",ip", ",dl_vlan=5", "")},actions={One(
            $"output:{_random.Next(1, Ports + 1)},normal", "normal,strip_vlan,normal", "mod_vlan_vid:6,normal", "mod_vlan_pcp:2,normal",
            "in_port,normal", $"mod_dl_dst:02:00:00:00:00:{_random.Next(1, 9):x2},normal,output:{_random.Next(1, Ports + 1)}")}")
        .Append("priority=0,actions=normal"));

    /// <summary>An address, its VLAN and the port behind which it is, which carries the VLAN.</summary>
    public (string Address, ushort Vlan, int Port) NextStation()
    {
        int port = _random.Next(Ports);
        PortConfiguration one = Configuration[port];
        ushort vlan = one.VlanMode == VlanMode.Trunk
            ? One(one.Trunks.Count == 0 ? _vlans : [.. one.Trunks]) : one.Tag;
        return ($"02:00:00:00:00:{_random.Next(1, 9):x2}", vlan, port + 1);
    }

    /// <summary>
    /// A frame, as <c>ofproto/trace</c> takes it for a datapath. Two things are done better here, and left out: two tags that come into an
    /// 802.1Q tunnel, and tags within others that say nothing.
    /// </summary>
    public string NextFrame()
    {
        int port = _random.Next(Ports);
        bool isTunnel = Configuration[port].VlanMode == VlanMode.Dot1qTunnel;
        string inner = One(
            "eth_type(0x1234)", "eth_type(0x0800),ipv4(src=1.1.1.1,dst=2.2.2.2,proto=17,tos=0,ttl=64,frag=no),udp(src=1,dst=2)");
        string frame = _random.Next(isTunnel ? 3 : 5) switch
        {
            0 => inner,
            1 => Tagged("0x8100", 0, isTunnel ? _random.Next(1, 8) : One(0, 0, 3), inner),
            2 => Tagged(One("0x8100", "0x88a8"), One(_vlans), One(0, 3), inner),
            _ => Tagged(One("0x8100", "0x88a8"), One(One(_vlans), One(_vlans), (ushort)0), One(0, 5),
                Tagged("0x8100", One(_vlans), One(0, 2), inner)),
        };
        string destination = One("02:00:00:00:00:01", $"02:00:00:00:00:{_random.Next(1, 9):x2}", "ff:ff:ff:ff:ff:ff");
        return $"in_port(v{port + 1}),eth(src=02:00:00:00:00:0a,dst={destination}),{frame}";
    }

    private static string Tagged(string tpid, int vlan, int priority, string inner) =>
        $"eth_type({tpid}),vlan(vid={vlan},pcp={priority}),encap({inner})";

    private PortConfiguration NextPort(int number)
    {
        VlanMode mode = One(_modes).Mode;
        bool hasTrunks = mode is VlanMode.Trunk or VlanMode.NativeTagged or VlanMode.NativeUntagged;
        return new PortConfiguration
        {
            Name = $"v{number}",
            VlanMode = mode,
            Tag = mode == VlanMode.Trunk ? (ushort)0 : One(One(_vlans), (ushort)5),
            Trunks = hasTrunks && _random.Next(2) == 0 ? NextVlans() : [],
            Cvlans = mode == VlanMode.Dot1qTunnel && _random.Next(2) == 0 ? NextVlans() : [],
            QinqEthtype = One(EtherTypes.Vlan, EtherTypes.ServiceVlan),
            PriorityTags = One(PriorityTags.Never, PriorityTags.IfNonzero, PriorityTags.Always),
            IsProtected = _random.Next(3) == 0,
            Interfaces = [new InterfaceConfiguration { Name = $"v{number}", RequestedNumber = (uint)number }],
        };
    }

    private static string[] CommandOf(PortConfiguration port)
    {
        string ethtype = port.QinqEthtype == EtherTypes.Vlan ? "802.1q" : "802.1ad";
        string tags = port.PriorityTags switch
        {
            PriorityTags.IfNonzero => "if-nonzero",
            PriorityTags.Always => "always",
            _ => "never",
        };
        string[] lists = [.. new[] { ("trunks", port.Trunks), ("cvlans", port.Cvlans) }.Where(list => list.Item2.Count > 0)
            .Select(list => $"{list.Item1}={string.Join(',', list.Item2)}")];
        return
        [
            "add-port", "br0", port.Name, "--", "set", "Interface", port.Name, "type=dummy",
            $"ofport_request={port.Interfaces[0].RequestedNumber}", "--", "set", "Port", port.Name,
            $"vlan_mode={_modes.Single(mode => mode.Mode == port.VlanMode).Word}", $"other_config:qinq-ethtype={ethtype}",
            $"other_config:priority-tags={tags}", $"protected={(port.IsProtected ? "true" : "false")}", .. lists,
            .. port.VlanMode == VlanMode.Trunk ? (string[])[] : [$"tag={port.Tag}"],
        ];
    }

    private ValueList<ushort> NextVlans() => ValueList.From(new[] { (ushort)0, One(_vlans), One(_vlans) }.Distinct());

    private T One<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
