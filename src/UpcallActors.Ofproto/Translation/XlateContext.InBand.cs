using System.Numerics;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <content>What a bridge needs that reaches its controllers through itself.</content>
internal ref partial struct XlateContext
{
    private const ushort DhcpServer = 67;
    private const ushort DhcpClient = 68;

    /// <summary>
    /// Gives the bridge's own port the reply of a DHCP server, whatever the flows do with it: without an address there is no way to a
    /// controller (<c>in_band_must_output_to_local_port</c>). Other packets must not get its flow, nor it theirs, so that what tells it
    /// from them is looked at. Open vSwitch looks at that of replies only: a flow that other packets have made takes them away from the
    /// port.
    /// </summary>
    public void OutputToLocalForInBand()
    {
        if (Error != XlateError.None || Flow.Key.EthType != EtherTypes.Ipv4
            || !Bridge.TryGetPort(OpenFlowPorts.Local, out BridgePort? local) || HasOutputTo(local.DatapathPort))
            return;
        ref FlowKey wildcards = ref Wildcards.Key;
        wildcards.NwProto = byte.MaxValue;
        if (Flow.Key.NwProto != IpProtocols.Udp)
            return;
        wildcards.TpSrc |= WhatTells(Flow.Key.TpSrc, DhcpServer);
        if (Flow.Key.TpSrc != DhcpServer)
            return;
        wildcards.TpDst |= WhatTells(Flow.Key.TpDst, DhcpClient);
        if (Flow.Key.TpDst != DhcpClient)
            return;
        _observer?.Noted(TranslationNote.DhcpForInBand, 0);
        OutputTo(local, last: true);
    }

    /// <summary>The bits of a port that tell it from another; where it differs one is enough, so that many share a megaflow.</summary>
    private static ushort WhatTells(ushort port, ushort from) =>
        port == from ? ushort.MaxValue : (ushort)(1 << BitOperations.Log2((uint)(port ^ from)));

    /// <summary>Whether the packet itself, and not a copy of it, has gone to a port (<c>actions_output_to_local_port</c>).</summary>
    private readonly bool HasOutputTo(uint datapathPort)
    {
        foreach (NetlinkAttribute action in new NetlinkAttributes(Actions.Written))
        {
            if (action.Type == OvsActionAttribute.Output && action.U32 == datapathPort)
                return true;
        }

        return false;
    }
}
