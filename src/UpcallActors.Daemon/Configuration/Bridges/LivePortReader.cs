using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>Reads ports that are devices of this machine, or tunnels.</summary>
internal static class LivePortReader
{
    /// <summary>Network identifiers of VXLAN and Geneve have 24 bits, GRE's key has 32.</summary>
    private const int MostIdentifier = (1 << 24) - 1;

    /// <summary>The low two bits of the TOS are ECN's, which come from the inner packet.</summary>
    private const int EcnBits = 3;

    /// <summary>Reads what is particular to the port's kind.</summary>
    public static InterfaceConfiguration Read(ConfigurationBlock block, PortKind kind, PortChecks checks)
    {
        bool isTunnel = kind.IsTunnel();
        if (block.Has("mtu"))
            block.Report("mtu", isTunnel
                ? "a tunnel has no mtu: the route of its packets decides"
                : "mtu is for capture ports; the MTU of this port is its device's (ip link)");
        TunnelPort? tunnel = isTunnel ? ReadTunnel(block, kind) : null;
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

    private static TunnelPort ReadTunnel(ConfigurationBlock block, PortKind kind)
    {
        (uint remoteIpv4, UInt128 remoteIpv6) = Numbers(ReadRemote(block));
        IPAddress? local = block.Address("local-ip");
        (uint localIpv4, UInt128 localIpv6) = Numbers(local);
        bool isMixed = (localIpv4 != 0 && remoteIpv6 != 0) || (localIpv6 != 0 && remoteIpv4 != 0);
        if (isMixed)
            block.Report("local-ip", "local-ip and remote-ip must be of the same IP version");
        int tos = block.Integer("tos", 0, 0, byte.MaxValue);
        if ((tos & EcnBits) != 0)
            block.Report("tos", $"tos must be a multiple of 4 (the lower two bits are the inner packet's), not {tos}");
        var tunnel = new TunnelPort
        {
            RemoteIpv4 = remoteIpv4,
            RemoteIpv6 = remoteIpv6,
            LocalIpv4 = localIpv4,
            LocalIpv6 = localIpv6,
            Key = ReadKey(block, kind),
            // GRE has no ports: the key is unknown there.
            DestinationPort = !kind.HasUdpPort() ? (ushort)0
                : (ushort)block.Integer("dst-port", kind == PortKind.Vxlan ? 4789 : 6081, 1, ushort.MaxValue),
            Tos = (byte)tos,
            Ttl = (byte)block.Integer("ttl", 64, 1, byte.MaxValue),
            DontFragment = block.Flag("df", true),
            Checksum = block.Flag("csum", false),
        };
        // What is missing or mixed was told of already.
        if (!isMixed && (remoteIpv4 != 0 || remoteIpv6 != 0) && tunnel.ProblemAs(kind) is { } problem)
            block.Report("remote-ip", $"remote-ip: {problem}");
        return tunnel;
    }

    private static IPAddress? ReadRemote(ConfigurationBlock block)
    {
        IPAddress? remote = block.Address("remote-ip", required: true);
        if (remote != null && (remote.Equals(IPAddress.Any) || remote.Equals(IPAddress.IPv6Any)))
            block.Report("remote-ip", $"remote-ip must be the address of one host, not {remote}");
        return remote;
    }

    private static ulong? ReadKey(ConfigurationBlock block, PortKind kind) =>
        !block.Has("key") ? null
        : !kind.HasUdpPort() ? (ulong)block.Long("key", 0, 0, uint.MaxValue)
        : (ulong)block.Integer("key", 0, 0, MostIdentifier);

    private static (uint Ipv4, UInt128 Ipv6) Numbers(IPAddress? address) => address switch
    {
        null => (0, 0),
        { AddressFamily: AddressFamily.InterNetwork } => (BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()), 0),
        _ => (0, BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes())),
    };
}
