using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <content>Outputs to tunnels.</content>
internal ref partial struct XlateContext
{
    private const byte EcnBits = 3;
    private const byte EcnCongestion = 3;
    private const byte EcnCapable = 2;
    private const int TunnelWords = 8;

    /// <summary>Writes the tunnel key for a far end (<c>tnl_port_send</c>); false when the packet would come back to ourselves.</summary>
    private bool CommitTunnel(TunnelPort tunnel)
    {
        FlowKey outer = OuterOf(tunnel);
        ReadOnlySpan<ulong> wanted = outer.ReadOnlyWords[..TunnelWords];
        // So is a packet dropped that came from no tunnel and has no destination.
        if (outer.TunIpv4Dst != 0
            ? outer.TunIpv4Dst == _originalTunnelIpv4Dst
            : _originalTunnelIpv4Dst == 0 && outer.TunIpv6Dst == _originalTunnelIpv6Dst)
        {
            // What comes then sees the header that was not sent (compose_output_action__).
            wanted.CopyTo(Flow.Key.Words);
            return false;
        }

        Span<ulong> committed = _scratch.Base.Key.Words[..TunnelWords];
        if (!outer.IsFromTunnel || wanted.SequenceEqual(committed))
            return true;
        wanted.CopyTo(committed);
        int nest = Actions.BeginNest(OvsActionAttribute.Set);
        OvsFlowKeyWriter.WriteTunnel(outer, ref Actions);
        Actions.EndNest(nest);
        return true;
    }

    /// <summary>The tunnel key of a packet on its way to a far end; marks what it is made of.</summary>
    private readonly FlowKey OuterOf(TunnelPort tunnel)
    {
        ref FlowKey flow = ref Flow.Key;
        ref FlowKey wildcards = ref Wildcards.Key;
        // What one tunnel hands on to the next; without effect on a packet that came from none. Of its addresses and key each flow
        // knows all bits anyway.
        wildcards.TunFlags |= TunnelFlags.Oam;
        if (flow.TunGbpId != 0 || flow.TunGbpFlags != 0)
        {
            wildcards.TunGbpId = ushort.MaxValue;
            wildcards.TunGbpFlags = byte.MaxValue;
        }

        FlowKey outer = default;
        (outer.TunIpv4Src, outer.TunIpv6Src) =
            tunnel.IsLocalFlow ? (flow.TunIpv4Src, flow.TunIpv6Src) : (tunnel.LocalIpv4, tunnel.LocalIpv6);
        (outer.TunIpv4Dst, outer.TunIpv6Dst) =
            tunnel.IsRemoteFlow ? (flow.TunIpv4Dst, flow.TunIpv6Dst) : (tunnel.RemoteIpv4, tunnel.RemoteIpv6);
        outer.TunTpDst = tunnel.DestinationPort;
        outer.TunId = tunnel.OutKey.IsFlow ? flow.TunId : tunnel.OutKey.Number;
        outer.TunGbpId = flow.TunGbpId;
        outer.TunGbpFlags = flow.TunGbpFlags;
        outer.TunFlags = (flow.TunFlags & TunnelFlags.Oam)
            | (tunnel.DontFragment ? TunnelFlags.DontFragment : TunnelFlags.None)
            | (tunnel.Checksum ? TunnelFlags.Checksum : TunnelFlags.None)
            | (tunnel.OutKey.IsPresent ? TunnelFlags.Key : TunnelFlags.None);
        outer.TunTtl = tunnel.Ttl;
        outer.TunTos = (byte)(tunnel.Tos & ~EcnBits);
        if (flow.EthType is EtherTypes.Ipv4 or EtherTypes.Ipv6)
            InheritFrom(flow, tunnel, ref outer, ref wildcards);
        return outer;
    }

    private static void InheritFrom(in FlowKey flow, TunnelPort tunnel, ref FlowKey outer, ref FlowKey wildcards)
    {
        if (tunnel.TtlInherit)
        {
            wildcards.NwTtl = byte.MaxValue;
            outer.TunTtl = flow.NwTtl;
        }

        if (tunnel.TosInherit)
        {
            wildcards.NwTos = byte.MaxValue;
            outer.TunTos = (byte)(flow.NwTos & ~EcnBits);
        }

        // ECN is always inherited; congestion is for the inner header to keep, the outer one starts anew (RFC 6040).
        wildcards.NwTos |= EcnBits;
        outer.TunTos |= (byte)((flow.NwTos & EcnBits) == EcnCongestion ? EcnCapable : flow.NwTos & EcnBits);
    }
}
