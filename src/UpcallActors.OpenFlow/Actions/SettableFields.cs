using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>Which fields actions may change, and how a change is done to a flow.</summary>
internal static class SettableFields
{
    private const ushort VlanPresent = 0x1000;

    /// <summary>Refuses a field that cannot be changed.</summary>
    /// <exception cref="FlowSyntaxException">At <paramref name="position"/>:
    /// the field is read-only, or no datapath action changes it.</exception>
    public static void Check(MatchField field, in TextCursor cursor, int position)
    {
        if (!field.Writable)
            throw cursor.ErrorAt(position, $"{field.Name} cannot be changed");
        // Open vSwitch changes these itself, packet by packet; the datapath cannot.
        if (field.Prerequisite is FieldPrerequisite.Arp or FieldPrerequisite.Icmpv4 or FieldPrerequisite.Icmpv6
            or >= FieldPrerequisite.NeighbourDiscovery)
            throw cursor.ErrorAt(position, $"{field.Name} cannot be changed in the datapath, which is not supported yet");
    }

    /// <summary>Whether a field is the connection's, to be changed in <c>ct(exec(…))</c> alone.</summary>
    public static bool IsConnection(MatchField field) => field.Name is "ct_mark" or "ct_label";

    /// <summary>Whether the packet has the field; marks what that depends on.</summary>
    public static bool Exists(MatchField field, ref XlateContext context)
    {
        field.Prerequisite.MarkUsed(ref context.Wildcards);
        return field.Prerequisite.Holds(context.Flow);
    }

    /// <summary>
    /// Writes the bits of <paramref name="mask"/>. They are marked, since a SET_MASKED writes them whatever they were; a tunnel
    /// key is written whole, so its fields need not be, and a connection's are not the packet's.
    /// </summary>
    public static void Write(MatchField field, UInt128 value, UInt128 mask, ref XlateContext context)
    {
        if (field.Prerequisite is FieldPrerequisite.Ipv4 or FieldPrerequisite.Ipv6 or FieldPrerequisite.Ip)
            context.Wildcards.Key.NwProto = byte.MaxValue;
        if (field.Name == "ct_mark")
            context.ConnectionChanges.CtMark |= (uint)mask;
        else if (field.Name == "ct_label")
            context.ConnectionChanges.CtLabels |= mask;
        else if (!field.Name.StartsWith("tun_", StringComparison.Ordinal))
            field.MarkUsed(ref context.Wildcards, mask);
        if (mask == field.Bits)
            field.Write(ref context.Flow, value);
        else
            field.Put(ref context.Flow, value, mask);

        // A tag that a write to the TCI made needs a TPID.
        ref FlowKey key = ref context.Flow.Key;
        if ((key.VlanTci & VlanPresent) != 0 && key.VlanTpid == 0)
            key.VlanTpid = EtherTypes.Vlan;
    }
}
