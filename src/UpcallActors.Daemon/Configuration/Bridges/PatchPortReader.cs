using UpcallActors.Odp;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>Reads ports that lead into another bridge.</summary>
internal static class PatchPortReader
{
    /// <summary>
    /// Reads what is particular to patch ports. Whether the peer is there is seen when the switch runs: another source may have its
    /// bridge.
    /// </summary>
    public static InterfaceConfiguration Read(ConfigurationBlock block, PortChecks checks)
    {
        if (block.Has("mtu"))
            block.Report("mtu", "a patch port has no mtu: the ports of the bridge behind it decide");
        string? peer = block.Text("peer", required: true);
        if (peer == block.Name)
            block.Report("peer", "peer must be another port");
        else if (peer is not null && !InterfaceName.IsValid(peer))
            block.Report("peer", $"peer: {InterfaceName.Problem(peer)}");
        var port = new InterfaceConfiguration { Name = block.Name, Kind = PortKind.Patch, Peer = peer };
        checks.CheckPatch(block, port);
        return port;
    }
}
