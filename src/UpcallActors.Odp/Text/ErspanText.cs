using System.Text;

namespace UpcallActors.Odp.Text;

/// <summary>
/// ERSPAN metadata (<c>struct erspan_metadata</c>): a version word, then an index (version 1) or a timestamp, a group tag and
/// direction and hardware id (version 2). <c>ver=1,idx=0x7</c> or <c>ver=2,dir=1,hwid=0x7</c>.
/// </summary>
internal static class ErspanText
{
    internal const int Length = 12;
    private const int IndexOffset = 4;
    private const int DirectionOffset = 11;

    internal static void Append(StringBuilder text, ReadOnlySpan<byte> options, AttributeMask mask, bool verbose)
    {
        OdpFieldText.Append(text, "ver", OdpFieldSyntax.U8, options[0], mask.HasBytes ? mask.Bytes[0] : null, verbose);
        if (options[0] == 1)
        {
            text.Append("idx=");
            OdpFieldText.AppendHexadecimal(text, OdpFieldText.Read(options.Slice(IndexOffset, 4)));
            if (mask.HasBytes)
            {
                text.Append('/');
                OdpFieldText.AppendHexadecimal(text, OdpFieldText.Read(mask.Bytes.Slice(IndexOffset, 4)));
            }

            text.Append(',');
        }
        else if (options[0] == 2)
        {
            byte? directionMask = mask.HasBytes ? (byte)((mask.Bytes[DirectionOffset] & 8) != 0 ? byte.MaxValue : 0) : null;
            OdpFieldText.Append(text, "dir", OdpFieldSyntax.U8, (UInt128)((options[DirectionOffset] >> 3) & 1), directionMask, verbose);
            byte? hardwareMask = mask.HasBytes ? HardwareId(mask.Bytes) : null;
            OdpFieldText.Append(text, "hwid", OdpFieldSyntax.U8Hex, HardwareId(options),
                hardwareMask == 0x3f ? byte.MaxValue : hardwareMask, verbose);
        }

        if (text[^1] == ',')
            text.Length--;
    }

    /// <summary>Parses up to the closing bracket.</summary>
    internal static (byte[] Options, byte[] Mask) Parse(OdpTextCursor cursor)
    {
        byte[] options = new byte[Length];
        byte[] mask = new byte[Length];
        cursor.Take("ver=");
        (UInt128 version, UInt128 versionMask) = OdpFieldText.Parse(cursor, OdpFieldSyntax.U8);
        (options[0], mask[0]) = ((byte)version, (byte)versionMask);
        cursor.SkipSeparators();
        if (cursor.TryTake("idx="))
        {
            (UInt128 index, UInt128 indexMask) = OdpFieldText.Parse(cursor, OdpFieldSyntax.U32Hex);
            OdpFieldText.Write(options.AsSpan(IndexOffset, 4), index);
            OdpFieldText.Write(mask.AsSpan(IndexOffset, 4), indexMask);
        }

        if (cursor.TryTake("dir="))
        {
            (UInt128 direction, UInt128 directionMask) = OdpFieldText.Parse(cursor, OdpFieldSyntax.U8);
            options[DirectionOffset] |= (byte)((byte)(direction & 1) << 3);
            mask[DirectionOffset] |= (byte)(directionMask != 0 ? 8 : 0);
            cursor.SkipSeparators();
        }

        if (cursor.TryTake("hwid="))
        {
            (UInt128 id, UInt128 idMask) = OdpFieldText.Parse(cursor, OdpFieldSyntax.U8Hex);
            SetHardwareId(options, (byte)id);
            SetHardwareId(mask, (byte)idMask);
        }

        return (options, mask);
    }

    /// <summary>
    /// Six bits: the upper two in the low bits of byte 10, the lower four in the high
    /// bits of byte 11, as the kernel's bit fields lie on little-endian machines.
    /// </summary>
    private static byte HardwareId(ReadOnlySpan<byte> metadata) => (byte)(((metadata[10] & 3) << 4) | (metadata[DirectionOffset] >> 4));

    private static void SetHardwareId(Span<byte> metadata, byte id)
    {
        metadata[10] |= (byte)((id >> 4) & 3);
        metadata[DirectionOffset] |= (byte)(id << 4);
    }
}
