using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <content>Ports that packets come in on: the datapath's, and those by which they come from another bridge.</content>
internal ref partial struct XlateContext
{
    // 01:80:c2:00:00:00 (eth_addr_stp).
    private const ulong SpanningTree = 0x0180_c200_0000;

    /// <summary>
    /// Whether a port takes the packet (<c>may_receive</c>). Open vSwitch does not mark the address by which it knows packets of the
    /// spanning tree: one flow would stand for these and for others.
    /// </summary>
    /// <param name="config">What was said of the port.</param>
    public readonly bool MayReceive(PortConfig config)
    {
        const PortConfig refusals = PortConfig.NoRecv | PortConfig.NoRecvStp;
        if ((config & refusals) is PortConfig.None or refusals)
            return (config & refusals) == PortConfig.None;
        bool isStp = false;
        if (Flow.Key.EthType == EtherTypes.None)
        {
            Wildcards.Key.EthDst = Broadcast;
            isStp = Flow.Key.EthDst == SpanningTree;
        }

        return (config & (isStp ? PortConfig.NoRecvStp : PortConfig.NoRecv)) == 0;
    }

    /// <summary>
    /// Goes on in the bridge of a patch port's peer, and comes back with the packet as it was before (<c>patch_port_output</c>). What
    /// goes wrong there concerns that bridge alone. A port without a peer drops the packet.
    /// </summary>
    private void OutputToPeer(BridgePort port, PatchPort patch, bool last)
    {
        if (Error != XlateError.None || !_bridges.TryFindPeer(patch, port.Name, out Bridge? bridge, out BridgePort? peer))
            return;
        Flow flow = Flow;
        Span<ulong> tunnel = stackalloc ulong[TunnelWords];
        Span<ulong> lookedAt = Wildcards.Key.Words[..TunnelWords];
        lookedAt.CopyTo(tunnel);
        (Bridge around, TablesSnapshot tables, SettingsSnapshot settings) = (Bridge, _tables, _settings);
        (bool conntracked, bool wasBehind) = (Conntracked, IsBehindPatch);

        using TablesSnapshot peerTables = bridge.Tables.Read();
        (Bridge, _tables, _settings, IsBehindPatch) = (bridge, peerTables, bridge.Settings.Current, true);
        Flow.PipelineState.Clear();
        Flow.InPort = peer.Number;
        Flow.Key.Words[..TunnelWords].Clear();
        lookedAt.Clear();
        ClearConnection(ref Flow.Key);
        Conntracked = false;
        _observer?.BridgeEntered(bridge);
        if (MayReceive(_settings.ConfigOf(peer.Number)))
            TranslateTable(peer.Number, 0, withConnection: false, honorsMiss: true, last, isCopy: true);
        _observer?.BridgeLeft();

        (Bridge, _tables, _settings, IsBehindPatch) = (around, tables, settings, wasBehind);
        Flow = flow;
        tunnel.CopyTo(lookedAt);
        Conntracked = conntracked;
        Error = XlateError.None;
        _scratch.Credited.Add(patch.Sent);
        _scratch.Credited.Add(peer.Patch!.Received);
    }
}
