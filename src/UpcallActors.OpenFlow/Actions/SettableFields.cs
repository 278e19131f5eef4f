namespace UpcallActors.OpenFlow;

/// <summary>Which fields actions may change.</summary>
internal static class SettableFields
{
    /// <summary>Refuses a field that cannot be changed.</summary>
    /// <exception cref="FlowSyntaxException">At <paramref name="position"/>:
    /// the field is read-only, or no datapath action changes it.</exception>
    public static void Check(MatchField field, in TextCursor cursor, int position)
    {
        if (!field.Writable)
            throw cursor.ErrorAt(position, $"{field.Name} cannot be changed");
        if (!CanChange(field))
            throw cursor.ErrorAt(position, $"{field.Name} cannot be changed in the datapath, which is not supported yet");
    }

    /// <summary>
    /// Whether an action can change a field here. Open vSwitch changes those of ARP, ICMP and neighbour discovery itself, packet by
    /// packet; the datapath cannot.
    /// </summary>
    public static bool CanChange(MatchField field) => field.Writable
        && field.Prerequisite is not (FieldPrerequisite.Arp or FieldPrerequisite.Icmpv4 or FieldPrerequisite.Icmpv6
            or >= FieldPrerequisite.NeighbourDiscovery);

    /// <summary>Whether a field is the connection's, to be changed in <c>ct(exec(…))</c> alone.</summary>
    public static bool IsConnection(MatchField field) => field.Name is "ct_mark" or "ct_label";
}
