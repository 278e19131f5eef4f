using System.Globalization;
using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>Values of match fields as ofctl writes them, each field by its <see cref="FieldSyntax"/>.</summary>
internal static class FieldText
{
    private static readonly string[] _ctStateNames = ["new", "est", "rel", "rpl", "inv", "trk", "snat", "dnat"];
    private static readonly string[] _tcpFlagNames = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ns", "[200]",
        "[400]", "[800]"];

    // Any fragment and later fragment: bits 0 and 1 of nw_frag.
    private static readonly (string Name, uint Value, uint Mask)[] _fragments =
        [("no", 0, 3), ("first", 1, 3), ("later", 3, 3), ("no", 0, 1), ("yes", 1, 1), ("not_later", 0, 2), ("later", 2, 2)];

    /// <summary>
    /// Reads a value, or value/mask, that takes up all of <paramref name="word"/>.
    /// Without a mask the match is exact; <c>*</c> is a mask of 0.
    /// </summary>
    /// <exception cref="FlowSyntaxException">Not a value of the field, or a mask that the field cannot have.</exception>
    public static void Parse(MatchField field, ref TextCursor word, out UInt128 value, out UInt128 mask)
    {
        int start = word.Position;
        if (word.Rest is "*")
        {
            word.TryTake('*');
            (value, mask) = (0, 0);
            return;
        }
        mask = field.Bits;
        switch (field.Syntax)
        {
            case FieldSyntax.CtState:
                ParseFlags(field, ref word, _ctStateNames, out value, out mask);
                break;
            case FieldSyntax.TcpFlags:
                ParseFlags(field, ref word, _tcpFlagNames, out value, out mask);
                break;
            case FieldSyntax.Fragment:
                ParseFragment(ref word, out value, out mask);
                break;
            default:
                value = ParsePart(field, ref word, isMask: false);
                if (word.TryTake('/'))
                    mask = ParsePart(field, ref word, isMask: true);
                break;
        }
        if (!word.AtEnd)
            throw word.Error($"'{word.Rest}' is too much for a value of {field.Name}");
        if (mask != field.Bits && mask != 0 && !field.Maskable)
            throw word.ErrorAt(start, $"{field.Name} cannot have a mask");
    }

    /// <summary>Prints a value under a mask; a port by its name, if it has one in <paramref name="names"/>.</summary>
    public static string Format(MatchField field, UInt128 value, UInt128 mask, FlowNames? names = null)
    {
        bool exact = mask == field.Bits;
        switch (field.Syntax)
        {
            case FieldSyntax.CtState:
                return FormatFlags(_ctStateNames, (uint)value, (uint)mask, exact);
            case FieldSyntax.TcpFlags:
                return FormatFlags(_tcpFlagNames, (uint)value, (uint)mask, exact);
            case FieldSyntax.Fragment:
                return FormatFragment((uint)value, (uint)mask);
            case FieldSyntax.Port when exact:
                var port = new StringBuilder();
                (names ?? FlowNames.None).AppendPort(port, (uint)value);
                return port.ToString();
            case FieldSyntax.Ethernet:
                return AddressText.FormatEthernet((ulong)value) + (exact ? "" : "/" + AddressText.FormatEthernet((ulong)mask));
            case FieldSyntax.Ipv4:
                return AddressText.FormatIpv4((uint)value) + (exact ? "" : "/" + AddressText.FormatMask(mask, field.Width));
            case FieldSyntax.Ipv6:
                return AddressText.FormatIpv6(value) + (exact ? "" : "/" + AddressText.FormatMask(mask, field.Width));
            case FieldSyntax.Hexadecimal:
                return FormatHex(field, value) + (exact ? "" : "/" + FormatHex(field, mask));
        }
        return exact
            ? value.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"0x{value:x}/0x{mask:x}");
    }

    private static UInt128 ParsePart(MatchField field, ref TextCursor word, bool isMask)
    {
        int start = word.Position;
        ReadOnlySpan<char> text = word.TakeWord("/");
        UInt128 value;
        bool valid = field.Syntax switch
        {
            FieldSyntax.Ipv4 => AddressText.TryParseIpv4(text, out value) || (isMask && AddressText.TryParsePrefix(text, 32, out value)),
            FieldSyntax.Ipv6 => AddressText.TryParseIpv6(text, out value) || (isMask && AddressText.TryParsePrefix(text, 128, out value)),
            FieldSyntax.Ethernet => AddressText.TryParseEthernet(text, out value),
            FieldSyntax.Port => TryParsePort(text, word, out value),
            _ => NumberText.TryParse(text, out value),
        };
        if (!valid)
            throw word.ErrorAt(start, $"'{text}' is no {(isMask ? "mask" : "value")} of {field.Name}");

        // A mask of all ones may be as wide as the field's bytes: nw_tos=32/0xff, vlan_vid=0x1064/0xffff.
        if (isMask && value == MatchField.AllOnes(RoundUp(field.Width)))
            value = field.Bits;
        return (value & ~field.Bits) == 0
            ? value
            : throw word.ErrorAt(start,
                string.Create(CultureInfo.InvariantCulture, $"{text} does not fit into {field.Name}, whose bits are 0x{field.Bits:x}"));
    }

    private static int RoundUp(int width) => (width + 7) / 8 * 8;

    private static bool TryParsePort(ReadOnlySpan<char> text, in TextCursor word, out UInt128 value)
    {
        bool known = PortText.TryParse(text, word.Names, out uint port);
        value = port;
        return known;
    }

    private static void ParseFlags(MatchField field, ref TextCursor word, string[] names, out UInt128 value, out UInt128 mask)
    {
        (value, mask) = (0, field.Bits);
        if (char.IsAsciiDigit(word.Peek))
        {
            value = ParsePart(field, ref word, isMask: false);
            if (word.TryTake('/'))
                mask = ParsePart(field, ref word, isMask: true);
            return;
        }
        bool signed = word.Peek is '+' or '-';
        if (signed)
            mask = 0;
        do
        {
            bool set = true;
            if (signed && !(set = word.TryTake('+')) && !word.TryTake('-'))
                throw word.Error($"'+' or '-' expected before a flag of {field.Name}");
            int at = word.Position;
            ReadOnlySpan<char> name = word.TakeWord("+-|/");
            int bit = Array.IndexOf(names, name.ToString());
            if (bit < 0)
                throw word.ErrorAt(at, $"'{name}' is no flag of {field.Name}");
            UInt128 flag = UInt128.One << bit;
            if (signed && (mask & flag) != 0)
                throw word.ErrorAt(at, $"{name} is given twice");
            if (signed)
                mask |= flag;
            if (set)
                value |= flag;
        }
        while (signed ? !word.AtEnd : word.TryTake('|'));
    }

    private static void ParseFragment(ref TextCursor word, out UInt128 value, out UInt128 mask)
    {
        int start = word.Position;
        ReadOnlySpan<char> text = word.TakeName();
        foreach ((string name, uint fragmentValue, uint fragmentMask) in _fragments)
        {
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                (value, mask) = (fragmentValue, fragmentMask);
                return;
            }
        }
        throw word.ErrorAt(start, $"'{text}' is no kind of fragment: no, yes, first, later or not_later");
    }

    private static string FormatFragment(uint value, uint mask)
    {
        foreach ((string name, uint fragmentValue, uint fragmentMask) in _fragments)
        {
            if (value == fragmentValue && mask == fragmentMask)
                return name;
        }
        return "<error>";
    }

    private static string FormatFlags(string[] names, uint value, uint mask, bool exact)
    {
        var text = new StringBuilder();
        for (int bit = 0; bit < names.Length; bit++)
        {
            uint flag = 1u << bit;
            if (!exact && (mask & flag) != 0)
                text.Append((value & flag) != 0 ? '+' : '-').Append(names[bit]);
            else if (exact && (value & flag) != 0)
                text.Append(text.Length > 0 ? "|" : "").Append(names[bit]);
        }
        return text.Length > 0 ? text.ToString() : "0";
    }

    // As C's %#x: no prefix before a zero.
    private static string FormatHex(MatchField field, UInt128 value) =>
        value == 0 && field.HexDigits == 0 ? "0" : "0x" + value.ToString("x" + Math.Max(1, field.HexDigits), CultureInfo.InvariantCulture);
}
