using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using UpcallActors.Linux;

namespace UpcallActors.Odp.Text;

/// <summary>Formats lists of key attributes (<c>odp_flow_format</c> in Open vSwitch).</summary>
internal sealed class KeyFormatter(StringBuilder text, IOdpPortNames names, bool verbose)
{
    private const int MaximumDepth = 8;

    internal void Append(ReadOnlySpan<byte> key, MaskView mask, int depth)
    {
        if (key.IsEmpty || depth > MaximumDepth)
        {
            text.Append("<empty>");
            return;
        }

        string separator = "";
        bool hasEtherType = false;
        bool hasPacketType = false;
        int end = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(key))
        {
            end = attribute.Offset + NetlinkAlignment.Align(NetlinkAttribute.HeaderLength + attribute.Payload.Length);
            hasEtherType |= attribute.Type == OvsKeyAttribute.EtherType;
            hasPacketType |= attribute.Type == OvsKeyAttribute.PacketType;
            AttributeMask bits = mask.Find(attribute.Type, attribute.Payload.Length);
            if (!HasExpectedLength(attribute, bits))
                continue;
            bool isNested = attribute.Type is OvsKeyAttribute.Encap or OvsKeyAttribute.Tunnel or OvsKeyAttribute.Nsh;

            // Of an attribute that ovs-dpctl does not know it prints even a mask of zeros.
            bool isWildcard = bits.IsMissing || (bits.IsWildcard && KeyNames.IsNamed(attribute.Type));
            if (verbose || !isWildcard || isNested)
            {
                text.Append(separator);
                AppendAttribute(attribute, bits, depth);
                separator = ",";
            }
            else if (attribute.Type == OvsKeyAttribute.Ethernet && !hasPacketType)
            {
                // Its presence tells an Ethernet packet from others, so it is printed even if nothing of it counts.
                text.Append(separator).Append("eth()");
                separator = ",";
            }
        }

        AppendLeftover(key, Math.Min(end, key.Length));
        if (!hasEtherType && !mask.IsExact)
            AppendEtherTypeMask(mask);
    }

    /// <summary>Formats one attribute whose length is as expected (<c>format_odp_key_attr__</c>).</summary>
    internal void AppendAttribute(NetlinkAttribute attribute, AttributeMask mask, int depth)
    {
        text.Append(KeyNames.Of(attribute.Type)).Append('(');
        if (StructAttribute.Of(attribute.Type) is { } structure)
        {
            foreach (StructField field in structure.Fields)
                AppendField(field.Name, field.Syntax, attribute.Payload[field.Offset..], mask, field.Offset);
            Chomp();
        }
        else
        {
            AppendContent(attribute, mask, depth);
        }

        text.Append(')');
    }

    internal void AppendField(string name, OdpFieldSyntax syntax, ReadOnlySpan<byte> value, AttributeMask mask, int maskOffset = 0)
    {
        int length = OdpFieldText.Length(syntax);
        UInt128? bits = mask.HasBytes ? OdpFieldText.Read(mask.Bytes.Slice(maskOffset, length)) : null;
        OdpFieldText.Append(text, name, syntax, OdpFieldText.Read(value[..length]), bits, verbose);
    }

    /// <summary>Takes a trailing comma away.</summary>
    internal void Chomp()
    {
        if (text.Length > 0 && text[^1] == ',')
            text.Length--;
    }

    internal void AppendBytes(ReadOnlySpan<byte> bytes)
    {
        for (int index = 0; index < bytes.Length; index++)
            text.Append(index == 0 ? "" : " ").Append(bytes[index].ToString("x2", CultureInfo.InvariantCulture));
    }

    private void AppendContent(NetlinkAttribute attribute, AttributeMask mask, int depth)
    {
        switch (attribute.Type)
        {
            case OvsKeyAttribute.Encap:
                if (!attribute.Payload.IsEmpty)
                    Append(attribute.Payload, mask.Nested, depth + 1);
                break;
            case OvsKeyAttribute.Tunnel:
                new TunnelFormatter(text, this, verbose).Append(attribute.Payload, mask.Nested);
                break;
            case OvsKeyAttribute.Nsh:
                NshText.Append(text, attribute.Payload, mask);
                break;
            case OvsKeyAttribute.Vlan:
                AppendTci(text, attribute.U16BigEndian, mask.HasBytes
                    ? BinaryPrimitives.ReadUInt16BigEndian(mask.Bytes)
                    : ushort.MaxValue, verbose);
                break;
            case OvsKeyAttribute.Mpls:
                AppendMpls(attribute.Payload, mask);
                break;
            case OvsKeyAttribute.TcpFlags:
                FlagNames.Tcp.Append(text, attribute.U16BigEndian,
                    mask.HasBytes ? BinaryPrimitives.ReadUInt16BigEndian(mask.Bytes) & FlagNames.Tcp.All : null);
                break;
            case OvsKeyAttribute.EtherType:
                text.Append(CultureInfo.InvariantCulture, $"0x{attribute.U16BigEndian:x4}");
                if (!mask.IsAllOnes)
                    text.Append(CultureInfo.InvariantCulture, $"/0x{BinaryPrimitives.ReadUInt16BigEndian(mask.Bytes):x4}");
                break;
            case OvsKeyAttribute.InPort when mask.IsAllOnes:
                text.Append(names.NameOf(attribute.U32) ?? attribute.U32.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                AppendNumber(attribute, mask);
                break;
        }
    }

    private void AppendNumber(NetlinkAttribute attribute, AttributeMask mask)
    {
        if (!KeyNames.IsNumber(attribute.Type))
        {
            AppendBytes(attribute.Payload);
            if (!mask.IsAllOnes)
            {
                text.Append('/');
                AppendBytes(mask.Bytes);
            }

            return;
        }

        // ct_mark, ct_zone and ct_label are empty brackets where nothing of them counts.
        bool isShown = verbose || (mask.HasBytes && !mask.IsWildcard)
            || attribute.Type is not (OvsKeyAttribute.CtMark or OvsKeyAttribute.CtZone or OvsKeyAttribute.CtLabels);
        if (!isShown)
            return;
        UInt128 value = KeyNames.ReadNumber(attribute.Payload);
        if (attribute.Type == OvsKeyAttribute.CtState && !verbose)
        {
            FlagNames.CtState.Append(text, (uint)value, mask.HasBytes ? (uint)KeyNames.ReadNumber(mask.Bytes) : null);
            return;
        }

        if (attribute.Type == OvsKeyAttribute.InPort)
            text.Append(value.ToString(CultureInfo.InvariantCulture));
        else
            OdpFieldText.AppendHexadecimal(text, value);
        if (!mask.IsAllOnes)
        {
            text.Append('/');
            OdpFieldText.AppendHexadecimal(text, KeyNames.ReadNumber(mask.Bytes));
        }
    }

    internal static void AppendTci(StringBuilder text, ushort tci, ushort mask, bool verbose)
    {
        string separator = "";
        (int vid, int vidMask) = (tci & 0xfff, mask & 0xfff);
        (int pcp, int pcpMask) = (tci >> 13, mask >> 13);
        if (verbose || (vid | vidMask) != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"vid={vid}");
            if (vidMask != 0xfff)
                text.Append(CultureInfo.InvariantCulture, $"/0x{vidMask:x}");
            separator = ",";
        }

        if (verbose || (pcp | pcpMask) != 0)
        {
            text.Append(separator).Append(CultureInfo.InvariantCulture, $"pcp={pcp}");
            if (pcpMask != 7)
                text.Append(CultureInfo.InvariantCulture, $"/0x{pcpMask:x}");
            separator = ",";
        }

        if ((tci & OvsFlowKeyReader.VlanPresent) == 0)
            text.Append(separator).Append("cfi=0");
    }

    internal static void AppendLabelStackEntry(StringBuilder text, uint entry) =>
        text.Append(CultureInfo.InvariantCulture, $"label={entry >> 12},tc={(entry >> 9) & 7},ttl={(byte)entry},bos={(entry >> 8) & 1}");

    private void AppendMpls(ReadOnlySpan<byte> payload, AttributeMask mask)
    {
        if (payload.IsEmpty || payload.Length % 4 != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"(bad key length {payload.Length})");
            return;
        }

        if (!mask.IsAllOnes && mask.Bytes.Length != payload.Length)
        {
            text.Append(CultureInfo.InvariantCulture, $"(key length {payload.Length} != mask length {mask.Bytes.Length})");
            return;
        }

        for (int offset = 0; offset < payload.Length; offset += 4)
        {
            text.Append(offset == 0 ? "" : ",");
            uint entry = BinaryPrimitives.ReadUInt32BigEndian(payload[offset..]);
            if (mask.IsAllOnes)
            {
                AppendLabelStackEntry(text, entry);
                continue;
            }

            uint bits = BinaryPrimitives.ReadUInt32BigEndian(mask.Bytes[offset..]);
            text.Append(CultureInfo.InvariantCulture, $"label={entry >> 12}/0x{bits >> 12:x},tc={(entry >> 9) & 7}/{(bits >> 9) & 7:x},");
            text.Append(CultureInfo.InvariantCulture, $"ttl={(byte)entry}/0x{(byte)bits:x},bos={(entry >> 8) & 1}/{(bits >> 8) & 1:x}");
        }
    }

    /// <summary>Says what is wrong with an attribute of the wrong length (<c>check_attr_len</c>).</summary>
    private bool HasExpectedLength(NetlinkAttribute attribute, AttributeMask mask)
    {
        int expected = OvsKeyAttributeReader.FixedLength(attribute.Type);
        bool isBadKey = expected >= 0 && attribute.Payload.Length != expected;
        bool isBadMask = mask.HasBytes && mask.Bytes.Length != expected && expected >= 0;
        if (!isBadKey && !isBadMask)
            return true;
        if (isBadKey)
            text.Append(CultureInfo.InvariantCulture, $"(bad key length {attribute.Payload.Length}, expected {expected})(");
        AppendBytes(attribute.Payload);
        if (mask.HasBytes)
        {
            text.Append('/');
            if (isBadMask)
                text.Append(CultureInfo.InvariantCulture, $"(bad mask length {mask.Bytes.Length}, expected {expected})(");
            AppendBytes(mask.Bytes);
        }

        text.Append(')');
        return false;
    }

    private void AppendLeftover(ReadOnlySpan<byte> key, int end)
    {
        if (end == key.Length)
            return;
        text.Append(end == 0 ? "<empty>" : "").Append(CultureInfo.InvariantCulture, $",***{key.Length - end} leftover bytes*** (");
        text.Append(Convert.ToHexStringLower(key[end..])).Append(')');
    }

    private void AppendEtherTypeMask(MaskView mask)
    {
        AttributeMask etherType = mask.Find(OvsKeyAttribute.EtherType, 2);
        if (!etherType.IsMissing && etherType.Bytes.Length == 2)
            text.Append(CultureInfo.InvariantCulture, $",eth_type(0/0x{BinaryPrimitives.ReadUInt16BigEndian(etherType.Bytes):x4})");
    }
}
