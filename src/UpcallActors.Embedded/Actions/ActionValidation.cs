using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Checks actions before they are kept or executed, as <c>__ovs_nla_copy_actions</c> in the kernel's
/// <c>net/openvswitch/flow_netlink.c</c>: afterwards executing them cannot fail on their form. Answers are those of the kernel.
/// </summary>
/// <remarks>
/// MPLS, NSH, push/pop of Ethernet headers, dec_ttl and psample are not implemented. They are refused with EINVAL, like an unknown action
/// in an old kernel, so feature probes find them absent.
/// </remarks>
internal static class ActionValidation
{
    /// <summary>How deep actions may nest (<c>OVS_COPY_ACTIONS_MAX_DEPTH</c>).</summary>
    private const int MaximumDepth = 16;

    /// <summary>Port numbers end here (<c>DP_MAX_PORTS</c>).</summary>
    public const uint MaximumPorts = ushort.MaxValue;

    private const int VariableLength = -1;
    private const int Unsupported = -2;

    /// <summary>Checks a list for packets of a (masked) key. Returns <see cref="Errno.None"/> or why not.</summary>
    public static Errno Check(ReadOnlySpan<byte> actions, in FlowKey key, int depth = 0)
    {
        if (depth > MaximumDepth)
            return Errno.Overflow;
        if (NetlinkAttributes.Check(actions) != NetlinkParseError.None)
            return Errno.Invalid;
        foreach (NetlinkAttribute action in new NetlinkAttributes(actions))
        {
            int length = LengthOf(action.Type);
            if (length == Unsupported || (length != VariableLength && length != action.Payload.Length))
                return Errno.Invalid;
            Errno error = CheckOne(action, key, depth);
            if (error != Errno.None)
                return error;
        }

        return Errno.None;
    }

    private static int LengthOf(ushort type) => type switch
    {
        OvsActionAttribute.Output or OvsActionAttribute.Recirc or OvsActionAttribute.Trunc or OvsActionAttribute.Meter
            or OvsActionAttribute.Drop => sizeof(uint),
        OvsActionAttribute.PushVlan => 4,
        OvsActionAttribute.Hash => 8,
        OvsActionAttribute.PopVlan or OvsActionAttribute.CtClear => 0,
        OvsActionAttribute.Userspace or OvsActionAttribute.Set or OvsActionAttribute.SetMasked or OvsActionAttribute.Sample
            or OvsActionAttribute.Ct or OvsActionAttribute.Clone or OvsActionAttribute.CheckPktLen => VariableLength,
        _ => Unsupported,
    };

    private static Errno CheckOne(NetlinkAttribute action, in FlowKey key, int depth)
    {
        switch (action.Type)
        {
            case OvsActionAttribute.Output:
                return ErrorUnless(action.U32 < MaximumPorts);
            case OvsActionAttribute.Trunc:
                return ErrorUnless(action.U32 >= EthernetHeader.Length);
            case OvsActionAttribute.Hash:
                return ErrorUnless(action.U32 == 0);
            case OvsActionAttribute.PushVlan:
                return ErrorUnless(EtherTypes.IsVlan(action.U16BigEndian) && (action.Payload[2] & 0x10) != 0);
            case OvsActionAttribute.Userspace:
                return CheckUserspace(action.Payload);
            case OvsActionAttribute.Set:
                return SetValidation.Check(action.Payload, key, masked: false);
            case OvsActionAttribute.SetMasked:
                return SetValidation.Check(action.Payload, key, masked: true);
            case OvsActionAttribute.Ct:
                return ConntrackRefusal.Of(ConntrackParameters.TryParse(action.Payload, key.EthType, out _));
            case OvsActionAttribute.Sample:
                return CheckSample(action.Payload, key, depth);
            case OvsActionAttribute.Clone:
                return Check(action.Payload, key, depth + 1);
            case OvsActionAttribute.CheckPktLen:
                return CheckPacketLength(action.Payload, key, depth);
            default:
                return Errno.None;
        }
    }

    private static Errno CheckUserspace(ReadOnlySpan<byte> payload)
    {
        if (NetlinkAttributes.Check(payload) != NetlinkParseError.None)
            return Errno.Invalid;
        var attributes = new NetlinkAttributes(payload);
        return ErrorUnless(attributes.TryFindLast(OvsUserspaceAttribute.Pid, out NetlinkAttribute pid) && pid.Payload.Length >= sizeof(uint)
            && pid.U32 != 0);
    }

    private static Errno CheckSample(ReadOnlySpan<byte> payload, in FlowKey key, int depth)
    {
        if (NetlinkAttributes.Check(payload) != NetlinkParseError.None)
            return Errno.Invalid;
        NetlinkAttribute probability = default;
        NetlinkAttribute actions = default;
        int seen = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(payload))
        {
            if (attribute.Type is not (OvsSampleAttribute.Probability or OvsSampleAttribute.Actions) || (seen & (1 << attribute.Type)) != 0)
                return Errno.Invalid;
            seen |= 1 << attribute.Type;
            if (attribute.Type == OvsSampleAttribute.Probability)
                probability = attribute;
            else
                actions = attribute;
        }

        if (probability.Payload.Length != sizeof(uint) || (seen & (1 << OvsSampleAttribute.Actions)) == 0)
            return Errno.Invalid;
        return Check(actions.Payload, key, depth + 1);
    }

    private static Errno CheckPacketLength(ReadOnlySpan<byte> payload, in FlowKey key, int depth)
    {
        if (NetlinkAttributes.Check(payload) != NetlinkParseError.None)
            return Errno.Invalid;
        var attributes = new NetlinkAttributes(payload);
        if (!attributes.TryFindLast(OvsCheckPktLenAttribute.PktLen, out NetlinkAttribute length) || length.U16 == 0
            || !attributes.TryFindLast(OvsCheckPktLenAttribute.ActionsIfLessEqual, out NetlinkAttribute lessEqual)
            || !attributes.TryFindLast(OvsCheckPktLenAttribute.ActionsIfGreater, out NetlinkAttribute greater))
            return Errno.Invalid;
        Errno error = Check(lessEqual.Payload, key, depth + 1);
        return error != Errno.None ? error : Check(greater.Payload, key, depth + 1);
    }

    private static Errno ErrorUnless(bool valid) => valid ? Errno.None : Errno.Invalid;
}
