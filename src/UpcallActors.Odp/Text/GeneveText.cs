using System.Globalization;
using System.Text;

namespace UpcallActors.Odp.Text;

/// <summary>Geneve options: <c>{class=0xffff,type=0x80,len=4,0xa}…</c> (<c>format_geneve_opts</c>).</summary>
internal static class GeneveText
{
    private const int HeaderLength = 4;

    internal static void Append(StringBuilder text, ReadOnlySpan<byte> options, AttributeMask mask, bool verbose)
    {
        if (mask.HasBytes && mask.Bytes.Length != options.Length)
        {
            text.Append(CultureInfo.InvariantCulture, $"value len {options.Length} different from mask len {mask.Bytes.Length}");
            return;
        }

        for (int offset = 0; offset < options.Length;)
        {
            ReadOnlySpan<byte> option = options[offset..];
            if (option.Length < HeaderLength)
            {
                text.Append(CultureInfo.InvariantCulture, $"opt len {option.Length} less than minimum {HeaderLength}");
                return;
            }

            int dataLength = 4 * (option[3] & 0x1f);
            int length = HeaderLength + dataLength;
            if (length > option.Length)
            {
                text.Append(CultureInfo.InvariantCulture, $"opt len {length} greater than remaining {option.Length}");
                return;
            }

            AppendOption(text, option[..length], mask.HasBytes ? mask.Bytes.Slice(offset, length) : default, mask.HasBytes, verbose);
            offset += length;
        }
    }

    /// <summary>Parses options up to the closing bracket, each with its mask.</summary>
    internal static (byte[] Options, byte[] Mask) Parse(OdpTextCursor cursor)
    {
        var options = new List<byte>();
        var masks = new List<byte>();
        while (cursor.TryTake("{"))
        {
            (UInt128 optionClass, UInt128 classMask) = TakeField(cursor, "class=", OdpFieldSyntax.U16Hex);
            (UInt128 type, UInt128 typeMask) = TakeField(cursor, "type=", OdpFieldSyntax.U8Hex);
            (UInt128 length, UInt128 lengthMask) = TakeField(cursor, "len=", OdpFieldSyntax.U8);
            if (length % 4 != 0 || length > 124)
                throw cursor.Expected("a length that is a multiple of 4 up to 124");
            byte[] data = new byte[(int)length];
            byte[] dataMask = new byte[(int)length];
            if (data.Length != 0 && char.IsAsciiDigit(cursor.Current))
            {
                TakeHexadecimal(cursor, data);
                if (cursor.TryTake("/"))
                    TakeHexadecimal(cursor, dataMask);
                else
                    dataMask.AsSpan().Fill(byte.MaxValue);
            }

            cursor.SkipSeparators();
            cursor.Take("}");
            options.AddRange([(byte)(optionClass >> 8), (byte)optionClass, (byte)type, (byte)((int)length / 4), .. data]);
            byte lengthBits = lengthMask == byte.MaxValue ? (byte)0x1f : (byte)(lengthMask & 0x1f);
            masks.AddRange([(byte)(classMask >> 8), (byte)classMask, (byte)typeMask, lengthBits, .. dataMask]);
        }

        return ([.. options], [.. masks]);
    }

    private static void AppendOption(StringBuilder text, ReadOnlySpan<byte> option, ReadOnlySpan<byte> mask, bool hasMask, bool verbose)
    {
        int dataLength = option.Length - HeaderLength;
        text.Append('{');
        OdpFieldText.Append(text, "class", OdpFieldSyntax.U16Hex, OdpFieldText.Read(option[..2]),
            hasMask ? OdpFieldText.Read(mask[..2]) : null, verbose);
        OdpFieldText.Append(text, "type", OdpFieldSyntax.U8Hex, option[2], hasMask ? mask[2] : null, verbose);
        UInt128? lengthMask = hasMask ? ((mask[3] & 0x1f) == 0x1f ? byte.MaxValue : (byte)(mask[3] & 0x1f)) : null;
        OdpFieldText.Append(text, "len", OdpFieldSyntax.U8, (byte)dataLength, lengthMask, verbose);
        ReadOnlySpan<byte> dataMask = hasMask ? mask[HeaderLength..] : default;
        if (dataLength != 0 && (verbose || !hasMask || dataMask.ContainsAnyExcept((byte)0)))
        {
            AppendHexadecimal(text, option[HeaderLength..]);
            if (hasMask && dataMask.ContainsAnyExcept(byte.MaxValue))
            {
                text.Append('/');
                AppendHexadecimal(text, dataMask);
            }
        }
        else if (text[^1] == ',')
        {
            text.Length--;
        }

        text.Append('}');
    }

    /// <summary>As <c>ds_put_hex</c>: leading zero bytes are left out, and the first byte's leading zero with them.</summary>
    internal static void AppendHexadecimal(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        int start = bytes.IndexOfAnyExcept((byte)0);
        if (start < 0)
        {
            text.Append('0');
            return;
        }

        text.Append("0x").Append(bytes[start].ToString("x", CultureInfo.InvariantCulture))
            .Append(Convert.ToHexStringLower(bytes[(start + 1)..]));
    }

    /// <summary>Takes a hexadecimal number of any length into the end of <paramref name="target"/>.</summary>
    internal static void TakeHexadecimal(OdpTextCursor cursor, Span<byte> target)
    {
        bool isHexadecimal = cursor.TryTake("0x");
        int start = cursor.Position;
        string digits = cursor.TakeWord("/})");
        string padded = digits.Length % 2 == 0 ? digits : "0" + digits;
        bool isNumber = (isHexadecimal || digits == "0") && digits.All(char.IsAsciiHexDigit) && padded.Length / 2 <= target.Length;
        if (!isNumber)
        {
            cursor.MoveBack(start);
            throw cursor.Expected($"a hexadecimal number of at most {target.Length} bytes");
        }

        Convert.FromHexString(padded).CopyTo(target[(target.Length - (padded.Length / 2))..]);
    }

    private static (UInt128 Value, UInt128 Mask) TakeField(OdpTextCursor cursor, string name, OdpFieldSyntax syntax)
    {
        cursor.SkipSeparators();
        (UInt128 Value, UInt128 Mask) field = cursor.TryTake(name) ? OdpFieldText.Parse(cursor, syntax) : default;
        cursor.SkipSeparators();
        return field;
    }
}
