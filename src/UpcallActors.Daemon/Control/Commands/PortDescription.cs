using System.Globalization;
using System.Net;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Ofproto;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// What <c>dpctl/show</c> and <c>dpif/show</c> call ports and say of their configuration (<c>get_tunnel_config</c> in netdev-vport.c).
/// </summary>
internal static class PortDescription
{
    /// <summary>The names of ports, for texts about flows.</summary>
    public static OdpPortNames Names(IReadOnlyList<VportMessage> ports) =>
        new(ports.Select(port => KeyValuePair.Create(port.PortNo ?? 0, port.Name ?? "")));

    /// <summary>
    /// The type of a port. A tunnel may be a plain device in the kernel's
    /// eyes; its name tells then (<c>get_vport_type</c> in dpif-netlink.c).
    /// </summary>
    public static string TypeOf(VportMessage port) => port.Type switch
    {
        OvsVportType.Internal => "internal",
        OvsVportType.Vxlan => "vxlan",
        OvsVportType.Geneve => "geneve",
        OvsVportType.Gre => "gre",
        OvsVportType.Ip6Gre => "ip6gre",
        _ when port.Name?.StartsWith("vxlan_sys", StringComparison.Ordinal) == true => "vxlan",
        _ when port.Name?.StartsWith("genev_sys", StringComparison.Ordinal) == true => "geneve",
        _ when port.Name?.StartsWith("gre_sys", StringComparison.Ordinal) == true => "gre",
        _ when port.Name?.StartsWith("ip6gre_sys", StringComparison.Ordinal) == true => "ip6gre",
        _ => "system",
    };

    /// <summary>The type of a port of a datapath of a type: all of a dummy one are dummies, but for tunnels.</summary>
    public static string TypeOf(VportMessage port, string datapath) => (TypeOf(port), datapath) switch
    {
        ("internal", OpenedDatapath.DummyType) => "dummy-internal",
        ("system", OpenedDatapath.DummyType) => "dummy",
        (var type, _) => type,
    };

    /// <summary>The type of a port of the configuration.</summary>
    public static string TypeOf(PortKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>
    /// What <c>dpctl/show</c> has behind a port's name: nothing for a system
    /// port, otherwise the type, for a tunnel with what is not as usual.
    /// </summary>
    public static string Suffix(VportMessage port)
    {
        string type = TypeOf(port);
        if (type is "system")
            return "";
        if (type is "internal")
            return " (internal)";
        ushort usual = UsualPort(type);
        ushort destination = port.TunnelDstPort ?? PortInName(port.Name) ?? usual;
        string ports = destination == usual ? "" : string.Create(CultureInfo.InvariantCulture, $"dst_port={destination}, ");
        return $" ({type}: {ports}packet_type=ptap)";
    }

    /// <summary>The options of a tunnel port by name, as they are configured.</summary>
    public static string Configuration(TunnelPort tunnel, string type)
    {
        var options = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!tunnel.DontFragment)
            options["df_default"] = "false";
        if (tunnel.Checksum)
            options["csum"] = "true";
        if (UsualPort(type) is not 0 and var usual && tunnel.DestinationPort != usual)
            options["dst_port"] = Number(tunnel.DestinationPort);
        bool isOneKey = tunnel.InKey == tunnel.OutKey;
        if (tunnel.InKey.IsPresent)
            options[isOneKey ? "key" : "in_key"] = $"{tunnel.InKey}";
        if (tunnel.OutKey.IsPresent && !isOneKey)
            options["out_key"] = $"{tunnel.OutKey}";
        if (Address(tunnel.RemoteIpv4, tunnel.RemoteIpv6, tunnel.IsRemoteFlow) is { } remote)
            options["remote_ip"] = remote;
        if (Address(tunnel.LocalIpv4, tunnel.LocalIpv6, tunnel.IsLocalFlow) is { } local)
            options["local_ip"] = local;
        if (tunnel.TosInherit)
            options["tos"] = "inherit";
        else if (tunnel.Tos != 0)
            options["tos"] = "0x" + tunnel.Tos.ToString("x", CultureInfo.InvariantCulture);
        const int UsualTtl = 64;
        if (tunnel.TtlInherit)
            options["ttl"] = "inherit";
        else if (tunnel.Ttl != UsualTtl)
            options["ttl"] = Number(tunnel.Ttl);
        return string.Join(", ", options.Select(option => $"{option.Key}={option.Value}"));
    }

    private static ushort UsualPort(string type) => type switch
    {
        "vxlan" => 4789,
        "geneve" => 6081,
        _ => 0,
    };

    /// <summary>Open vSwitch puts a tunnel's UDP port into the device's name.</summary>
    private static ushort? PortInName(string? name)
    {
        int at = name?.LastIndexOf('_') ?? -1;
        return at >= 0 && ushort.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? port
            : null;
    }

    private static string? Address(uint ipv4, UInt128 ipv6, bool isFlow)
    {
        if (isFlow)
            return "flow";
        if (ipv4 != 0)
            return new IPAddress((uint)IPAddress.HostToNetworkOrder((int)ipv4)).ToString();
        if (ipv6 == 0)
            return null;
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, ipv6);
        return new IPAddress(bytes).ToString();
    }

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
