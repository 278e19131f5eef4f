using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace UpcallActors.Odp.Text;

/// <summary>Formats and parses single fields as <c>format_u8x</c> and its kin in Open vSwitch do.</summary>
internal static class OdpFieldText
{
    private static readonly string[] FragmentNames = ["no", "first", "later"];

    internal static int Length(OdpFieldSyntax syntax) => syntax switch
    {
        OdpFieldSyntax.U8 or OdpFieldSyntax.U8Hex or OdpFieldSyntax.Fragment => 1,
        OdpFieldSyntax.U16 or OdpFieldSyntax.U16Hex => 2,
        OdpFieldSyntax.U32Hex or OdpFieldSyntax.Label or OdpFieldSyntax.Ipv4 => 4,
        OdpFieldSyntax.Mac => 6,
        OdpFieldSyntax.U64Hex => 8,
        _ => 16,
    };

    /// <summary>Reads up to 16 bytes in network order.</summary>
    internal static UInt128 Read(ReadOnlySpan<byte> bytes)
    {
        UInt128 value = UInt128.Zero;
        foreach (byte part in bytes)
            value = (value << 8) | part;
        return value;
    }

    /// <summary>Writes up to 16 bytes in network order.</summary>
    internal static void Write(Span<byte> bytes, UInt128 value)
    {
        for (int index = bytes.Length - 1; index >= 0; index--)
        {
            bytes[index] = (byte)value;
            value >>= 8;
        }
    }

    /// <summary>All the bits that count in a mask.</summary>
    internal static UInt128 FullMask(OdpFieldSyntax syntax) => syntax switch
    {
        OdpFieldSyntax.Label => 0xfffff,
        OdpFieldSyntax.Ipv6 => UInt128.MaxValue,
        _ => (UInt128.One << (8 * Length(syntax))) - 1,
    };

    /// <summary>
    /// Appends <c>name=value/mask,</c>. Without <paramref name="mask"/> the match is exact; a wildcarded field is there only if verbose.
    /// </summary>
    internal static void Append(StringBuilder text, string name, OdpFieldSyntax syntax, UInt128 value, UInt128? mask, bool verbose)
    {
        if (syntax == OdpFieldSyntax.Fragment)
        {
            AppendFragment(text, name, value, mask);
            return;
        }

        if (mask == UInt128.Zero && !verbose)
            return;
        text.Append(name).Append('=');
        AppendValue(text, syntax, value);
        UInt128 full = FullMask(syntax);
        if (mask is { } bits && (bits & full) != full)
        {
            text.Append('/');
            AppendValue(text, syntax is OdpFieldSyntax.U8 or OdpFieldSyntax.U16 or OdpFieldSyntax.U64Hex
                ? OdpFieldSyntax.U32Hex
                : syntax, bits);
        }

        text.Append(',');
    }

    internal static void AppendValue(StringBuilder text, OdpFieldSyntax syntax, UInt128 value)
    {
        switch (syntax)
        {
            case OdpFieldSyntax.U8 or OdpFieldSyntax.U16:
                text.Append(value.ToString(CultureInfo.InvariantCulture));
                break;
            case OdpFieldSyntax.U64Hex:
                text.Append("0x").Append(value.ToString("x", CultureInfo.InvariantCulture));
                break;
            case OdpFieldSyntax.Mac:
                for (int shift = 40; shift >= 0; shift -= 8)
                    text.Append(((byte)(value >> shift)).ToString("x2", CultureInfo.InvariantCulture)).Append(shift == 0 ? "" : ":");
                break;
            case OdpFieldSyntax.Ipv4:
                AppendIpv4(text, (uint)value);
                break;
            case OdpFieldSyntax.Ipv6:
                Ipv6Text.Append(text, value);
                break;
            default:
                AppendHexadecimal(text, value);
                break;
        }
    }

    /// <summary>As C's <c>%#x</c>: 0 has no 0x.</summary>
    internal static void AppendHexadecimal(StringBuilder text, UInt128 value)
    {
        if (value == UInt128.Zero)
            text.Append('0');
        else
            text.Append("0x").Append(value.ToString("x", CultureInfo.InvariantCulture));
    }

    internal static void AppendIpv4(StringBuilder text, uint address) =>
        text.Append(CultureInfo.InvariantCulture, $"{address >> 24}.{(byte)(address >> 16)}.{(byte)(address >> 8)}.{(byte)address}");

    /// <summary>Parses a value and, after a slash, its mask; without one the mask is full.</summary>
    internal static (UInt128 Value, UInt128 Mask) Parse(OdpTextCursor cursor, OdpFieldSyntax syntax)
    {
        UInt128 value = ParseValue(cursor, syntax);
        return (value, cursor.TryTake("/") ? ParseValue(cursor, syntax) : FullMask(syntax));
    }

    internal static UInt128 ParseValue(OdpTextCursor cursor, OdpFieldSyntax syntax) => syntax switch
    {
        OdpFieldSyntax.Mac => ParseMac(cursor),
        OdpFieldSyntax.Ipv4 => ParseAddress(cursor, AddressFamily.InterNetwork),
        OdpFieldSyntax.Ipv6 => ParseAddress(cursor, AddressFamily.InterNetworkV6),
        OdpFieldSyntax.Fragment => ParseFragment(cursor),
        OdpFieldSyntax.Label => cursor.TakeNumber(20),
        _ => cursor.TakeNumber(8 * Length(syntax)),
    };

    internal static UInt128 ParseAddress(OdpTextCursor cursor, AddressFamily family)
    {
        int start = cursor.Position;
        string word = cursor.TakeWord(family == AddressFamily.InterNetwork ? ":-/)]" : "-/)]");
        bool isAddress = !word.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(word, out IPAddress? address)
            && address.AddressFamily == family
            && (family == AddressFamily.InterNetworkV6 || word.Count(letter => letter == '.') == 3);
        if (isAddress)
            return Read(IPAddress.Parse(word).GetAddressBytes());
        cursor.MoveBack(start);
        throw cursor.Expected(family == AddressFamily.InterNetwork ? "an IPv4 address" : "an IPv6 address");
    }

    private static void AppendFragment(StringBuilder text, string name, UInt128 value, UInt128? mask)
    {
        if (mask == UInt128.Zero)
            return;
        if (mask is { } bits && bits != byte.MaxValue)
            text.Append(CultureInfo.InvariantCulture, $"error: partial mask not supported for frag (0x{bits:x}),");
        else
            text.Append(name).Append('=').Append(value < (UInt128)FragmentNames.Length ? FragmentNames[(int)value] : "<error>").Append(',');
    }

    private static UInt128 ParseFragment(OdpTextCursor cursor)
    {
        int start = cursor.Position;
        int index = Array.IndexOf(FragmentNames, cursor.TakeWord(")/"));
        if (index >= 0)
            return (UInt128)index;
        cursor.MoveBack(start);
        throw cursor.Expected("no, first or later");
    }

    private static UInt128 ParseMac(OdpTextCursor cursor)
    {
        int start = cursor.Position;
        string[] parts = cursor.TakeWord("/)").Split(':');
        UInt128 address = UInt128.Zero;
        foreach (string part in parts)
        {
            if (parts.Length != 6 || part.Length is 0 or > 2
                || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                cursor.MoveBack(start);
                throw cursor.Expected("an Ethernet address");
            }

            address = (address << 8) | value;
        }

        return address;
    }
}
