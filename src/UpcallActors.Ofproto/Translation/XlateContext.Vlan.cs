using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <content>Actions that push, take off or write a VLAN tag.</content>
internal ref partial struct XlateContext
{
    private const int VlanPriorityShift = 13;

    private readonly void ModifyVlan(ModifyVlanAction action)
    {
        ref FlowKey flow = ref Flow.Key;
        ushort bits = action.IsPriority ? VlanPriorityBits : VlanIdBits;
        Wildcards.Key.VlanTci |= (ushort)(bits | VlanPresent);
        if (!action.AddsTag && (flow.VlanTci & VlanPresent) == 0)
            return;
        if (flow.VlanTpid == 0)
            flow.VlanTpid = EtherTypes.Vlan;
        int value = action.IsPriority ? action.Value << VlanPriorityShift : action.Value;
        flow.VlanTci = (ushort)((flow.VlanTci & ~bits) | value | VlanPresent);
    }

    private readonly void PushVlan(ushort tpid)
    {
        ref FlowKey flow = ref Flow.Key;
        // The tag moves inwards, and is pushed anew with its value if it does not fit any more (flow_push_vlan_uninit).
        if ((flow.VlanTci & VlanPresent) != 0)
            MarkTags();
        flow.CvlanTpid = flow.VlanTpid;
        flow.CvlanTci = flow.VlanTci;
        flow.VlanTpid = tpid;
        flow.VlanTci = VlanPresent;
    }

    private readonly void StripVlan()
    {
        ref FlowKey flow = ref Flow.Key;
        if ((flow.VlanTci & VlanPresent) == 0)
            return;
        MarkTags();
        flow.VlanTpid = flow.CvlanTpid;
        flow.VlanTci = flow.CvlanTci;
        flow.CvlanTpid = 0;
        flow.CvlanTci = 0;
    }

    /// <summary>
    /// Marks all of the tags that the packet has: pushing an equal one later writes no action at all, and then nothing else would mark
    /// their other bits.
    /// </summary>
    private readonly void MarkTags()
    {
        ref FlowKey wildcards = ref Wildcards.Key;
        wildcards.VlanTpid = ushort.MaxValue;
        wildcards.VlanTci = ushort.MaxValue;
        if ((Flow.Key.CvlanTci & VlanPresent) == 0)
            return;
        wildcards.CvlanTpid = ushort.MaxValue;
        wildcards.CvlanTci = ushort.MaxValue;
    }
}
