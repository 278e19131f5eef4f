using System.Globalization;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Makes packets for a trace out of good ones, field by field: most of them are good, too.</summary>
internal static class TraceText
{
    private static readonly string[] _anywhere =
    [
        "reg0=5", "reg15=0xffffffff", "metadata=0x1122", "pkt_mark=7", "ct_zone=9", "ct_mark=3", "ct_label=0x12", "ct_state=+trk+new",
        "ct_state=trk|est", "dl_vlan=100", "dl_vlan_pcp=5",
    ];

    private static readonly string[] _ports = ["1", "2", "3", "4", "LOCAL", "p1", "p2", "p3", "vx"];

    /// <summary>Words that mean something.</summary>
    public static IReadOnlyList<string> Tokens { get; } =
    [
        .. _anywhere, "in_port=", "icmp", "icmp6", "tcp", "tcp6", "udp", "udp6", "sctp", "arp", "rarp", "ip", "ipv6", "dl_type=", "dl_src=",
        "dl_dst=", "nw_src=", "nw_dst=", "nw_proto=", "nw_tos=", "nw_ttl=", "nw_frag=", "ipv6_src=", "ipv6_dst=", "tp_src=", "tp_dst=",
        "tcp_flags=", "tun_id=", "recirc_id=", "vlan_tci=", "later", "first", "no", "0x", ",", "/", "+", "-", "|",
    ];

    /// <summary>Another packet.</summary>
    public static string Make(IReadOnlyList<string> corpus, Random random)
    {
        List<string> fields = [.. corpus[random.Next(corpus.Count)].Split(',')];
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            int at = random.Next(fields.Count);
            switch (random.Next(5))
            {
                case 0 when fields.Count > 2:
                    // The last ones need what stands before them.
                    fields.RemoveAt(fields.Count - 1);
                    break;
                case 1:
                    string more = _anywhere[random.Next(_anywhere.Length)];
                    if (!fields.Exists(field => KeyOf(field) == KeyOf(more)))
                        fields.Add(more);
                    break;
                default:
                    fields[at] = WithAnotherValue(fields[at], random);
                    break;
            }
        }

        return string.Join(random.Next(8) == 0 ? ", " : ",", fields);
    }

    private static string KeyOf(string field) => field.Split('=')[0];

    private static string WithAnotherValue(string field, Random random) => KeyOf(field) switch
    {
        _ when !field.Contains('=', StringComparison.Ordinal) => field,
        "in_port" => $"in_port={_ports[random.Next(_ports.Length)]}",
        "dl_src" or "dl_dst" or "arp_sha" or "arp_tha" or "nd_sll" or "nd_tll" => $"{KeyOf(field)}={Mac(random)}",
        "nw_src" or "nw_dst" or "arp_spa" or "arp_tpa" or "tun_src" or "tun_dst" =>
            $"{KeyOf(field)}={random.Next(1, 224)}.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}",
        "ipv6_src" or "ipv6_dst" or "nd_target" => $"{KeyOf(field)}=2001:db8::{random.Next(0x10000):x}:{random.Next(0x10000):x}",
        "tcp_src" or "tcp_dst" or "udp_src" or "udp_dst" or "tp_src" or "tp_dst" => $"{KeyOf(field)}={Number(random, 0x10000)}",
        "dl_vlan" => $"dl_vlan={random.Next(4095)}",
        "nw_ttl" or "icmp_code" or "icmpv6_code" => $"{KeyOf(field)}={Number(random, 256)}",
        "nw_tos" => $"nw_tos={random.Next(64) * 4}",
        "nw_ecn" => $"nw_ecn={random.Next(4)}",
        "ct_zone" => $"ct_zone={Number(random, 0x10000)}",
        "ct_mark" or "pkt_mark" or "reg0" => $"{KeyOf(field)}={Number(random, int.MaxValue)}",
        _ => field,
    };

    private static string Number(Random random, int below) => random.Next(2) == 0
        ? random.Next(below).ToString(CultureInfo.InvariantCulture)
        : $"0x{random.Next(below):x}";

    private static string Mac(Random random) =>
        string.Join(
            ':', Enumerable.Range(0, 6).Select(octet => (octet == 0 ? 2 : random.Next(256)).ToString("x2", CultureInfo.InvariantCulture)));
}
