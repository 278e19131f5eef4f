using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>A VLAN tag; a TCI of 0 is none.</summary>
internal readonly record struct VlanTag(ushort Tpid, ushort Tci)
{
    public const ushort Present = 0x1000;
    public const ushort VlanBits = 0x0fff;
    public const ushort PriorityBits = 0xe000;

    public bool IsThere => (Tci & Present) != 0;

    /// <summary>The VLAN; 0 for none.</summary>
    public ushort Vlan => (ushort)(Tci & VlanBits);

    /// <summary>Whether it says nothing: VLAN 0 and priority 0.</summary>
    public bool IsEmpty => (Tci & ~Present) == 0;

    /// <summary>The tag of a VLAN on a frame that had this one, whose type and priority it keeps.</summary>
    public VlanTag In(ushort vlan) =>
        new(IsThere ? Tpid : EtherTypes.Vlan, (ushort)((Tci & PriorityBits) | Present | vlan));

    /// <summary>The tag with a priority, which makes one where there was none, unless the priority is 0.</summary>
    /// <param name="priority">The priority, where it is in a TCI.</param>
    public VlanTag With(ushort priority) =>
        !IsThere && priority == 0 ? this
        : new VlanTag(IsThere ? Tpid : EtherTypes.Vlan, (ushort)((Tci & VlanBits) | Present | priority));
}

/// <summary>The outermost tags of a frame.</summary>
/// <param name="Outer">The outermost one.</param>
/// <param name="Inner">The one within it.</param>
/// <param name="Innermost">The one within that, of a frame that came with two and was given one more.</param>
internal readonly record struct VlanTags(VlanTag Outer, VlanTag Inner, VlanTag Innermost = default)
{
    public static VlanTags Of(in FlowKey key) => new(new(key.VlanTpid, key.VlanTci), new(key.CvlanTpid, key.CvlanTci));

    public VlanTags Push(VlanTag tag) => new(tag, Outer, Inner);

    public VlanTags Pop() => new(Inner, Innermost);

    /// <summary>Gives a key the two outer ones; it can have no more.</summary>
    public void Put(ref FlowKey key)
    {
        key.VlanTpid = Outer.Tpid;
        key.VlanTci = Outer.Tci;
        key.CvlanTpid = Inner.Tpid;
        key.CvlanTci = Inner.Tci;
    }
}
