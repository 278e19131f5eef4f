using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>Reads ports that are devices of this machine, or tunnels.</summary>
internal static class LivePortReader
{
    /// <summary>Reads what is particular to the port's kind.</summary>
    public static InterfaceConfiguration Read(ConfigurationBlock block, PortKind kind, PortChecks checks)
    {
        bool isTunnel = kind.IsTunnel();
        if (block.Has("mtu"))
            block.Report("mtu", isTunnel
                ? "a tunnel has no mtu: the route of its packets decides"
                : "mtu is for capture ports; the MTU of this port is its device's (ip link)");
        TunnelPort? tunnel = isTunnel ? TunnelReader.Read(block, kind) : null;
        var options = new InterfaceConfiguration
        {
            Name = block.Name,
            Kind = kind,
            Device = kind == PortKind.System ? ReadInterface(block) : null,
            Tunnel = tunnel,
        };
        checks.CheckLive(block, options);
        return options;
    }

    private static string? ReadInterface(ConfigurationBlock block)
    {
        if (block.Text("interface") is not { } name)
            return null;
        if (!InterfaceName.IsValid(name))
            block.Report("interface", $"interface: {InterfaceName.Problem(name)}");
        return name;
    }
}
