using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>A match on the wire, with the cookie that stands in it in NXM.</summary>
internal readonly record struct WireMatch(Match Match, ulong Cookie = 0, ulong CookieMask = 0);

/// <summary>
/// Matches in NXM and OXM (<c>nx_pull_match</c>, <c>oxm_pull_match</c>): a list of fields. They are written in the order of
/// <c>nx_put_raw</c>, so that a match is always the same bytes.
/// </summary>
internal static class MatchCodec
{
    private const ushort OxmType = 1;
    private const int OxmHeader = 4;

    private static readonly MatchField _vlanTci = MatchFields.Get("vlan_tci");
    private static readonly MatchField _vlanId = MatchFields.Get("vlan_vid");
    private static readonly MatchField _vlanPriority = MatchFields.Get("vlan_pcp");
    private static readonly MatchField _tos = MatchFields.Get("nw_tos");
    private static readonly MatchField _dscp = MatchFields.Get("ip_dscp");

    // Fields that a version writes under another name are left out here and written in the place of the first name.
    private static readonly ImmutableArray<MatchField> _order =
    [
        .. Named("dp_hash recirc_id conj_id in_port eth_src eth_dst eth_type vlan_tci ip_src ip_dst ipv6_src ipv6_dst ip_frag nw_tos"),
        .. Named("nw_ecn nw_ttl ipv6_label nw_proto tcp_src tcp_dst tcp_flags udp_src udp_dst sctp_src sctp_dst icmp_type icmp_code"),
        .. Named("icmpv6_type icmpv6_code nd_target nd_sll nd_tll arp_op arp_spa arp_tpa arp_sha arp_tha"),
        .. Named("tun_id tun_src tun_dst tun_ipv6_src tun_ipv6_dst"),
        .. Enumerable.Range(0, Flow.RegisterCount).Select(index => MatchFields.Get($"reg{index}")),
        .. Enumerable.Range(0, Flow.RegisterCount / 2).Select(index => MatchFields.Get($"xreg{index}")),
        .. Named("pkt_mark ct_state ct_zone ct_mark ct_label ct_nw_src ct_ipv6_src ct_nw_dst ct_ipv6_dst"),
        .. Named("ct_nw_proto ct_tp_src ct_tp_dst metadata"),
    ];

    /// <summary>Reads a match in NXM of so many bytes, and its padding.</summary>
    /// <param name="reader">Where it stands.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="allowsCookie">Whether a cookie may stand in it.</param>
    /// <param name="isStrict">Whether fields that are unknown or do not fit are refused; else they are passed over.</param>
    /// <param name="match">The match.</param>
    public static OpenFlowError? DecodeNxm(ref WireReader reader, int length, bool allowsCookie, bool isStrict, out WireMatch match)
    {
        match = new WireMatch(Match.Any);
        var entries = new WireReader(reader.Take(length));
        reader.Skip(-length & 7);
        return reader.Failed ? BadMatch.BadLength : DecodeEntries(entries, allowsCookie, isStrict, out match);
    }

    /// <summary>Reads a match in OXM with its header and its padding.</summary>
    public static OpenFlowError? DecodeOxm(ref WireReader reader, bool isStrict, out Match match)
    {
        match = Match.Any;
        ushort type = reader.U16();
        int length = reader.U16();
        if (reader.Failed || length < OxmHeader)
            return BadMatch.BadLength;
        if (type != OxmType)
            return BadMatch.BadType;
        var entries = new WireReader(reader.Take(length - OxmHeader));
        reader.Skip(-length & 7);
        if (reader.Failed)
            return BadMatch.BadLength;
        OpenFlowError? error = DecodeEntries(entries, allowsCookie: false, isStrict, out WireMatch read);
        match = read.Match;
        return error;
    }

    /// <summary>Reads the fields of a match up to the end (<c>nx_pull_raw</c>).</summary>
    public static OpenFlowError? DecodeEntries(WireReader entries, bool allowsCookie, bool isStrict, out WireMatch match)
    {
        var builder = new MatchBuilder();
        ulong cookie = 0;
        ulong cookieMask = 0;
        match = new WireMatch(Match.Any);
        while (entries.Left > 0)
        {
            OpenFlowError? error = FieldEntry.TakeFromMatch(ref entries, allowsCookie, out FieldEntry entry);
            if (error == BadMatch.BadField && !isStrict)
                continue;
            if (error is not null)
                return error;
            if (entry.Field is not { } field)
            {
                if (cookieMask != 0)
                    return BadMatch.DuplicateField;
                (cookie, cookieMask) = ((ulong)entry.Value, (ulong)entry.Mask);
                continue;
            }

            if (isStrict && !field.Prerequisite.HoldsForMatch(builder.Value, builder.Mask))
                return BadMatch.BadPrerequisite;
            if (field.Read(builder.Mask) != 0)
                return BadMatch.DuplicateField;
            builder.Add(field, entry.Value, entry.Mask & field.Bits);
        }

        match = new WireMatch(builder.Build(), cookie, cookieMask);
        return null;
    }

    /// <summary>Appends a match in NXM with its padding.</summary>
    /// <returns>Its bytes without the padding.</returns>
    public static int EncodeNxm(WireWriter writer, in WireMatch match)
    {
        int start = writer.Length;
        EncodeEntries(writer, match.Match, version: null);
        if (match.CookieMask != 0)
            FieldEntry.PutCookie(writer, match.Cookie, match.CookieMask);
        int length = writer.Length - start;
        writer.Pad8(start);
        return length;
    }

    /// <summary>Appends a match in OXM with its header and its padding.</summary>
    public static void EncodeOxm(WireWriter writer, Match match, OpenFlowVersion version)
    {
        int start = writer.Length;
        writer.U16(OxmType);
        writer.U16(0);
        EncodeEntries(writer, match, version);
        writer.PatchLength(start + sizeof(ushort), start);
        writer.Pad8(start);
    }

    /// <summary>Appends the fields of a match in a version, or in NXM.</summary>
    public static void EncodeEntries(WireWriter writer, Match match, OpenFlowVersion? version)
    {
        Flow value = match.ToValue();
        Flow mask = match.ToMask();
        foreach (MatchField field in _order)
        {
            if (field == _vlanTci && version is not null)
                EncodeVlan(writer, version, value, mask);
            else if (IsWritten(field, version))
                EncodeField(writer, field == _tos && version is not null ? _dscp : field, version, value, mask);
        }
    }

    private static IEnumerable<MatchField> Named(string names) => names.Split(' ').Select(MatchFields.Get);

    // Registers are pairs since 1.5.
    private static bool IsWritten(MatchField field, OpenFlowVersion? version) =>
        field.Name.StartsWith("xreg", StringComparison.Ordinal) ? version >= OpenFlowVersion.V15
            : !field.Name.StartsWith("reg", StringComparison.Ordinal) || version is null or < OpenFlowVersion.V15;

    private static void EncodeField(WireWriter writer, MatchField field, OpenFlowVersion? version, in Flow value, in Flow mask)
    {
        UInt128 bits = field.Read(mask);
        bool isAbout = field.Prerequisite is FieldPrerequisite.None or FieldPrerequisite.Connection
            || field.Prerequisite.HoldsForMatch(value, mask);
        if (bits != 0 && isAbout)
            FieldEntry.Put(writer, field, version, field.Read(value) & bits, bits);
    }

    /// <summary>
    /// The priority only of a tag that there is. Open vSwitch writes it with any id but 0 (<c>nx_put_raw</c>), and nobody can read that: a
    /// flow for it, which no packet can be, would take all flows of a dump away from a client.
    /// </summary>
    private static void EncodeVlan(WireWriter writer, OpenFlowVersion? version, in Flow value, in Flow mask)
    {
        UInt128 bits = _vlanId.Read(mask);
        if (bits != 0)
            FieldEntry.Put(writer, _vlanId, version, _vlanId.Read(value), bits);
        if (_vlanPriority.Read(mask) != 0 && _vlanPriority.Prerequisite.HoldsForMatch(value, mask))
            FieldEntry.Put(writer, _vlanPriority, version, _vlanPriority.Read(value), _vlanPriority.Bits);
    }
}
