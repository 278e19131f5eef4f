using System.Buffers.Binary;
using System.Collections.Immutable;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Switch;

/// <summary>A hidden rule of in-band control. All forward as a learning switch does.</summary>
internal readonly record struct InBandRule(int Priority, Match Match);

/// <summary>What must pass for a bridge to reach its controllers through itself (<c>update_rules</c> of in-band.c).</summary>
internal static class InBandRules
{
    private const ushort DhcpServer = 67;
    private const ushort DhcpClient = 68;
    private const byte Request = 1;
    private const byte Reply = 2;

    private static readonly MatchField _inPort = MatchFields.Get("in_port");
    private static readonly MatchField _type = MatchFields.Get("eth_type");
    private static readonly MatchField _source = MatchFields.Get("eth_src");
    private static readonly MatchField _destination = MatchFields.Get("eth_dst");
    private static readonly MatchField _operation = MatchFields.Get("arp_op");
    private static readonly MatchField _sender = MatchFields.Get("arp_spa");
    private static readonly MatchField _target = MatchFields.Get("arp_tpa");
    private static readonly MatchField _protocol = MatchFields.Get("nw_proto");
    private static readonly MatchField _ipSource = MatchFields.Get("ip_src");
    private static readonly MatchField _ipDestination = MatchFields.Get("ip_dst");
    private static readonly MatchField _udpSource = MatchFields.Get("udp_src");
    private static readonly MatchField _udpDestination = MatchFields.Get("udp_dst");
    private static readonly MatchField _tcpSource = MatchFields.Get("tcp_src");
    private static readonly MatchField _tcpDestination = MatchFields.Get("tcp_dst");

    /// <summary>The rules; each match is there once, as in Open vSwitch.</summary>
    /// <param name="local">The Ethernet address of the bridge's own port, 48 bits; 0 while it is unknown.</param>
    /// <param name="remotes">The controllers. Without any there are no rules.</param>
    /// <param name="nextHops">The Ethernet addresses on the ways to them, as far as they are known.</param>
    public static ImmutableArray<InBandRule> Of(ulong local, ImmutableArray<InBandRemote> remotes, IEnumerable<ulong> nextHops) =>
        remotes.IsEmpty ? [] :
        [
            .. (local == 0 ? [] : OfLocal(local))
                .Concat(nextHops.SelectMany(OfNextHop))
                .Concat(remotes.SelectMany(OfRemote)).DistinctBy(rule => rule.Match),
        ];

    private static InBandRule[] OfLocal(ulong local) =>
    [
        new(InBandPriority.FromLocalDhcp, Match(
            (_inPort, OpenFlowPorts.Local), (_type, EtherTypes.Ipv4), (_source, local), (_protocol, IpProtocols.Udp),
            (_udpSource, DhcpClient), (_udpDestination, DhcpServer))),
        new(InBandPriority.ToLocalArp, Arp(Reply, (_destination, local))),
        new(InBandPriority.FromLocalArp, Arp(Request, (_source, local))),
    ];

    private static InBandRule[] OfNextHop(ulong hop) =>
    [
        new(InBandPriority.ToNextHopArp, Arp(Reply, (_destination, hop))),
        new(InBandPriority.FromNextHopArp, Arp(Request, (_source, hop))),
    ];

    private static InBandRule[] OfRemote(InBandRemote remote)
    {
        uint address = BinaryPrimitives.ReadUInt32BigEndian(remote.Address.GetAddressBytes());
        return
        [
            new(InBandPriority.ToRemoteArp, Arp(Reply, (_target, address))),
            new(InBandPriority.FromRemoteArp, Arp(Request, (_sender, address))),
            new(InBandPriority.ToRemoteTcp, Tcp((_ipDestination, address), (_tcpDestination, remote.Port))),
            new(InBandPriority.FromRemoteTcp, Tcp((_ipSource, address), (_tcpSource, remote.Port))),
        ];
    }

    private static Match Arp(byte operation, (MatchField Field, UInt128 Value) address) =>
        Match((_type, EtherTypes.Arp), (_operation, operation), address);

    private static Match Tcp((MatchField Field, UInt128 Value) address, (MatchField Field, UInt128 Value) port) =>
        Match((_type, EtherTypes.Ipv4), (_protocol, IpProtocols.Tcp), address, port);

    private static Match Match(params ReadOnlySpan<(MatchField Field, UInt128 Value)> fields)
    {
        var match = new MatchBuilder();
        foreach ((MatchField field, UInt128 value) in fields)
            match.Set(field, value);
        return match.Build();
    }
}
