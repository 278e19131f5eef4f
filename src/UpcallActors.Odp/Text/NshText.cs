using System.Globalization;
using System.Text;
using UpcallActors.Linux;

namespace UpcallActors.Odp.Text;

/// <summary>Network service headers: <c>flags=0,ttl=63,mdtype=1,np=3,spi=0x123,si=5,c1=0x1,…</c> (<c>format_nsh_key_mask</c>).</summary>
internal static class NshText
{
    internal const int BaseLength = 8;
    internal const int ContextLength = 16;
    private const int MetadataTypeOffset = 2;
    private const byte MetadataType1 = 1;
    private static readonly (string Name, int Offset, int Length, bool IsDecimal)[] Fields =
    [
        ("flags", 0, 1, true), ("ttl", 1, 1, true), ("mdtype", 2, 1, true), ("np", 3, 1, true), ("spi", 4, 3, false), ("si", 7, 1, true),
        ("c1", 8, 4, false), ("c2", 12, 4, false), ("c3", 16, 4, false), ("c4", 20, 4, false),
    ];

    /// <summary>Formats the nested attributes of an NSH key; a part that the mask does not name counts in full.</summary>
    internal static void Append(StringBuilder text, ReadOnlySpan<byte> nested, AttributeMask mask)
    {
        Span<byte> header = stackalloc byte[BaseLength + ContextLength];
        Span<byte> bits = stackalloc byte[BaseLength + ContextLength];
        header.Clear();
        bits.Fill(byte.MaxValue);
        Collect(nested, header);
        if (mask.HasBytes && !mask.IsMissing)
            Collect(mask.Bytes, bits);
        AppendFields(text, header, bits, isMasked: mask.HasBytes && !mask.IsMissing);
    }

    /// <summary>Formats the nested attributes of a masked set, each a value with its mask behind it.</summary>
    internal static void AppendMaskedSet(StringBuilder text, ReadOnlySpan<byte> nested)
    {
        Span<byte> header = stackalloc byte[BaseLength + ContextLength];
        Span<byte> bits = stackalloc byte[BaseLength + ContextLength];
        header.Clear();
        bits.Clear();
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(nested))
        {
            ReadOnlySpan<byte> payload = attribute.Payload;
            if (attribute.Type == OvsNshKeyAttribute.Base && payload.Length == 2 * BaseLength)
            {
                payload[..BaseLength].CopyTo(header);
                payload[BaseLength..].CopyTo(bits);
            }
            else if (attribute.Type == OvsNshKeyAttribute.Md1 && payload.Length == 2 * ContextLength)
            {
                payload[..ContextLength].CopyTo(header[BaseLength..]);
                payload[ContextLength..].CopyTo(bits[BaseLength..]);
            }
        }

        AppendFields(text, header, bits, isMasked: true);
    }

    /// <summary>
    /// Parses up to the closing bracket or <paramref name="stopAt"/>: header and context (24 bytes), and the mask of what was written.
    /// </summary>
    internal static (byte[] Header, byte[] Mask) Parse(OdpTextCursor cursor, string? stopAt = null)
    {
        byte[] header = new byte[BaseLength + ContextLength];
        byte[] mask = new byte[BaseLength + ContextLength];
        while (cursor.Current != ')' && (stopAt is null || !cursor.IsAt(stopAt)))
        {
            string name = cursor.TakeWord("=)");
            int index = Array.FindIndex(Fields, field => field.Name == name);
            if (index < 0)
                throw cursor.Expected("a field of NSH");
            cursor.Take("=");
            (_, int offset, int length, _) = Fields[index];
            OdpFieldText.Write(header.AsSpan(offset, length), cursor.TakeNumber(8 * length));
            UInt128 bits = (UInt128.One << (8 * length)) - 1;

            // A mask of spi is printed with all 32 bits set for its 24.
            OdpFieldText.Write(mask.AsSpan(offset, length), cursor.TryTake("/") ? cursor.TakeNumber(32) & bits : bits);
            cursor.SkipSeparators();
        }

        return (header, mask);
    }

    /// <summary>Writes the nested attributes of a key; the context if the metadata type or the text has one.</summary>
    internal static void Write(ref NetlinkWriter writer, ushort type, byte[] values, bool withContext)
    {
        int nest = writer.BeginNest(type);
        writer.Put(OvsNshKeyAttribute.Base, values.AsSpan(0, BaseLength));
        if (withContext)
            writer.Put(OvsNshKeyAttribute.Md1, values.AsSpan(BaseLength));
        writer.EndNest(nest);
    }

    internal static bool HasContext(byte[] header, byte[] mask) =>
        header[MetadataTypeOffset] == MetadataType1 || mask.AsSpan(BaseLength).ContainsAnyExcept((byte)0);

    /// <summary>Collects what a list of NSH attributes has into 24 bytes.</summary>
    internal static void Collect(ReadOnlySpan<byte> nested, Span<byte> target)
    {
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(nested))
        {
            if (attribute.Type == OvsNshKeyAttribute.Base && attribute.Payload.Length == BaseLength)
                attribute.Payload.CopyTo(target);
            else if (attribute.Type == OvsNshKeyAttribute.Md1 && attribute.Payload.Length == ContextLength)
                attribute.Payload.CopyTo(target[BaseLength..]);
        }
    }

    private static void AppendFields(StringBuilder text, ReadOnlySpan<byte> header, ReadOnlySpan<byte> mask, bool isMasked)
    {
        string separator = "";
        foreach ((string name, int offset, int length, bool isDecimal) in Fields)
        {
            bool isContext = offset >= BaseLength;
            ReadOnlySpan<byte> bits = mask.Slice(offset, length);
            if (isMasked ? !bits.ContainsAnyExcept((byte)0) : isContext && header[MetadataTypeOffset] != MetadataType1)
                continue;
            ulong value = (ulong)OdpFieldText.Read(header.Slice(offset, length));
            ulong partial = (ulong)OdpFieldText.Read(bits);
            text.Append(separator).Append(name).Append('=');
            separator = ",";
            if (!isMasked || !bits.ContainsAnyExcept(byte.MaxValue))
                text.Append(isDecimal ? value.ToString(CultureInfo.InvariantCulture) : $"0x{value:x}");
            else
                text.Append(isDecimal ? $"0x{value:x2}/0x{partial:x2}" : $"0x{value:x}/0x{partial:x8}");
        }
    }
}
