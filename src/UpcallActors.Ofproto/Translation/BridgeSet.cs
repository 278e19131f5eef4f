using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>All bridges of one datapath at one moment, and which bridge each datapath port belongs to. Immutable.</summary>
internal sealed class BridgeSet : IUpcallPortNames
{
    private readonly FrozenDictionary<uint, AttachedPort[]> _byDatapathPort;
    private readonly FrozenDictionary<string, Bridge> _byName;
    private readonly FrozenDictionary<string, AttachedPort> _patches;
    private readonly TunnelPorts _tunnels;

    /// <exception cref="ArgumentException">Two bridges share a name, or two ports that are not tunnels a datapath port.</exception>
    public BridgeSet(ImmutableArray<Bridge> bridges)
    {
        Bridges = bridges;
        _byName = bridges.ToFrozenDictionary(bridge => bridge.Name);
        AttachedPort[] all = [.. bridges.SelectMany(bridge => bridge.Ports.Select(port => new AttachedPort(bridge, port)))];
        _tunnels = new TunnelPorts(all);
        _patches = all.Where(one => one.Port.Patch is not null).DistinctBy(one => one.Port.Name)
            .ToFrozenDictionary(one => one.Port.Name, StringComparer.Ordinal);
        _byDatapathPort = all.Where(one => one.Port.Patch is null)
            .GroupBy(attachment => attachment.Port.DatapathPort)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());
        foreach ((uint number, AttachedPort[] attachments) in _byDatapathPort)
        {
            if (attachments.Length > 1 && attachments.Any(attachment => attachment.Port.Tunnel is null))
                throw new ArgumentException($"datapath port {number} is given "
                    + $"to {string.Join(" and ", attachments.Select(attachment => attachment.Port.Name))}", nameof(bridges));
        }
    }

    public ImmutableArray<Bridge> Bridges { get; }

    public bool TryGetBridge(string name, [NotNullWhen(true)] out Bridge? bridge) => _byName.TryGetValue(name, out bridge);

    /// <summary>Finds the port of a datapath port; of tunnels that share one, any.</summary>
    public bool TryFindPort(uint datapathPort, [NotNullWhen(true)] out BridgePort? port)
    {
        port = _byDatapathPort.TryGetValue(datapathPort, out AttachedPort[]? attachments) ? attachments[0].Port : null;
        return port is not null;
    }

    /// <summary>The bridge and port that a packet with this key came in on (<c>xlate_lookup</c>).</summary>
    public bool TryFindInput(in FlowKey key, [NotNullWhen(true)] out Bridge? bridge, [NotNullWhen(true)] out BridgePort? port)
    {
        bool isThere = _byDatapathPort.TryGetValue(key.DatapathPort, out AttachedPort[]? attachments);
        AttachedPort found = default;
        if (isThere && attachments![0].Port.Tunnel is null)
            found = attachments[0];
        else
            isThere = isThere && key.IsFromTunnel && _tunnels.TryFind(key, out found);
        (bridge, port) = isThere ? (found.Bridge, found.Port) : (null, null);
        return isThere;
    }

    /// <summary>
    /// Where packets come out that go into a patch port; false when there is no such port, or it leads elsewhere
    /// (<c>ofport_update_peer</c>).
    /// </summary>
    public bool TryFindPeer(PatchPort patch, string name, [NotNullWhen(true)] out Bridge? bridge, [NotNullWhen(true)] out BridgePort? peer)
    {
        bool isThere = _patches.TryGetValue(patch.Peer, out AttachedPort found) && found.Port.Patch!.Peer == name;
        (bridge, peer) = isThere ? (found.Bridge, found.Port) : (null, null);
        return isThere;
    }

    /// <inheritdoc/>
    public UpcallPort? Find(in FlowKey key) =>
        TryFindInput(key, out Bridge? bridge, out BridgePort? port) ? new UpcallPort(port.Name, bridge.Name) : null;

    /// <inheritdoc/>
    public UpcallPort? Find(uint datapathPort) =>
        _byDatapathPort.TryGetValue(datapathPort, out AttachedPort[]? attachments) && attachments is [var (bridge, port)]
            ? new UpcallPort(port.Name, bridge.Name)
            : null;

    /// <inheritdoc/>
    public string? NameOf(uint port) => Find(port)?.Name;

    /// <summary>Searches port by port: for parsing text, not for packets.</summary>
    public uint? NumberOf(string name) =>
        Bridges.SelectMany(bridge => bridge.Ports).FirstOrDefault(port => port.Name == name && port.Patch is null)?.DatapathPort;
}
