using System.Net;
using System.Net.Sockets;

namespace UpcallActors.Switch.Tests;

/// <summary>
/// Packets that fit some flows of a table: one for each flow with a port, then those that come in by one of these and go on by any other.
/// A seed, a sequence.
/// </summary>
internal sealed class PacketsForFlows
{
    private static readonly HashSet<string> _protocols =
        ["ip", "arp", "tcp", "udp", "sctp", "icmp", "ipv6", "tcp6", "udp6", "sctp6", "icmp6", "dl_type"];

    private static readonly string[] _link = ["in_port", "dl_src", "dl_dst", "dl_vlan", "dl_vlan_pcp", "vlan_tci"];

    private static readonly string[] _network =
    [
        "nw_src", "nw_dst", "nw_proto", "nw_tos", "nw_ecn", "nw_ttl", "arp_spa", "arp_tpa", "arp_op", "arp_sha", "arp_tha",
        "ipv6_src", "ipv6_dst", "tp_src", "tp_dst", "tcp_src", "tcp_dst", "udp_src", "udp_dst", "icmp_type", "icmp_code", "tcp_flags",
        "nd_target", "nd_sll", "nd_tll",
    ];

    private readonly Random _random;
    private readonly IReadOnlyList<(string Name, uint Number)> _ports;
    private readonly Dictionary<string, string>[] _entries;
    private readonly Dictionary<string, string>[] _all;
    private int _next;

    public PacketsForFlows(TableOfFlows table, int seed)
    {
        _random = new Random(seed);
        _ports = table.Ports;
        _all = [.. table.Flows.Select(MatchOf)];
        _entries = [.. _all.Where(match => match.ContainsKey("in_port"))];
    }

    /// <summary>The next packet, as <c>ofproto/trace</c> takes it.</summary>
    public string Next()
    {
        Dictionary<string, string> entry = _next < _entries.Length ? _entries[_next] : One(_entries);
        Dictionary<string, string> later = _next++ < _entries.Length ? entry : One(_all);
        Dictionary<string, string> packet = [];
        Dictionary<string, string> network = later.Keys.Any(_protocols.Contains) ? later : entry;
        Take(entry, _link.Contains, packet);
        Take(later, key => _link.Contains(key) && key != "in_port", packet);
        if (network.Keys.Any(_protocols.Contains))
            Take(network, key => _network.Contains(key) || _protocols.Contains(key), packet);
        // A tag says that it is there.
        if (packet.ContainsKey("dl_vlan") || packet.GetValueOrDefault("vlan_tci") is not "0x0000")
            packet.Remove("vlan_tci");
        string protocol = packet.Keys.FirstOrDefault(_protocols.Contains) ?? "";
        IEnumerable<KeyValuePair<string, string>> ordered = packet.OrderBy(pair => _protocols.Contains(pair.Key) ? 0 : 1);
        return string.Join(',', ordered.Select(pair => pair.Value.Length == 0 ? pair.Key : $"{Exact(pair.Key, protocol)}={pair.Value}"));
    }

    /// <summary>What a field is called in a packet of a protocol; in a match some names have several meanings.</summary>
    private static string Exact(string field, string protocol) => field switch
    {
        "tp_src" or "tp_dst" => protocol.TrimEnd('6') + field[2..],
        "icmp_type" or "icmp_code" when protocol == "icmp6" => field.Replace("icmp", "icmpv6", StringComparison.Ordinal),
        _ => field,
    };

    private void Take(Dictionary<string, string> from, Func<string, bool> takes, Dictionary<string, string> to)
    {
        foreach ((string key, string value) in from.Where(pair => takes(pair.Key)))
            to[key] = Within(value);
    }

    /// <summary>A value that a match with a mask takes.</summary>
    private string Within(string value)
    {
        if (value.StartsWith('+'))
            return value.Split('-')[0][1..].Replace('+', '|');
        int slash = value.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return value.Trim('"');
        string start = value[..slash];
        if (!int.TryParse(value[(slash + 1)..], out int prefix) || !IPAddress.TryParse(start, out IPAddress? address))
            return start;
        byte[] bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork || prefix % 8 == 0)
        {
            for (int bit = prefix; bit < bytes.Length * 8; bit++)
                bytes[bit / 8] ^= (byte)(_random.Next(2) << (7 - (bit % 8)));
        }

        return new IPAddress(bytes).ToString();
    }

    private T One<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    private static Dictionary<string, string> MatchOf(string flow)
    {
        string match = flow[..flow.IndexOf("actions=", StringComparison.Ordinal)];
        var fields = new Dictionary<string, string>();
        foreach (string part in match.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = part.Split('=', 2);
            if (_link.Contains(pair[0]) || _network.Contains(pair[0]) || _protocols.Contains(pair[0]))
                fields[pair[0]] = pair.Length > 1 ? pair[1] : "";
        }

        return fields;
    }
}
