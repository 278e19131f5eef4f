using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <content>What becomes of VLAN tags on the way through NORMAL.</content>
internal ref partial struct XlateContext
{
    /// <summary>The tags a packet has inside the bridge (<c>xvlan_input_translate</c>).</summary>
    private readonly VlanTags TagsInside(BridgePort input)
    {
        VlanTags tags = VlanTags.Of(Flow.Key);
        return input.VlanMode switch
        {
            VlanMode.Access => new VlanTags(tags.Outer.In(input.Vlan), default),
            VlanMode.NativeTagged or VlanMode.NativeUntagged when tags.Outer.Vlan == 0 =>
                tags with { Outer = tags.Outer.In(input.Vlan) },
            VlanMode.Dot1qTunnel => tags.Push(new VlanTag(input.QinqEthtype, (ushort)(VlanTag.Present | input.Vlan))),
            _ => tags,
        };
    }

    /// <summary>
    /// The tags a packet goes out of a port with (<c>xvlan_output_translate</c>, <c>output_normal</c>). What is within a tag that is taken
    /// off stays as it is, as in Open vSwitch, which looks at one tag by default.
    /// </summary>
    private readonly VlanTags TagsOutside(BridgePort port, in VlanTags inside)
    {
        bool isTakenOff = port.VlanMode is VlanMode.Access or VlanMode.Dot1qTunnel
            || (port.VlanMode == VlanMode.NativeUntagged && inside.Outer.Vlan == port.Vlan);
        VlanTags sent = !isTakenOff ? inside : port.VlanMode == VlanMode.Access ? default : inside.Pop();
        if (port.PriorityTags != PriorityTags.Never)
        {
            Wildcards.Key.VlanTci |= VlanTag.PriorityBits;
            sent = sent with { Outer = sent.Outer.With((ushort)(Flow.Key.VlanTci & VlanTag.PriorityBits)) };
        }

        // A tag that says nothing is not sent (xvlan_put).
        return !isTakenOff && sent.Outer.IsEmpty && port.PriorityTags != PriorityTags.Always ? default : sent;
    }

    /// <summary>Outputs with the tags that the port sends, and leaves the flow's as they were.</summary>
    private void OutputTagged(BridgePort port, in VlanTags inside)
    {
        ref FlowKey flow = ref Flow.Key;
        VlanTags before = VlanTags.Of(flow);
        VlanTags sent = TagsOutside(port, inside);
        if (sent.Innermost.IsThere)
        {
            OutputAroundTwo(port, before, sent);
            return;
        }

        sent.Put(ref flow);
        OutputTo(port, last: false);
        before.Put(ref flow);
    }

    /// <summary>
    /// Outputs a packet with two tags and one around them. A flow knows two: the innermost is kept out of sight, and the new one taken off
    /// again. Open vSwitch loses the innermost if it looks at two (<c>vlan-limit</c>), and does not see it if it looks at one.
    /// </summary>
    private void OutputAroundTwo(BridgePort port, in VlanTags before, in VlanTags sent)
    {
        VlanTags seen = before with { Inner = default };
        Commit();
        seen.Put(ref _scratch.Base.Key);
        sent.Put(ref Flow.Key);
        OutputTo(port, last: false);
        seen.Put(ref Flow.Key);
        Commit();
        before.Put(ref _scratch.Base.Key);
        before.Put(ref Flow.Key);
    }
}
