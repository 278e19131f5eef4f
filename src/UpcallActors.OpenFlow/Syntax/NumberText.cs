using System.Globalization;

namespace UpcallActors.OpenFlow;

/// <summary>Numbers as ofctl reads them: C's notation, up to 128 bits.</summary>
internal static class NumberText
{
    /// <summary>Digits that fit into 64 bits, whatever they are.</summary>
    private const int DigitsOf64Bits = 19;

    /// <summary>Reads decimal, 0x hexadecimal or 0 octal digits; false if there is anything else or too much.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out UInt128 value)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return UInt128.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        if (text.Length > 1 && text[0] == '0')
            return TryParseOctal(text, out value);
        if (text.Length > DigitsOf64Bits)
            return UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        bool isNumber = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
        value = number;
        return isNumber;
    }

    /// <summary>As C's <c>%#x</c>: 0x and lower-case digits, but a bare 0.</summary>
    public static string Hexadecimal(UInt128 value) => value == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    private static bool TryParseOctal(ReadOnlySpan<char> text, out UInt128 value)
    {
        value = 0;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7' || value >> 125 != 0)
                return false;
            value = (value << 3) | (uint)(digit - '0');
        }
        return true;
    }
}
