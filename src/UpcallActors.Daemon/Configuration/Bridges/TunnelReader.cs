using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>Reads what is particular to tunnels.</summary>
internal static class TunnelReader
{
    private const string Flow = "flow";
    private const string Inherit = "inherit";

    /// <summary>Network identifiers of VXLAN and Geneve have 24 bits, GRE's key has 32.</summary>
    private const int MostIdentifier = (1 << 24) - 1;

    /// <summary>The low two bits of the TOS are ECN's, which come from the inner packet.</summary>
    private const int EcnBits = 3;

    /// <summary>Reads the far end of a tunnel of a kind.</summary>
    public static TunnelPort Read(ConfigurationBlock block, PortKind kind)
    {
        TunnelPort tunnel = ReadAddresses(block, kind);
        TunnelKey both = ReadKey(block, "key", kind, TunnelKey.None);
        if (block.Has("key") && block.Has("in-key") && block.Has("out-key"))
            block.Report("key", "key is what in-key and out-key are by default, and both are there");
        (bool inheritsTos, bool inheritsTtl) = (block.HasText("tos", Inherit), block.HasText("ttl", Inherit));
        int tos = inheritsTos ? 0 : block.Integer("tos", 0, 0, byte.MaxValue);
        if ((tos & EcnBits) != 0)
            block.Report("tos", $"tos must be a multiple of 4 (the lower two bits are the inner packet's), not {tos}");
        return tunnel with
        {
            InKey = ReadKey(block, "in-key", kind, both),
            OutKey = ReadKey(block, "out-key", kind, both),
            // GRE has no ports: the key is unknown there.
            DestinationPort = !kind.HasUdpPort() ? (ushort)0
                : (ushort)block.Integer("dst-port", kind == PortKind.Vxlan ? 4789 : 6081, 1, ushort.MaxValue),
            Tos = (byte)tos,
            TosInherit = inheritsTos,
            Ttl = inheritsTtl ? new TunnelPort().Ttl : (byte)block.Integer("ttl", 64, 1, byte.MaxValue),
            TtlInherit = inheritsTtl,
            DontFragment = block.Flag("df", true),
            Checksum = block.Flag("csum", false),
        };
    }

    private static TunnelPort ReadAddresses(ConfigurationBlock block, PortKind kind)
    {
        (bool isRemoteFlow, bool isLocalFlow) = (block.HasText("remote-ip", Flow), block.HasText("local-ip", Flow));
        (uint remoteIpv4, UInt128 remoteIpv6) = isRemoteFlow ? (0, 0) : Numbers(ReadRemote(block));
        (uint localIpv4, UInt128 localIpv6) = isLocalFlow ? (0, 0) : Numbers(block.Address("local-ip"));
        bool isMixed = (localIpv4 != 0 && remoteIpv6 != 0) || (localIpv6 != 0 && remoteIpv4 != 0);
        if (isMixed)
            block.Report("local-ip", "local-ip and remote-ip must be of the same IP version");
        if (isLocalFlow && !isRemoteFlow)
            block.Report("local-ip", "local-ip = flow goes with remote-ip = flow only");
        var tunnel = new TunnelPort
        {
            RemoteIpv4 = remoteIpv4,
            RemoteIpv6 = remoteIpv6,
            IsRemoteFlow = isRemoteFlow,
            LocalIpv4 = localIpv4,
            LocalIpv6 = localIpv6,
            IsLocalFlow = isLocalFlow,
        };
        // What is missing, mixed or a flow's without its other end was told of already.
        if (!isMixed && !isLocalFlow && (remoteIpv4 != 0 || remoteIpv6 != 0) && tunnel.ProblemAs(kind) is { } problem)
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

    private static TunnelKey ReadKey(ConfigurationBlock block, string key, PortKind kind, TunnelKey otherwise) =>
        !block.Has(key) ? otherwise
        : block.HasText(key, Flow) ? TunnelKey.Flow
        : TunnelKey.Of((ulong)block.Long(key, 0, 0, kind.HasUdpPort() ? MostIdentifier : uint.MaxValue));

    private static (uint Ipv4, UInt128 Ipv6) Numbers(IPAddress? address) => address switch
    {
        null => (0, 0),
        { AddressFamily: AddressFamily.InterNetwork } => (BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()), 0),
        _ => (0, BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes())),
    };
}
