using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch;

/// <summary>Reads a tunnel's column <c>options</c>, in the words of <c>set_tunnel_config</c>.</summary>
internal static class TunnelOptions
{
    private const ushort VxlanPort = 4789;
    private const ushort GenevePort = 6081;
    private const byte DscpMask = 0xfc;
    private const string Flow = "flow";
    private const string Inherit = "inherit";

    /// <summary>Those that are known. IPsec's are read by others, and mean nothing here.</summary>
    private static readonly FrozenSet<string> _known = FrozenSet.Create(
        StringComparer.Ordinal,
        "remote_ip", "local_ip", "tos", "ttl", "dst_port", "csum", "df_default", "key", "in_key", "out_key", "packet_type",
        "remote_cert", "remote_name", "psk");

    /// <summary>
    /// The interface as a tunnel. What has no meaning to the switch stays in the options; what makes it unusable is its problem.
    /// </summary>
    public static InterfaceConfiguration Read(InterfaceConfiguration one, string type, ValueMap<string> options)
    {
        string? Of(string key) => options.Entries.GetValueOrDefault(key);
        IPAddress? remote = AddressOf(Of("remote_ip"));
        IPAddress? local = AddressOf(Of("local_ip"));
        string? problem = ProblemOf(one.Name, type, Of, remote, local);
        (uint remoteIpv4, UInt128 remoteIpv6) = Numbers(remote);
        (uint localIpv4, UInt128 localIpv6) = Numbers(local);
        return one with
        {
            Problem = problem,
            Options = new ValueMap<string>(options.Entries.Where(option => !_known.Contains(option.Key))),
            Tunnel = problem is not null ? null : new TunnelPort
            {
                RemoteIpv4 = remoteIpv4,
                RemoteIpv6 = remoteIpv6,
                IsRemoteFlow = Of("remote_ip") == Flow,
                LocalIpv4 = localIpv4,
                LocalIpv6 = localIpv6,
                IsLocalFlow = Of("local_ip") == Flow,
                InKey = KeyOf(Of("in_key") ?? Of("key")),
                OutKey = KeyOf(Of("out_key") ?? Of("key")),
                DestinationPort = !one.Kind.HasUdpPort() ? (ushort)0
                    : NumberOf(Of("dst_port")) is { } port and > 0 and <= ushort.MaxValue ? (ushort)port
                    : one.Kind == PortKind.Vxlan ? VxlanPort : GenevePort,
                Tos = NumberOf(Of("tos")) is { } tos and <= byte.MaxValue && (tos & ~(ulong)DscpMask) == 0 ? (byte)tos : (byte)0,
                TosInherit = Of("tos") == Inherit,
                Ttl = NumberOf(Of("ttl")) is { } ttl and > 0 and <= byte.MaxValue ? (byte)ttl : new TunnelPort().Ttl,
                TtlInherit = Of("ttl") == Inherit,
                DontFragment = Of("df_default") != "false",
                Checksum = Of("csum") == "true",
            },
        };
    }

    private static string? ProblemOf(string name, string type, Func<string, string?> of, IPAddress? remote, IPAddress? local)
    {
        bool hasRemote = remote is not null && !remote.Equals(IPAddress.Any) && !remote.Equals(IPAddress.IPv6Any);
        if (!hasRemote && of("remote_ip") != Flow)
            return $"{name}: {type} type requires valid 'remote_ip' argument";
        if (of("local_ip") == Flow && of("remote_ip") != Flow)
            return $"{name}: {type} type requires 'remote_ip=flow' with 'local_ip=flow'";
        if (local is not null && remote is not null && local.AddressFamily != remote.AddressFamily)
            return $"{name}: 'remote_ip' and 'local_ip' has to be of the same address family";
        return of("packet_type") is { } packets && packets != "legacy_l2"
            ? $"{name}: packet_type={packets} is not supported by this switch"
            : null;
    }

    private static TunnelKey KeyOf(string? text) =>
        text is null ? TunnelKey.None : text == Flow ? TunnelKey.Flow : TunnelKey.Of(NumberOf(text) ?? 0);

    private static IPAddress? AddressOf(string? text) => IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    /// <summary>Decimal, hexadecimal after <c>0x</c>, octal after <c>0</c>, as <c>strtoull</c> reads them.</summary>
    private static ulong? NumberOf(string? text)
    {
        if (text is null)
            return null;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex) ? hex : null;
        if (text.Length > 1 && text[0] == '0' && text.AsSpan(1).IndexOfAnyExceptInRange('0', '7') < 0)
            return text.Aggregate(0UL, (number, digit) => (number * 8) + (ulong)(digit - '0'));
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;
    }

    private static (uint Ipv4, UInt128 Ipv6) Numbers(IPAddress? address) => address switch
    {
        null => (0, 0),
        { AddressFamily: AddressFamily.InterNetwork } => (BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()), 0),
        _ => (0, BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes())),
    };
}
