using System.Globalization;
using System.Text;
using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Packets and megaflows as <c>ovs-appctl ofproto/trace</c> prints them: a match, with what no OpenFlow match has (the inner VLAN,
/// the outer header's fields, the word <c>eth</c> in a megaflow). <c>match_format</c> in Open vSwitch's match.c says in which order.
/// </summary>
internal static class PacketText
{
    public const TunnelFlags AllTunnelFlags = TunnelFlags.DontFragment | TunnelFlags.Checksum | TunnelFlags.Key | TunnelFlags.Oam;
    private const ushort VlanPresent = 0x1000;
    private const ushort VlanId = 0x0fff;
    private const ushort VlanPriority = 0xe000;
    private const ushort NdSolicit = 135;
    private const ushort NdAdvert = 136;

    private static readonly (TunnelFlags Flag, string Name)[] _tunnelFlags =
        [(TunnelFlags.DontFragment, "df"), (TunnelFlags.Checksum, "csum"), (TunnelFlags.Key, "key"), (TunnelFlags.Oam, "oam")];

    /// <summary>All of a packet (<c>flow_format</c>).</summary>
    public static string Format(in Flow flow, FlowNames? names) => Format(flow, PacketMask.Of(flow), names);

    /// <summary>The bits of a packet that a mask has.</summary>
    public static string Format(in Flow value, in Flow mask, FlowNames? names)
    {
        var text = new StringBuilder();
        Flow remaining = mask;
        for (int i = 0; i < MatchFields.All.Length; i++)
        {
            MatchField field = MatchFields.All[i];
            if (i == MatchFields.FirstAfterShorthand)
                AppendKind(text, value, ref remaining);
            AppendBefore(text, field, value, mask, ref remaining);
            UInt128 bits = field.Read(remaining);
            if (bits == 0 || !CanSay(field, bits, value, mask))
                continue;
            Append(text, field.MatchName, FieldText.Format(field, field.Read(value) & bits, bits, names));
            field.Clear(ref remaining);
        }

        return text.ToString();
    }

    /// <summary>Whether an ICMPv6 packet is a neighbour solicitation or advertisement.</summary>
    public static bool IsNeighbourDiscovery(in FlowKey key) =>
        key is { TpSrc: NdSolicit or NdAdvert, TpDst: 0 } && (key.NwFrag & FlowKey.FragLater) == 0;

    private static bool CanSay(MatchField field, UInt128 bits, in Flow value, in Flow mask) =>
        (field.Maskable || bits == field.Bits) && field.PresenceIn(value) && field.PresenceIn(mask)
            && field.Prerequisite.HoldsForMatch(value, mask);

    private static void AppendKind(StringBuilder text, in Flow value, ref Flow remaining)
    {
        // Said of megaflows only: they are what has a recirculation id in its mask.
        if (remaining.Key.PacketType != 0 && value.Key.PacketType == 0 && text.ToString().Contains("recirc_id", StringComparison.Ordinal))
            Append(text, "eth", null);
        if (ProtocolShorthand.Take(value, ref remaining) is { } shorthand)
            Append(text, shorthand, null);
    }

    /// <summary>What stands before a field and is no field of OpenFlow's here.</summary>
    private static void AppendBefore(StringBuilder text, MatchField field, in Flow value, in Flow mask, ref Flow remaining)
    {
        if (field.Name == "metadata")
            AppendOuterHeader(text, value.Key, mask.Key);
        else if (field.Name == "eth_src" && remaining.Key.CvlanTci != 0)
            AppendInnerVlan(text, value.Key.CvlanTci, remaining.Key.CvlanTci);
        else if (field.Name is "icmp_type" && IsIcmp(value.Key))
            AppendIcmp(text, value.Key, ref remaining.Key);
        else if (field.Name is "nd_sll" && value.Key.EthType == EtherTypes.Ipv6)
            AppendLinkAddresses(text, value.Key, ref remaining.Key);
    }

    private static void AppendOuterHeader(StringBuilder text, in FlowKey value, in FlowKey mask)
    {
        if (mask.TunGbpId != 0)
            Append(text, "tun_gbp_id", mask.TunGbpId == ushort.MaxValue
                ? $"{value.TunGbpId}"
                : $"0x{value.TunGbpId:x}/0x{mask.TunGbpId:x}");
        if (mask.TunGbpFlags != 0)
            Append(text, "tun_gbp_flags", Hexadecimal(value.TunGbpFlags));
        if (mask.TunTos != 0)
            Append(text, "tun_tos", $"{value.TunTos:x}");
        if (mask.TunTtl != 0)
            Append(text, "tun_ttl", $"{value.TunTtl}");
        TunnelFlags flags = mask.TunFlags & AllTunnelFlags;
        if (flags == TunnelFlags.None)
            return;
        var names = new StringBuilder();
        foreach ((TunnelFlags flag, string name) in _tunnelFlags)
        {
            bool set = (value.TunFlags & flag) != 0;
            if (flags != AllTunnelFlags && (flags & flag) != 0)
                names.Append(set ? '+' : '-').Append(name);
            else if (flags == AllTunnelFlags && set)
                names.Append(names.Length > 0 ? "|" : "").Append(name);
        }

        Append(text, "tun_flags", names.Length > 0 ? names.ToString() : "0");
    }

    private static void AppendInnerVlan(StringBuilder text, ushort value, ushort mask)
    {
        bool whole = (mask & VlanPresent) != 0 && (value & VlanPresent) != 0 && (mask & VlanId) is 0 or VlanId
            && (mask & VlanPriority) is 0 or VlanPriority && (mask & (VlanId | VlanPriority)) != 0;
        if (!whole)
        {
            Append(text, "vlan_tci1", mask == ushort.MaxValue ? $"0x{value:x4}" : $"0x{value & mask:x4}/0x{mask:x4}");
            return;
        }

        if ((mask & VlanId) != 0)
            Append(text, "dl_vlan1", $"{value & VlanId}");
        if ((mask & VlanPriority) != 0)
            Append(text, "dl_vlan_pcp1", $"{value >> 13}");
    }

    private static bool IsIcmp(in FlowKey key) =>
        key is { EthType: EtherTypes.Ipv4, NwProto: IpProtocols.Icmp } or { EthType: EtherTypes.Ipv6, NwProto: IpProtocols.Icmpv6 };

    /// <summary>Type and code, which a megaflow may have a part of, though OpenFlow cannot match it.</summary>
    private static void AppendIcmp(StringBuilder text, in FlowKey value, ref FlowKey remaining)
    {
        AppendMasked(text, "icmp_type", value.TpSrc, remaining.TpSrc);
        AppendMasked(text, "icmp_code", value.TpDst, remaining.TpDst);
        remaining.TpSrc = 0;
        remaining.TpDst = 0;
    }

    /// <summary>Both link addresses of neighbour discovery, whichever of them the message has.</summary>
    private static void AppendLinkAddresses(StringBuilder text, in FlowKey value, ref FlowKey remaining)
    {
        if (remaining.ArpSha != 0)
            Append(text, "nd_sll", AddressText.FormatEthernet(value.ArpSha));
        if (remaining.ArpTha != 0)
            Append(text, "nd_tll", AddressText.FormatEthernet(value.ArpTha));
        remaining.ArpSha = 0;
        remaining.ArpTha = 0;
    }

    private static void AppendMasked(StringBuilder text, string name, ushort value, ushort mask)
    {
        if (mask == ushort.MaxValue)
            Append(text, name, $"{value}");
        else if (mask != 0)
            Append(text, name, $"0x{value & mask:x}/0x{mask:x}");
    }

    private static string Hexadecimal(uint value) => value == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    private static void Append(StringBuilder text, string name, string? value)
    {
        if (text.Length > 0)
            text.Append(',');
        text.Append(name);
        if (value is not null)
            text.Append('=').Append(value);
    }
}
