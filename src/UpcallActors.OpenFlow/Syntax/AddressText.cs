using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>Addresses in text, as numbers in host order.</summary>
internal static class AddressText
{
    private const int EthernetBytes = 6;
    private const int Ipv4Bytes = 4;
    private const int Ipv6Groups = 8;

    /// <summary>Reads four decimal octets; the short forms of inet_aton are none.</summary>
    public static bool TryParseIpv4(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = 0;
        int count = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> octet = text[range];
            if (octet.Length > 3 || !byte.TryParse(octet, NumberStyles.None, CultureInfo.InvariantCulture, out byte value)
                || ++count > Ipv4Bytes)
                return false;
            address = (address << 8) | value;
        }
        return count == Ipv4Bytes;
    }

    /// <summary>Reads an IPv6 address without a scope or brackets.</summary>
    public static bool TryParseIpv6(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = 0;
        if (!text.Contains(':') || text.ContainsAny('%', '[', ']') || text.Contains('/')
            || !IPAddress.TryParse(text, out IPAddress? parsed))
            return false;
        Span<byte> bytes = stackalloc byte[16];
        if (!parsed.TryWriteBytes(bytes, out int written) || written != bytes.Length)
            return false;
        address = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return true;
    }

    /// <summary>Reads a prefix length as the mask it means.</summary>
    public static bool TryParsePrefix(ReadOnlySpan<char> text, int width, out UInt128 mask)
    {
        mask = 0;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > width)
            return false;
        mask = MatchField.AllOnes(width) & ~MatchField.AllOnes(width - length);
        return true;
    }

    /// <summary>Reads six octets of one or two hexadecimal digits.</summary>
    public static bool TryParseEthernet(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = 0;
        int count = 0;
        foreach (Range range in text.Split(':'))
        {
            ReadOnlySpan<char> octet = text[range];
            if (octet.Length > 2 || !byte.TryParse(octet, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
                || ++count > EthernetBytes)
                return false;
            address = (address << 8) | value;
        }
        return count == EthernetBytes;
    }

    public static string FormatIpv4(uint address) =>
        string.Create(CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 0xff}.{(address >> 8) & 0xff}.{address & 0xff}");

    /// <summary>
    /// As inet_ntop does: the first longest run of zero groups is "::", an
    /// embedded IPv4 address is dotted only in the first 96 bits' two forms.
    /// </summary>
    public static string FormatIpv6(UInt128 address)
    {
        UInt128 top = address >> 32;
        bool compatible = top == 0 && address > ushort.MaxValue;
        if (compatible || top == 0xffff)
            return (compatible ? "::" : "::ffff:") + FormatIpv4((uint)address);

        (int runStart, int runLength) = LongestZeroRun(address);
        var text = new StringBuilder();
        for (int group = 0; group < Ipv6Groups; group++)
        {
            if (group == runStart)
            {
                text.Append("::");
                group += runLength - 1;
                continue;
            }
            if (text.Length > 0 && text[^1] != ':')
                text.Append(':');
            text.Append(Group(address, group).ToString("x", CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    private static ushort Group(UInt128 address, int group) => (ushort)(address >> (16 * (Ipv6Groups - 1 - group)));

    // A single zero group is written out.
    private static (int Start, int Length) LongestZeroRun(UInt128 address)
    {
        (int bestStart, int bestLength) = (-1, 1);
        for (int start = 0; start < Ipv6Groups; start++)
        {
            int length = 0;
            while (start + length < Ipv6Groups && Group(address, start + length) == 0)
                length++;
            if (length > bestLength)
                (bestStart, bestLength) = (start, length);
        }
        return (bestStart, bestLength);
    }

    public static string FormatEthernet(ulong address) =>
        string.Create(CultureInfo.InvariantCulture, $"{(byte)(address >> 40):x2}:{(byte)(address >> 32):x2}:{(byte)(address >> 24):x2}:"
            + $"{(byte)(address >> 16):x2}:{(byte)(address >> 8):x2}:{(byte)address:x2}");

    /// <summary>A prefix length where the mask is one, else an address.</summary>
    public static string FormatMask(UInt128 mask, int width)
    {
        UInt128 wild = ~mask & MatchField.AllOnes(width);
        if ((wild & (wild + 1)) == 0)
            return (width - (int)UInt128.PopCount(wild)).ToString(CultureInfo.InvariantCulture);
        return width == 128 ? FormatIpv6(mask) : FormatIpv4((uint)mask);
    }
}
