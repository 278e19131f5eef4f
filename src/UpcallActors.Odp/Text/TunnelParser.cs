using UpcallActors.Linux;

namespace UpcallActors.Odp.Text;

/// <summary>Parses tunnel keys with their masks.</summary>
internal static class TunnelParser
{
    /// <summary>Parses up to the closing bracket.</summary>
    internal static void Parse(OdpTextCursor cursor, ref NetlinkWriter key, ref NetlinkWriter mask)
    {
        int keyNest = key.BeginNest(OvsKeyAttribute.Tunnel);
        int maskNest = mask.BeginNest(OvsKeyAttribute.Tunnel);
        while (cursor.Current != ')')
        {
            ParseOne(cursor, ref key, ref mask);
            cursor.SkipSeparators();
        }

        key.EndNest(keyNest);
        mask.EndNest(maskNest);
    }

    private static void ParseOne(OdpTextCursor cursor, ref NetlinkWriter key, ref NetlinkWriter mask)
    {
        int start = cursor.Position;
        string name = cursor.TakeWord("=()");
        foreach ((ushort type, string known, OdpFieldSyntax syntax) in TunnelFormatter.Fields)
        {
            if (known != name)
                continue;
            cursor.Take("=");
            (UInt128 value, UInt128 bits) = OdpFieldText.Parse(cursor, syntax);
            int length = OdpFieldText.Length(syntax);
            OdpFieldText.Write(key.PutReserved(type, length), value);
            OdpFieldText.Write(mask.PutReserved(type, length), bits);
            return;
        }

        cursor.Take("(");
        switch (name)
        {
            case "flags":
                ParseFlags(cursor, ref key, ref mask);
                break;
            case "vxlan":
                ParseVxlan(cursor, ref key, ref mask);
                break;
            case "geneve":
                (byte[] options, byte[] optionsMask) = GeneveText.Parse(cursor);
                key.Put(OvsTunnelKeyAttribute.GeneveOpts, options);
                mask.Put(OvsTunnelKeyAttribute.GeneveOpts, optionsMask);
                break;
            case "erspan":
                (byte[] metadata, byte[] metadataMask) = ErspanText.Parse(cursor);
                key.Put(OvsTunnelKeyAttribute.ErspanOpts, metadata);
                mask.Put(OvsTunnelKeyAttribute.ErspanOpts, metadataMask);
                break;
            default:
                KeyParser.ParseUnknown(cursor, name, start, "a field of a tunnel key", ref key, ref mask);
                break;
        }

        cursor.Take(")");
    }

    private static void ParseFlags(OdpTextCursor cursor, ref NetlinkWriter key, ref NetlinkWriter mask)
    {
        (uint flags, uint bits) = FlagNames.Tunnel.Parse(cursor);
        foreach (ushort type in (ReadOnlySpan<ushort>)[OvsTunnelKeyAttribute.DontFragment, OvsTunnelKeyAttribute.Csum,
            OvsTunnelKeyAttribute.Oam])
        {
            uint flag = TunnelFormatter.FlagOf(type);
            if ((flags & flag) != 0)
                key.PutFlag(type);
            if ((bits & flag) != 0)
                mask.PutFlag(type);
        }
    }

    private static void ParseVxlan(OdpTextCursor cursor, ref NetlinkWriter key, ref NetlinkWriter mask)
    {
        cursor.Take("gbp(");
        UInt128 id = UInt128.Zero;
        UInt128 idMask = UInt128.Zero;
        UInt128 flags = UInt128.Zero;
        UInt128 flagsMask = UInt128.Zero;
        if (cursor.TryTake("id="))
            (id, idMask) = OdpFieldText.Parse(cursor, OdpFieldSyntax.U16);
        cursor.SkipSeparators();
        if (cursor.TryTake("flags="))
            (flags, flagsMask) = OdpFieldText.Parse(cursor, OdpFieldSyntax.U8Hex);
        cursor.Take(")");
        WriteVxlan((uint)(id | (flags << 16)), ref key);
        WriteVxlan((uint)(idMask | (flagsMask << 16)), ref mask);
    }

    private static void WriteVxlan(uint policy, ref NetlinkWriter writer)
    {
        int nest = writer.BeginNest(OvsTunnelKeyAttribute.VxlanOpts);
        writer.PutU32(OvsFlowKeyWriter.VxlanExtensionGbp, policy);
        writer.EndNest(nest);
    }
}
