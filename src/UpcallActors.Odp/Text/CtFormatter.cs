using System.Globalization;
using System.Text;

namespace UpcallActors.Odp.Text;

/// <summary>Formats ct actions (<c>format_odp_conntrack_action</c>). EVENTMASK has no text in Open vSwitch, and none here.</summary>
internal static class CtFormatter
{
    internal static void Append(StringBuilder text, ReadOnlySpan<byte> payload)
    {
        OvsCtAction.TryParse(payload, out OvsCtAction action);
        text.Append("ct(");
        if (action.Commit)
            text.Append(action.Force ? "force_commit," : "commit,");
        if (action.Zone is > 0)
            text.Append(CultureInfo.InvariantCulture, $"zone={action.Zone},");
        if (action.MarkMask != 0)
        {
            text.Append("mark=");
            OdpFieldText.AppendHexadecimal(text, action.MarkValue);
            text.Append('/');
            OdpFieldText.AppendHexadecimal(text, action.MarkMask);
            text.Append(',');
        }

        if (action.LabelsMask != UInt128.Zero)
        {
            text.Append("label=");
            OdpFieldText.AppendHexadecimal(text, action.LabelsValue);
            if (action.LabelsMask != UInt128.MaxValue)
            {
                text.Append('/');
                OdpFieldText.AppendHexadecimal(text, action.LabelsMask);
            }

            text.Append(',');
        }

        if (!action.Helper.IsEmpty)
            text.Append("helper=").Append(Encoding.UTF8.GetString(action.Helper)).Append(',');
        if (!action.Timeout.IsEmpty)
            text.Append("timeout=").Append(Encoding.UTF8.GetString(action.Timeout)).Append(',');
        if (action.Nat is { } nat)
            AppendNat(text, nat);

        // Without arguments there are no brackets either.
        if (text[^1] == '(')
            text.Length--;
        else
            Close(text);
    }

    private static void AppendNat(StringBuilder text, OvsNatAction nat)
    {
        text.Append("nat");
        if (!nat.Source && !nat.Destination)
            return;
        text.Append(nat.Source ? "(src" : "(dst");
        if (nat.AddressLength != 0)
            AppendRange(text, nat);
        text.Append(',');
        if (nat.Persistent)
            text.Append("persistent,");
        if (nat.ProtoHash)
            text.Append("hash,");
        if (nat.ProtoRandom)
            text.Append("random,");
        Close(text);
    }

    private static void AppendRange(StringBuilder text, OvsNatAction nat)
    {
        text.Append('=');
        bool hasPorts = nat.ProtoMin is > 0;
        AppendAddress(text, nat.AddressLength, nat.IpMin, hasPorts);
        if (nat.IpMax is { } max && max != nat.IpMin && max != UInt128.Zero)
        {
            text.Append('-');
            AppendAddress(text, nat.AddressLength, max, hasPorts);
        }

        if (!hasPorts)
            return;
        text.Append(CultureInfo.InvariantCulture, $":{nat.ProtoMin}");
        if (nat.ProtoMax is > 0 && nat.ProtoMax != nat.ProtoMin)
            text.Append(CultureInfo.InvariantCulture, $"-{nat.ProtoMax}");
    }

    private static void AppendAddress(StringBuilder text, int length, UInt128 address, bool hasPorts)
    {
        if (length == 4)
        {
            OdpFieldText.AppendIpv4(text, (uint)address);
            return;
        }

        text.Append(hasPorts ? "[" : "");
        Ipv6Text.Append(text, address);
        text.Append(hasPorts ? "]" : "");
    }

    private static void Close(StringBuilder text)
    {
        if (text[^1] == ',')
            text.Length--;
        text.Append(')');
    }
}
