using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>Checks action lists, so that what walks them afterwards need not.</summary>
internal static class OvsActionList
{
    /// <summary>How deep actions may nest; as many levels as the kernel copies (<c>OVS_COPY_ACTIONS_MAX_DEPTH</c>).</summary>
    public const int MaximumDepth = 16;

    /// <summary>
    /// Whether a list and all lists nested in it are well formed and every known action has the payload it needs. Actions not
    /// known pass: a flow that a newer datapath reports may have them; who executes must refuse them.
    /// </summary>
    public static OdpParseError Check(ReadOnlySpan<byte> actions) => Check(actions, depth: 0);

    private static OdpParseError Check(ReadOnlySpan<byte> actions, int depth)
    {
        if (depth >= MaximumDepth)
            return OdpParseError.TooDeep;
        var list = new NetlinkAttributes(actions).GetEnumerator();
        while (list.MoveNext())
        {
            OdpParseError error = CheckOne(list.Current, depth);
            if (error != OdpParseError.None)
                return error;
        }

        return list.Error == NetlinkParseError.None ? OdpParseError.None : OdpParseError.Netlink;
    }

    internal static OdpParseError CheckOne(NetlinkAttribute action, int depth)
    {
        int expected = FixedLength(action.Type);
        if (expected >= 0)
            return action.Payload.Length == expected ? OdpParseError.None : OdpParseError.AttributeSize;
        switch (action.Type)
        {
            case OvsActionAttribute.Userspace:
                return OvsUserspaceAction.TryParse(action.Payload, out _);
            case OvsActionAttribute.Ct:
                return OvsCtAction.TryParse(action.Payload, out _);
            case OvsActionAttribute.Psample:
                return OvsPsampleAction.TryParse(action.Payload, out _);
            case OvsActionAttribute.Set:
                return CheckSet(action.Payload, isMasked: false);
            case OvsActionAttribute.SetMasked:
                return CheckSet(action.Payload, isMasked: true);
            case OvsActionAttribute.PushNsh:
                return CheckPushNsh(action.Payload);
            case OvsActionAttribute.Clone:
                return Check(action.Payload, depth + 1);
            case OvsActionAttribute.Sample:
                OdpParseError error = OvsSampleAction.TryParse(action.Payload, out OvsSampleAction sample);
                return error == OdpParseError.None ? Check(sample.Actions, depth + 1) : error;
            case OvsActionAttribute.CheckPktLen:
                return CheckBranches(action.Payload, depth);
            case OvsActionAttribute.DecTtl:
                return CheckDecTtl(action.Payload, depth);
            default:
                return OdpParseError.None;
        }
    }

    /// <summary>Payload bytes of an action of fixed size, −1 for the others.</summary>
    private static int FixedLength(ushort type) => type switch
    {
        OvsActionAttribute.Output or OvsActionAttribute.Recirc or OvsActionAttribute.Trunc or OvsActionAttribute.Meter
            or OvsActionAttribute.Drop => 4,
        OvsActionAttribute.PushVlan => 4,
        OvsActionAttribute.PopVlan or OvsActionAttribute.PopEth or OvsActionAttribute.CtClear or OvsActionAttribute.PopNsh => 0,
        OvsActionAttribute.Hash or OvsActionAttribute.PushMpls or OvsActionAttribute.AddMpls => 8,
        OvsActionAttribute.PopMpls => 2,
        OvsActionAttribute.PushEth => 12,
        _ => -1,
    };

    /// <summary>The header to push is an NSH key attribute in another nest.</summary>
    private static OdpParseError CheckPushNsh(ReadOnlySpan<byte> payload)
    {
        if (NetlinkAttributes.Check(payload) != NetlinkParseError.None)
            return OdpParseError.Netlink;
        FlowKey ignored = default;
        return new NetlinkAttributes(payload).TryFindLast(OvsKeyAttribute.Nsh, out NetlinkAttribute nsh)
            ? OvsKeyAttributeReader.ReadNsh(nsh.Payload, ref ignored)
            : OdpParseError.AttributeMissing;
    }

    private static OdpParseError CheckBranches(ReadOnlySpan<byte> payload, int depth)
    {
        OdpParseError error = OvsCheckPktLenAction.TryParse(payload, out OvsCheckPktLenAction check);
        if (error == OdpParseError.None)
            error = Check(check.IfGreater, depth + 1);
        return error == OdpParseError.None ? Check(check.IfLessEqual, depth + 1) : error;
    }

    private static OdpParseError CheckDecTtl(ReadOnlySpan<byte> payload, int depth)
    {
        if (NetlinkAttributes.Check(payload) != NetlinkParseError.None)
            return OdpParseError.Netlink;
        return new NetlinkAttributes(payload).TryFindLast(OvsActionWriter.DecTtlActions, out NetlinkAttribute actions)
            ? Check(actions.Payload, depth + 1)
            : OdpParseError.AttributeMissing;
    }

    /// <summary>A set has exactly one key attribute, whose payload is a value, or a value and a mask of the same size.</summary>
    private static OdpParseError CheckSet(ReadOnlySpan<byte> payload, bool isMasked)
    {
        var list = new NetlinkAttributes(payload).GetEnumerator();
        if (!list.MoveNext())
            return list.Error == NetlinkParseError.None ? OdpParseError.AttributeMissing : OdpParseError.Netlink;
        NetlinkAttribute field = list.Current;
        if (list.MoveNext())
            return OdpParseError.AttributeValue;
        if (list.Error != NetlinkParseError.None)
            return OdpParseError.Netlink;
        FlowKey ignored = default;
        switch (field.Type)
        {
            case OvsKeyAttribute.Tunnel:
                return isMasked ? OdpParseError.AttributeValue : OvsTunnelKeyReader.Read(field.Payload, ref ignored);
            case OvsKeyAttribute.Nsh:
                return CheckSetNsh(field.Payload, isMasked);
            default:
                int expected = OvsKeyAttributeReader.FixedLength(field.Type);
                if (field.Type == OvsKeyAttribute.Mpls)
                    expected = 4;
                return expected < 0 || field.Payload.Length == (isMasked ? 2 * expected : expected)
                    ? OdpParseError.None
                    : OdpParseError.AttributeSize;
        }
    }

    /// <summary>In a masked set of NSH each of the nested attributes carries its mask behind its value.</summary>
    private static OdpParseError CheckSetNsh(ReadOnlySpan<byte> payload, bool isMasked)
    {
        var list = new NetlinkAttributes(payload).GetEnumerator();
        int factor = isMasked ? 2 : 1;
        while (list.MoveNext())
        {
            int expected = list.Current.Type switch
            {
                OvsNshKeyAttribute.Base => 8,
                OvsNshKeyAttribute.Md1 => 16,
                _ => -1,
            };
            if (expected >= 0 && list.Current.Payload.Length != factor * expected)
                return OdpParseError.AttributeSize;
        }

        return list.Error == NetlinkParseError.None ? OdpParseError.None : OdpParseError.Netlink;
    }
}
