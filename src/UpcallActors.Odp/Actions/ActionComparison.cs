using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>
/// Compares the actions of a flow in the datapath with those it should have. A datapath does not return actions byte for byte: the kernel
/// writes the attributes within CT, NAT, CHECK_PKT_LEN and tunnel keys in its own order. And there are numbers whose value is accidental:
/// recirculation ids and Netlink port ids of an earlier run. One instance is used by one thread, over and over.
/// </summary>
internal sealed class ActionComparison
{
    private readonly List<(uint Installed, uint Own)> _recirculations = [];

    /// <summary>How attributes within one another are to be read.</summary>
    private enum Scope
    {
        /// <summary>Bytes.</summary>
        Opaque,

        /// <summary>A list of actions, the one scope in which order counts.</summary>
        Actions,

        Userspace,
        Sample,
        CheckPktLen,
        DecTtl,
        Ct,
        Nat,
        Set,
        Tunnel,

        /// <summary>The number of a RECIRC action.</summary>
        RecirculationId,

        /// <summary>The Netlink port id of a USERSPACE action.</summary>
        PortId,

        /// <summary>What a USERSPACE action wants back; one of ours has a recirculation id in it.</summary>
        Cookie,
    }

    /// <summary>The pairs of recirculation ids, in the datapath and ours, that differed in the last comparison.</summary>
    public IReadOnlyList<(uint Installed, uint Own)> Recirculations => _recirculations;

    /// <summary>Whether Netlink port ids differed in the last comparison.</summary>
    public bool PortIdsDiffer { get; private set; }

    /// <summary>
    /// Whether nothing but what <see cref="Recirculations"/> and <see cref="PortIdsDiffer"/> say
    /// was different. Both lists have passed <see cref="OvsActionList.Check(ReadOnlySpan{byte})"/>.
    /// </summary>
    public bool AreEqualButForIds(ReadOnlySpan<byte> installed, ReadOnlySpan<byte> own)
    {
        _recirculations.Clear();
        PortIdsDiffer = false;
        return HaveEqualLists(installed, own);
    }

    /// <summary>Whether the datapath would do the same for both.</summary>
    public bool AreEqual(ReadOnlySpan<byte> installed, ReadOnlySpan<byte> own) =>
        AreEqualButForIds(installed, own) && _recirculations.Count == 0 && !PortIdsDiffer;

    /// <summary>
    /// Adds the recirculation ids in actions to a list, one for each place. The
    /// actions have passed <see cref="OvsActionList.Check(ReadOnlySpan{byte})"/>.
    /// </summary>
    public static void CollectRecirculationIds(ReadOnlySpan<byte> actions, ICollection<uint> ids) => Collect(Scope.Actions, actions, ids);

    private static void Collect(Scope scope, ReadOnlySpan<byte> attributes, ICollection<uint> ids)
    {
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(attributes))
        {
            Scope within = Within(scope, attribute.Type);
            switch (within)
            {
                case Scope.RecirculationId:
                    ids.Add(attribute.U32);
                    break;
                case Scope.Cookie when UserspaceCookie.TryRead(attribute.Payload, out UserspaceCookie cookie) && cookie.RecircId != 0:
                    ids.Add(cookie.RecircId);
                    break;
                case Scope.Opaque or Scope.PortId or Scope.Cookie:
                    break;
                default:
                    Collect(within, attribute.Payload, ids);
                    break;
            }
        }
    }

    private static Scope Within(Scope scope, ushort type) => (scope, type) switch
    {
        (Scope.Actions, OvsActionAttribute.Recirc) => Scope.RecirculationId,
        (Scope.Actions, OvsActionAttribute.Userspace) => Scope.Userspace,
        (Scope.Actions, OvsActionAttribute.Ct) => Scope.Ct,
        (Scope.Actions, OvsActionAttribute.Set) => Scope.Set,
        (Scope.Actions, OvsActionAttribute.Sample) => Scope.Sample,
        (Scope.Actions, OvsActionAttribute.CheckPktLen) => Scope.CheckPktLen,
        (Scope.Actions, OvsActionAttribute.DecTtl) => Scope.DecTtl,
        (Scope.Actions, OvsActionAttribute.Clone) => Scope.Actions,
        (Scope.Sample, OvsSampleAttribute.Actions) => Scope.Actions,
        (Scope.CheckPktLen, OvsCheckPktLenAttribute.ActionsIfGreater or OvsCheckPktLenAttribute.ActionsIfLessEqual) => Scope.Actions,
        (Scope.DecTtl, OvsActionWriter.DecTtlActions) => Scope.Actions,
        (Scope.Ct, OvsCtAttribute.Nat) => Scope.Nat,
        (Scope.Set, OvsKeyAttribute.Tunnel) => Scope.Tunnel,
        (Scope.Userspace, OvsUserspaceAttribute.Pid) => Scope.PortId,
        (Scope.Userspace, OvsUserspaceAttribute.UserData) => Scope.Cookie,
        _ => Scope.Opaque,
    };

    private bool HaveEqualLists(ReadOnlySpan<byte> installed, ReadOnlySpan<byte> own)
    {
        NetlinkAttributes.Enumerator ours = new NetlinkAttributes(own).GetEnumerator();
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(installed))
        {
            if (!ours.MoveNext() || ours.Current.Type != attribute.Type || !HaveEqualValues(Scope.Actions, attribute, ours.Current))
                return false;
        }

        return !ours.MoveNext();
    }

    /// <summary>Of attributes that are there more than once the last counts, as it does for the kernel (<c>nla_parse</c>).</summary>
    private bool HaveEqualSets(Scope scope, ReadOnlySpan<byte> installed, ReadOnlySpan<byte> own)
    {
        var all = new NetlinkAttributes(installed);
        var ours = new NetlinkAttributes(own);
        foreach (NetlinkAttribute attribute in all)
        {
            if (!all.TryFindLast(attribute.Type, out NetlinkAttribute last) || !ours.TryFindLast(attribute.Type, out NetlinkAttribute other)
                || !HaveEqualValues(scope, last, other))
                return false;
        }

        foreach (NetlinkAttribute attribute in ours)
        {
            if (!all.TryFindLast(attribute.Type, out _))
                return false;
        }

        return true;
    }

    private bool HaveEqualValues(Scope scope, NetlinkAttribute installed, NetlinkAttribute own)
    {
        Scope within = Within(scope, installed.Type);
        switch (within)
        {
            case Scope.Opaque:
                return installed.Payload.SequenceEqual(own.Payload);
            case Scope.Actions:
                return HaveEqualLists(installed.Payload, own.Payload);
            case Scope.RecirculationId:
                Pair(installed.U32, own.U32);
                return true;
            case Scope.PortId:
                PortIdsDiffer |= installed.U32 != own.U32;
                return true;
            case Scope.Cookie:
                return HaveEqualCookies(installed.Payload, own.Payload);
            default:
                return HaveEqualSets(within, installed.Payload, own.Payload);
        }
    }

    private bool HaveEqualCookies(ReadOnlySpan<byte> installed, ReadOnlySpan<byte> own)
    {
        if (!UserspaceCookie.TryRead(installed, out UserspaceCookie theirs) || !UserspaceCookie.TryRead(own, out UserspaceCookie ours))
            return installed.SequenceEqual(own);
        if (theirs with { RecircId = ours.RecircId } != ours || (theirs.RecircId == 0) != (ours.RecircId == 0))
            return false;
        Pair(theirs.RecircId, ours.RecircId);
        return true;
    }

    private void Pair(uint installed, uint own)
    {
        if (installed != own)
            _recirculations.Add((installed, own));
    }
}
