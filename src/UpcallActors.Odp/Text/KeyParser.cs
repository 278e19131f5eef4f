using System.Buffers.Binary;
using System.Globalization;
using UpcallActors.Linux;

namespace UpcallActors.Odp.Text;

/// <summary>Parses key attributes with their masks (<c>parse_odp_key_mask_attr</c>), into two lists side by side.</summary>
internal static class KeyParser
{
    private const int BufferLength = 16 * 1024;
    private const int MaximumDepth = 8;

    /// <summary>Parses attributes with commas between them up to the end, or up to a comma with a blank behind it.</summary>
    internal static (byte[] Key, byte[] Mask) ParseList(OdpTextCursor cursor, IOdpPortNames names, bool endsBeforeBlank = false)
    {
        var key = new NetlinkWriter(new byte[BufferLength]);
        var mask = new NetlinkWriter(new byte[BufferLength]);
        ParseAttribute(cursor, names, ref key, ref mask, depth: 0);
        while (!(endsBeforeBlank && cursor.IsAt(", ")) && cursor.SkipSeparators() && !cursor.AtEnd)
            ParseAttribute(cursor, names, ref key, ref mask, depth: 0);
        if (key.Overflowed || mask.Overflowed)
            throw new OdpTextException("the flow is too long");
        return (key.Written.ToArray(), mask.Written.ToArray());
    }

    /// <summary>Parses one attribute; appends it to the key and its mask to the mask.</summary>
    internal static void ParseAttribute(OdpTextCursor cursor, IOdpPortNames names, ref NetlinkWriter key, ref NetlinkWriter mask, int depth)
    {
        int start = cursor.Position;
        string name = cursor.TakeWord("()=");
        cursor.Take("(");
        if (depth > MaximumDepth)
            throw cursor.Expected("less nesting");
        if (StructAttribute.Of(name) is { } structure)
            ParseStructure(cursor, structure, ref key, ref mask);
        else if (KeyNames.TryFindNumber(name, out ushort type, out int length))
            ParseNumber(cursor, names, type, length, ref key, ref mask);
        else
            ParseOther(cursor, names, name, start, ref key, ref mask, depth);
        cursor.Take(")");
    }

    private static void ParseStructure(OdpTextCursor cursor, StructAttribute structure, ref NetlinkWriter key, ref NetlinkWriter mask)
    {
        Span<byte> value = stackalloc byte[structure.Length];
        Span<byte> bits = stackalloc byte[structure.Length];
        value.Clear();
        bits.Clear();
        while (cursor.Current != ')')
        {
            string name = cursor.TakeWord("=)");
            int index = Array.FindIndex(structure.Fields, field => field.Name == name);
            if (index < 0)
                throw cursor.Expected($"a field of {structure.Name}");
            cursor.Take("=");
            StructField field = structure.Fields[index];
            (UInt128 fieldValue, UInt128 fieldMask) = OdpFieldText.Parse(cursor, field.Syntax);
            int length = OdpFieldText.Length(field.Syntax);
            OdpFieldText.Write(value.Slice(field.Offset, length), fieldValue);
            OdpFieldText.Write(bits.Slice(field.Offset, length), fieldMask);
            cursor.SkipSeparators();
        }

        key.Put(structure.Type, value);
        mask.Put(structure.Type, bits);
    }

    private static void ParseNumber(OdpTextCursor cursor, IOdpPortNames names, ushort type, int length, ref NetlinkWriter key,
        ref NetlinkWriter mask)
    {
        UInt128 full = length == 16 ? UInt128.MaxValue : (UInt128.One << (8 * length)) - 1;
        UInt128 value;
        UInt128 bits = full;
        if (type == OvsKeyAttribute.InPort && !char.IsAsciiDigit(cursor.Current))
        {
            value = TakePortName(cursor, names);
        }
        else if (type == OvsKeyAttribute.CtState)
        {
            (value, bits) = FlagNames.CtState.Parse(cursor);
        }
        else if (cursor.Current == ')')
        {
            // Printed so where nothing of it counts.
            (value, bits) = (UInt128.Zero, UInt128.Zero);
        }
        else
        {
            value = cursor.TakeNumber(8 * length);
            if (cursor.TryTake("/"))
                bits = cursor.TakeNumber(8 * length);
        }

        KeyNames.WriteNumber(key.PutReserved(type, length), value);
        KeyNames.WriteNumber(mask.PutReserved(type, length), bits);
    }

    private static uint TakePortName(OdpTextCursor cursor, IOdpPortNames names)
    {
        int start = cursor.Position;
        string name = cursor.TakeWord(")");
        if (names.NumberOf(name) is { } port)
            return port;
        cursor.MoveBack(start);
        throw cursor.Expected("the name of a port");
    }

    private static void ParseOther(OdpTextCursor cursor, IOdpPortNames names, string name, int start, ref NetlinkWriter key,
        ref NetlinkWriter mask, int depth)
    {
        switch (name)
        {
            case "encap":
                ParseEncap(cursor, names, ref key, ref mask, depth);
                break;
            case "tunnel":
                TunnelParser.Parse(cursor, ref key, ref mask);
                break;
            case "nsh":
                (byte[] header, byte[] bits) = NshText.Parse(cursor);
                NshText.Write(ref key, OvsKeyAttribute.Nsh, header, NshText.HasContext(header, bits));
                NshText.Write(ref mask, OvsKeyAttribute.Nsh, bits, NshText.HasContext(header, bits));
                break;
            case "vlan":
                ParseVlan(cursor, ref key, ref mask);
                break;
            case "eth_type":
                ParseEtherType(cursor, ref key, ref mask);
                break;
            case "tcp_flags":
                (uint flags, uint flagsMask) = FlagNames.Tcp.Parse(cursor);
                key.PutU16BigEndian(OvsKeyAttribute.TcpFlags, (ushort)flags);
                mask.PutU16BigEndian(OvsKeyAttribute.TcpFlags, (ushort)(flagsMask == FlagNames.Tcp.All ? ushort.MaxValue : flagsMask));
                break;
            case "mpls":
                ParseMpls(cursor, ref key, ref mask);
                break;
            default:
                ParseUnknown(cursor, name, start, "the name of a key attribute", ref key, ref mask);
                break;
        }
    }

    private static void ParseEncap(OdpTextCursor cursor, IOdpPortNames names, ref NetlinkWriter key, ref NetlinkWriter mask, int depth)
    {
        int keyNest = key.BeginNest(OvsKeyAttribute.Encap);
        int maskNest = mask.BeginNest(OvsKeyAttribute.Encap);
        while (cursor.Current != ')')
        {
            ParseAttribute(cursor, names, ref key, ref mask, depth + 1);
            cursor.SkipSeparators();
        }

        key.EndNest(keyNest);
        mask.EndNest(maskNest);
    }

    private static void ParseVlan(OdpTextCursor cursor, ref NetlinkWriter key, ref NetlinkWriter mask)
    {
        int tci = OvsFlowKeyReader.VlanPresent;
        int bits = OvsFlowKeyReader.VlanPresent;
        while (cursor.Current != ')')
        {
            (int shift, int width) = cursor.TryTake("vid=") ? (0, 12)
                : cursor.TryTake("pcp=") ? (13, 3)
                : cursor.TryTake("cfi=") ? (12, 1)
                : throw cursor.Expected("vid, pcp or cfi");
            int full = (1 << width) - 1;
            int value = (int)cursor.TakeNumber(width);
            int fieldMask = cursor.TryTake("/") ? (int)cursor.TakeNumber(width) : full;
            tci = (tci & ~(full << shift)) | (value << shift);
            bits = (bits & ~(full << shift)) | (fieldMask << shift);
            cursor.SkipSeparators();
        }

        key.PutU16BigEndian(OvsKeyAttribute.Vlan, (ushort)tci);
        mask.PutU16BigEndian(OvsKeyAttribute.Vlan, (ushort)bits);
    }

    private static void ParseEtherType(OdpTextCursor cursor, ref NetlinkWriter key, ref NetlinkWriter mask)
    {
        (UInt128 value, UInt128 bits) = OdpFieldText.Parse(cursor, OdpFieldSyntax.U16Hex);

        // "0/0xffff" says that the key has no EtherType at all.
        if (value != UInt128.Zero || bits == UInt128.Zero)
            key.PutU16BigEndian(OvsKeyAttribute.EtherType, (ushort)value);
        mask.PutU16BigEndian(OvsKeyAttribute.EtherType, (ushort)bits);
    }

    private static void ParseMpls(OdpTextCursor cursor, ref NetlinkWriter key, ref NetlinkWriter mask)
    {
        const int MaximumLabels = 3;
        Span<byte> entries = stackalloc byte[4 * MaximumLabels];
        Span<byte> bits = stackalloc byte[4 * MaximumLabels];
        int length = 0;
        while (cursor.Current != ')')
        {
            if (length == entries.Length)
                throw cursor.Expected($"at most {MaximumLabels} labels");
            (uint entry, uint entryMask) = TakeLabel(cursor, allowMask: true);
            BinaryPrimitives.WriteUInt32BigEndian(entries[length..], entry);
            BinaryPrimitives.WriteUInt32BigEndian(bits[length..], entryMask);
            length += 4;
            cursor.SkipSeparators();
        }

        key.Put(OvsKeyAttribute.Mpls, entries[..length]);
        mask.Put(OvsKeyAttribute.Mpls, bits[..length]);
    }

    /// <summary>Parses <c>label=100,tc=3,ttl=64,bos=1</c>; masks behind a slash are hexadecimal, with 0x or not.</summary>
    internal static (uint Entry, uint Mask) TakeLabel(OdpTextCursor cursor, bool allowMask)
    {
        uint entry = 0;
        uint mask = 0;
        foreach ((string name, int shift, int width) in (ReadOnlySpan<(string, int, int)>)[("label=", 12, 20), ("tc=", 9, 3),
            ("ttl=", 0, 8), ("bos=", 8, 1)])
        {
            cursor.SkipSeparators();
            cursor.Take(name);
            uint full = (1u << width) - 1;
            entry |= (uint)cursor.TakeNumber(width) << shift;
            mask |= (allowMask && cursor.TryTake("/") ? (uint)cursor.TakeNumber(width) : full) << shift;
        }

        return (entry, mask);
    }

    /// <summary>
    /// <c>key32(00 00/00 00)</c>: bytes, and after a slash as many bytes of
    /// mask. <paramref name="expected"/> says what should have stood there.
    /// </summary>
    public static void ParseUnknown(OdpTextCursor cursor, string name, int start, string expected, ref NetlinkWriter key,
        ref NetlinkWriter mask)
    {
        ushort type = 0;
        bool isUnknown = name.StartsWith("key", StringComparison.Ordinal) && ushort.TryParse(name.AsSpan(3), NumberStyles.None,
            CultureInfo.InvariantCulture, out type) && type <= NetlinkAttribute.TypeMask;
        if (!isUnknown)
        {
            cursor.MoveBack(start);
            throw cursor.Expected(expected);
        }

        byte[] value = cursor.TakeBytes();
        byte[] bits = new byte[value.Length];
        bits.AsSpan().Fill(byte.MaxValue);
        if (cursor.TryTake("/"))
            bits = cursor.TakeBytes();
        if (bits.Length != value.Length)
            throw cursor.Expected("a mask as long as the value");
        key.Put(type, value);
        mask.Put(type, bits);
    }
}
