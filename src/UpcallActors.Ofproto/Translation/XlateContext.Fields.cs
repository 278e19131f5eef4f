using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <content>Actions that change fields of the packet.</content>
internal ref partial struct XlateContext
{
    /// <summary>Does an action that changes the packet; false to end its list.</summary>
    private bool Change(OpenFlowAction action)
    {
        switch (action.Kind)
        {
            case ActionKind.SetField:
                SetField((SetFieldAction)action);
                return true;
            case ActionKind.Modify:
                var modify = (ModifyAction)action;
                if (Exists(modify.Field))
                    Write(modify.Field, modify.Value, modify.Field.Bits);
                return true;
            case ActionKind.SetTunnel:
                Write(SetTunnelAction.Field, ((SetTunnelAction)action).Key, SetTunnelAction.Field.Bits);
                return true;
            case ActionKind.Move:
                Move((MoveAction)action);
                return true;
            case ActionKind.ModifyPort:
                ModifyPort((ModifyPortAction)action);
                return true;
            case ActionKind.ModifyVlan:
                ModifyVlan((ModifyVlanAction)action);
                return true;
            case ActionKind.PushVlan:
                PushVlan(((PushVlanAction)action).Tpid);
                return true;
            case ActionKind.StripVlan:
                StripVlan();
                return true;
            case ActionKind.DecrementTtl:
                return DecrementTtl((DecrementTtlAction)action);
            default:
                throw new InvalidOperationException($"nobody does actions of kind {action.Kind}");
        }
    }

    private void SetField(SetFieldAction action)
    {
        if (Exists(action.Field))
            Write(action.Field, action.Value, action.Mask);
        else
            Observer?.Noted(TranslationNote.FieldIsMissing, action.Field.Name);
    }

    /// <summary>Both fields must exist in the packet.</summary>
    private void Move(MoveAction action)
    {
        SubField source = action.Source;
        SubField target = action.Target;
        if (!(Exists(target.Field) & Exists(source.Field)))
            return;
        source.MarkUsed(ref Wildcards);
        Write(target.Field, source.Read(Flow) << target.Start, (target.LowMask << target.Start) & target.Field.Bits);
        Observer?.Noted(TranslationNote.FieldIsNow, Describe(target, Flow));
    }

    /// <summary>A field and what it holds, a whole one as its values are written (<c>xlate_report_subfield</c>).</summary>
    private static string Describe(in SubField target, in Flow flow)
    {
        string text = target.IsWhole
            ? FieldText.Format(target.Field, target.Field.Read(flow), target.Field.Bits)
            : NumberText.Hexadecimal(target.Read(flow));
        return $"{target} is now {text}";
    }

    private readonly void ModifyPort(ModifyPortAction action)
    {
        ref FlowKey flow = ref Flow.Key;
        ref FlowKey wildcards = ref Wildcards.Key;
        if (flow.EthType is not (EtherTypes.Ipv4 or EtherTypes.Ipv6) || (flow.NwFrag & FlowKey.FragLater) != 0)
            return;
        wildcards.NwProto = byte.MaxValue;
        // Open vSwitch would write an ICMP packet's type and code here, which is not useful.
        if (flow.NwProto is not (IpProtocols.Tcp or IpProtocols.Udp or IpProtocols.Sctp))
            return;
        FieldLocation location = action.IsSource ? FlowKeyFields.TpSrc : FlowKeyFields.TpDst;
        wildcards.Set(location, ushort.MaxValue);
        flow.Set(location, action.Port);
    }

    private bool DecrementTtl(DecrementTtlAction action)
    {
        ref FlowKey flow = ref Flow.Key;
        if (flow.EthType is not (EtherTypes.Ipv4 or EtherTypes.Ipv6))
            return true;
        Wildcards.Key.NwTtl = byte.MaxValue;
        Wildcards.Key.NwProto = byte.MaxValue;
        if (flow.NwTtl > 1)
        {
            flow.NwTtl--;
            return true;
        }

        Observer?.Noted(TranslationNote.TtlExceeded, flow.EthType == EtherTypes.Ipv4 ? 4u : 6u);
        foreach (ushort controller in action.Controllers)
            SendToController(new ControllerRequest(ushort.MaxValue, ControllerReason.InvalidTtl, controller), []);
        return false;
    }

    /// <summary>Whether the packet has the field; marks what that depends on.</summary>
    private readonly bool Exists(MatchField field)
    {
        field.Prerequisite.MarkUsed(ref Wildcards);
        return field.Prerequisite.Holds(Flow);
    }

    /// <summary>
    /// Writes the bits of <paramref name="mask"/>. They are marked, since a SET_MASKED writes them whatever they were; a tunnel
    /// key is written whole, so its fields need not be, and a connection's are not the packet's.
    /// </summary>
    private readonly void Write(MatchField field, UInt128 value, UInt128 mask)
    {
        if (field.Prerequisite is FieldPrerequisite.Ipv4 or FieldPrerequisite.Ipv6 or FieldPrerequisite.Ip)
            Wildcards.Key.NwProto = byte.MaxValue;
        if (field.Name == "ct_mark")
            ConnectionChanges.CtMark |= (uint)mask;
        else if (field.Name == "ct_label")
            ConnectionChanges.CtLabels |= mask;
        else if (!field.Name.StartsWith("tun_", StringComparison.Ordinal))
            field.MarkUsed(ref Wildcards, mask);
        if (mask == field.Bits)
            field.Write(ref Flow, value);
        else
            field.Put(ref Flow, value, mask);

        // A tag that a write to the TCI made needs a TPID.
        ref FlowKey key = ref Flow.Key;
        if ((key.VlanTci & VlanPresent) != 0 && key.VlanTpid == 0)
            key.VlanTpid = EtherTypes.Vlan;
    }
}
