using System.Net.Sockets;
using UpcallActors.Packets;

namespace UpcallActors.Odp.Text;

/// <summary>
/// The arguments of <c>dpctl/flush-conntrack</c>: <c>zone=N mark=X/M labels=X/M 'TUPLE' 'TUPLE'</c>,
/// each optional and in this order, the tuples of the original and of the answer's direction such as
/// <c>ct_nw_src=192.0.2.1,ct_nw_proto=17,ct_tp_src=53</c>. Errors read as Open vSwitch's.
/// </summary>
internal static class ConntrackMatchText
{
    private static readonly char[] Separators = [',', ' ', '\t', '\r', '\n'];
    private static readonly char[] KeyEnds = [':', '='];

    /// <summary>Parses; throws <see cref="OdpTextException"/>.</summary>
    public static (ushort? Zone, ConntrackMatch Match) Parse(IReadOnlyList<string> arguments)
    {
        int next = 0;
        ushort? zone = null;
        ConntrackMatch match = ConntrackMatch.Any;
        if (TryTake(arguments, ref next, "zone=", out string value))
            zone = (ushort)Number(value, 16, "zone");
        if (TryTake(arguments, ref next, "mark=", out value))
        {
            (UInt128 mark, UInt128 mask) = Masked(value, 32, "mark");
            match = match with { Mark = ((uint)mark, (uint)mask) };
        }

        if (TryTake(arguments, ref next, "labels=", out value))
            match = match with { Labels = Masked(value, 128, "labels") };
        if (next < arguments.Count)
        {
            match = ParseTuple(arguments[next++], match, out ConntrackTupleMatch original);
            match = match with { Original = original };
        }

        if (next < arguments.Count)
        {
            match = ParseTuple(arguments[next++], match, out ConntrackTupleMatch reply);
            match = match with { Reply = reply };
        }

        return next == arguments.Count ? (zone, match) : throw new OdpTextException("invalid arguments");
    }

    private static bool TryTake(IReadOnlyList<string> arguments, ref int next, string prefix, out string value)
    {
        bool found = next < arguments.Count && arguments[next].StartsWith(prefix, StringComparison.Ordinal);
        value = found ? arguments[next++][prefix.Length..] : "";
        return found;
    }

    /// <summary>IP version and protocol belong to both tuples: they go into <paramref name="match"/>.</summary>
    private static ConntrackMatch ParseTuple(string text, ConntrackMatch match, out ConntrackTupleMatch tuple)
    {
        tuple = ConntrackTupleMatch.Any;
        foreach (string field in text.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            int end = field.IndexOfAny(KeyEnds);
            string key = end < 0 ? field : field[..end];
            string value = end < 0 ? "" : field[(end + 1)..];
            if (value.Length == 0)
                throw new OdpTextException($"field {key} missing value");
            if (key == "ct_nw_proto")
                match = match.Protocol is null
                    ? match with { Protocol = (byte)FieldNumber(key, value, 8) }
                    : throw new OdpTextException($"{key} is set multiple times");
            else if (key is "ct_nw_src" or "ct_nw_dst" or "ct_ipv6_src" or "ct_ipv6_dst")
                (match, tuple) = WithAddress(match, tuple, key, value);
            else
                tuple = WithTransport(match, tuple, key, value);
        }

        if (match.Protocol is null && (tuple.SourcePort is not null || tuple.DestinationPort is not null))
            throw new OdpTextException("port is set without protocol");
        return match;
    }

    private static (ConntrackMatch Match, ConntrackTupleMatch Tuple) WithAddress(ConntrackMatch match, ConntrackTupleMatch tuple,
        string key, string value)
    {
        bool isIpv6 = key.StartsWith("ct_ipv6", StringComparison.Ordinal);
        bool isSource = key.EndsWith("src", StringComparison.Ordinal);
        if (match.IsIpv6 is { } other && other != isIpv6)
            throw new OdpTextException($"the L3 protocol does not match {value}");
        if ((isSource ? tuple.Source : tuple.Destination) is not null)
            throw new OdpTextException($"{key} is set multiple times");
        UInt128 address = Whole(value,
            cursor => OdpFieldText.ParseAddress(cursor, isIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork),
            $"field {key}");
        return (match with { IsIpv6 = isIpv6 }, isSource ? tuple with { Source = address } : tuple with { Destination = address });
    }

    private static ConntrackTupleMatch WithTransport(ConntrackMatch match, ConntrackTupleMatch tuple, string key, string value)
    {
        if (key is "icmp_type" or "icmp_code" or "icmp_id" && match.Protocol is not (IpProtocols.Icmp or IpProtocols.Icmpv6))
            throw new OdpTextException("invalid L4 fields");
        return key switch
        {
            "ct_tp_src" => tuple with { SourcePort = (ushort)FieldNumber(key, value, 16) },
            "ct_tp_dst" => tuple with { DestinationPort = (ushort)FieldNumber(key, value, 16) },
            "icmp_id" => tuple with { IcmpId = (ushort)FieldNumber(key, value, 16) },
            "icmp_type" => tuple with { IcmpType = (byte)FieldNumber(key, value, 8) },
            "icmp_code" => tuple with { IcmpCode = (byte)FieldNumber(key, value, 8) },
            _ => throw new OdpTextException($"invalid conntrack tuple field: {key}"),
        };
    }

    private static UInt128 FieldNumber(string key, string value, int bits) => Number(value, bits, $"field {key}");

    private static UInt128 Number(string value, int bits, string what) => Whole(value, cursor => cursor.TakeNumber(bits), what);

    private static (UInt128 Value, UInt128 Mask) Masked(string text, int bits, string what)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        UInt128 full = UInt128.MaxValue >> (128 - bits);
        return slash < 0 ? (Number(text, bits, what), full) : (Number(text[..slash], bits, what), Number(text[(slash + 1)..], bits, what));
    }

    private static UInt128 Whole(string value, Func<OdpTextCursor, UInt128> take, string what)
    {
        var cursor = new OdpTextCursor(value);
        try
        {
            UInt128 result = take(cursor);
            if (cursor.AtEnd)
                return result;
        }
        catch (OdpTextException)
        {
            // Said below as Open vSwitch says it.
        }

        throw new OdpTextException($"failed to parse {what}");
    }
}
