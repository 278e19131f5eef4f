using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace UpcallActors.OpenFlow;

/// <summary>Addresses in text, as numbers in host order.</summary>
internal static class AddressText
{
    private const int EthernetBytes = 6;
    private const int Ipv4Bytes = 4;

    /// <summary>Reads four decimal octets; the short forms of inet_aton are none.</summary>
    public static bool TryParseIpv4(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = 0;
        int count = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> octet = text[range];
            if (octet.Length > 3 || !byte.TryParse(octet, NumberStyles.None, CultureInfo.InvariantCulture, out byte value) || ++count > Ipv4Bytes)
                return false;
            address = (address << 8) | value;
        }
        return count == Ipv4Bytes;
    }

    /// <summary>Reads an IPv6 address without a scope or brackets.</summary>
    public static bool TryParseIpv6(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = 0;
        if (!text.Contains(':') || text.ContainsAny('%', '[', ']') || text.Contains('/') || !IPAddress.TryParse(text, out IPAddress? parsed))
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
            if (octet.Length > 2 || !byte.TryParse(octet, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) || ++count > EthernetBytes)
                return false;
            address = (address << 8) | value;
        }
        return count == EthernetBytes;
    }

    public static string FormatIpv4(uint address) =>
        string.Create(CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 0xff}.{(address >> 8) & 0xff}.{address & 0xff}");

    public static string FormatIpv6(UInt128 address)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPAddress(bytes).ToString();
    }

    public static string FormatEthernet(ulong address) =>
        string.Create(CultureInfo.InvariantCulture, $"{(byte)(address >> 40):x2}:{(byte)(address >> 32):x2}:{(byte)(address >> 24):x2}:{(byte)(address >> 16):x2}:{(byte)(address >> 8):x2}:{(byte)address:x2}");

    /// <summary>A prefix length where the mask is one, else an address.</summary>
    public static string FormatMask(UInt128 mask, int width)
    {
        UInt128 wild = ~mask & MatchField.AllOnes(width);
        if ((wild & (wild + 1)) == 0)
            return (width - (int)UInt128.PopCount(wild)).ToString(CultureInfo.InvariantCulture);
        return width == 128 ? FormatIpv6(mask) : FormatIpv4((uint)mask);
    }
}
