using System.Globalization;
using System.Text;
using UpcallActors.Linux;

namespace UpcallActors.Odp.Text;

/// <summary>Formats tunnel keys (<c>format_odp_tun_attr</c>).</summary>
internal sealed class TunnelFormatter(StringBuilder text, KeyFormatter fields, bool verbose)
{
    private static readonly (ushort Type, string Name, OdpFieldSyntax Syntax)[] Plain =
    [
        (OvsTunnelKeyAttribute.Id, "tun_id", OdpFieldSyntax.U64Hex), (OvsTunnelKeyAttribute.Ipv4Src, "src", OdpFieldSyntax.Ipv4),
        (OvsTunnelKeyAttribute.Ipv4Dst, "dst", OdpFieldSyntax.Ipv4),
        (OvsTunnelKeyAttribute.Ipv6Src, "ipv6_src", OdpFieldSyntax.Ipv6), (OvsTunnelKeyAttribute.Ipv6Dst, "ipv6_dst", OdpFieldSyntax.Ipv6),
        (OvsTunnelKeyAttribute.Tos, "tos", OdpFieldSyntax.U8Hex),
        (OvsTunnelKeyAttribute.Ttl, "ttl", OdpFieldSyntax.U8), (OvsTunnelKeyAttribute.TpSrc, "tp_src", OdpFieldSyntax.U16),
        (OvsTunnelKeyAttribute.TpDst, "tp_dst", OdpFieldSyntax.U16),
    ];

    /// <summary>The attributes that are one field each; the parser reads by the same table.</summary>
    internal static ReadOnlySpan<(ushort Type, string Name, OdpFieldSyntax Syntax)> Fields => Plain;

    internal void Append(ReadOnlySpan<byte> key, MaskView mask)
    {
        uint flags = 0;
        uint flagsMask = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(key))
        {
            AttributeMask bits = mask.Find(attribute.Type, attribute.Payload.Length);
            uint flag = FlagOf(attribute.Type);
            flags |= flag;
            if (flag == FlagNames.TunnelKey && bits.HasBytes)
                flagsMask |= flag;
            int expected = OvsTunnelKeyReader.FixedLength(attribute.Type);
            if (expected >= 0 && (attribute.Payload.Length != expected || (bits.HasBytes && bits.Bytes.Length != expected)))
                AppendGeneric(attribute, bits);
            else
                AppendOne(attribute, bits);
        }

        // A flag may be in the mask without being in the key: it must then be off.
        foreach (ushort type in (ReadOnlySpan<ushort>)[OvsTunnelKeyAttribute.DontFragment, OvsTunnelKeyAttribute.Csum,
            OvsTunnelKeyAttribute.Oam])
        {
            if (!mask.IsExact && !mask.Find(type, 0).IsMissing)
                flagsMask |= FlagOf(type);
        }

        if (verbose || mask.IsExact || flagsMask != 0)
        {
            text.Append("flags(");
            FlagNames.Tunnel.Append(text, flags, mask.IsExact ? null : flagsMask);
            text.Append(')');
        }
        else
        {
            fields.Chomp();
        }
    }

    internal static uint FlagOf(ushort type) => type switch
    {
        OvsTunnelKeyAttribute.Id => FlagNames.TunnelKey,
        OvsTunnelKeyAttribute.DontFragment => FlagNames.TunnelDontFragment,
        OvsTunnelKeyAttribute.Csum => FlagNames.TunnelChecksum,
        OvsTunnelKeyAttribute.Oam => FlagNames.TunnelOam,
        _ => 0,
    };

    private void AppendOne(NetlinkAttribute attribute, AttributeMask mask)
    {
        foreach ((ushort type, string name, OdpFieldSyntax syntax) in Plain)
        {
            if (type == attribute.Type)
            {
                fields.AppendField(name, syntax, attribute.Payload, mask);
                return;
            }
        }

        switch (attribute.Type)
        {
            case OvsTunnelKeyAttribute.DontFragment or OvsTunnelKeyAttribute.Csum or OvsTunnelKeyAttribute.Oam or OvsTunnelKeyAttribute.Pad:
                break;
            case OvsTunnelKeyAttribute.VxlanOpts:
                AppendVxlan(attribute.Payload, mask);
                break;
            case OvsTunnelKeyAttribute.GeneveOpts:
                text.Append("geneve(");
                GeneveText.Append(text, attribute.Payload, mask, verbose);
                text.Append("),");
                break;
            case OvsTunnelKeyAttribute.ErspanOpts
                when attribute.Payload.Length >= ErspanText.Length && (!mask.HasBytes || mask.Bytes.Length >= ErspanText.Length):
                text.Append("erspan(");
                ErspanText.Append(text, attribute.Payload, mask, verbose);
                text.Append("),");
                break;
            default:
                AppendGeneric(attribute, mask);
                break;
        }
    }

    private void AppendVxlan(ReadOnlySpan<byte> nested, AttributeMask mask)
    {
        text.Append("vxlan(");
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(nested))
        {
            AttributeMask bits = mask.Nested.Find(attribute.Type, attribute.Payload.Length);
            if (attribute.Type != OvsFlowKeyWriter.VxlanExtensionGbp || attribute.Payload.Length != 4
                || (bits.HasBytes && bits.Bytes.Length != 4))
            {
                AppendGeneric(attribute, bits);
                continue;
            }

            uint? policyMask = bits.HasBytes ? (uint)KeyNames.ReadNumber(bits.Bytes) : null;
            text.Append("gbp(");
            OdpFieldText.Append(text, "id", OdpFieldSyntax.U16, (ushort)attribute.U32, policyMask is { } id ? (ushort)id : null, verbose);
            OdpFieldText.Append(text, "flags", OdpFieldSyntax.U8Hex, (byte)(attribute.U32 >> 16),
                policyMask is { } flags ? (byte)(flags >> 16) : null, verbose);
            fields.Chomp();
            text.Append("),");
        }

        fields.Chomp();
        text.Append("),");
    }

    private void AppendGeneric(NetlinkAttribute attribute, AttributeMask mask)
    {
        text.Append(CultureInfo.InvariantCulture, $"key{attribute.Type}(");
        fields.AppendBytes(attribute.Payload);
        if (!mask.IsAllOnes)
        {
            text.Append('/');
            fields.AppendBytes(mask.Bytes);
        }

        text.Append("),");
    }
}
