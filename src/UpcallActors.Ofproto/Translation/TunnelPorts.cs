using System.Collections.Frozen;
using System.Collections.Immutable;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>The tunnel ports of a datapath, by what tells their packets apart. Immutable.</summary>
internal sealed class TunnelPorts
{
    private readonly ImmutableArray<(Kind Kind, FrozenDictionary<FarEnd, AttachedPort> Ports)> _kinds;

    /// <param name="ports">Ports, of which those that are no tunnels do not count. Of two with one far end the first counts.</param>
    public TunnelPorts(IEnumerable<AttachedPort> ports) => _kinds =
    [
        .. ports.Where(one => one.Port.Tunnel is not null).GroupBy(one => Kind.Of(one.Port.Tunnel!)).OrderBy(kind => kind.Key.Rank)
            .Select(kind => (kind.Key, kind.DistinctBy(one => FarEnd.Of(one.Port)).ToFrozenDictionary(one => FarEnd.Of(one.Port)))),
    ];

    /// <summary>
    /// Finds the port of a packet from a tunnel: of several that would take it the one whose key is configured, then the one whose remote
    /// address is, then the one whose local address is (<c>tnl_find</c>).
    /// </summary>
    public bool TryFind(in FlowKey key, out AttachedPort found)
    {
        foreach ((Kind kind, FrozenDictionary<FarEnd, AttachedPort> ports) in _kinds)
        {
            if (ports.TryGetValue(FarEnd.Of(kind, key), out found))
                return true;
        }

        found = default;
        return false;
    }

    /// <summary>Which parts of a far end are configured; the others are any, or flows see to them.</summary>
    private readonly record struct Kind(bool IsKeyFlow, bool IsRemoteFlow, bool IsLocalFlow, bool HasLocal)
    {
        /// <summary>The more specific the lower.</summary>
        public int Rank => (IsKeyFlow ? 8 : 0) + (IsRemoteFlow ? 4 : 0) + (HasLocal ? 0 : IsLocalFlow ? 2 : 1);

        public static Kind Of(TunnelPort tunnel) => new(
            tunnel.InKey.IsFlow, tunnel.IsRemoteFlow, tunnel.IsLocalFlow, tunnel.LocalIpv4 != 0 || tunnel.LocalIpv6 != UInt128.Zero);
    }

    /// <summary>The datapath's port, and what must be as it is configured; zero where it may be anything.</summary>
    private readonly record struct FarEnd(
        uint DatapathPort, ulong Key, uint RemoteIpv4, UInt128 RemoteIpv6, uint LocalIpv4, UInt128 LocalIpv6)
    {
        public static FarEnd Of(BridgePort port)
        {
            TunnelPort tunnel = port.Tunnel!;
            return new FarEnd(
                port.DatapathPort, tunnel.InKey.Number, tunnel.RemoteIpv4, tunnel.RemoteIpv6, tunnel.LocalIpv4, tunnel.LocalIpv6);
        }

        /// <summary>Of a packet, which comes from the remote address.</summary>
        public static FarEnd Of(Kind kind, in FlowKey key) => new(
            key.DatapathPort,
            kind.IsKeyFlow ? 0 : key.TunId,
            kind.IsRemoteFlow ? 0 : key.TunIpv4Src,
            kind.IsRemoteFlow ? UInt128.Zero : key.TunIpv6Src,
            kind.HasLocal ? key.TunIpv4Dst : 0,
            kind.HasLocal ? key.TunIpv6Dst : UInt128.Zero);
    }
}
