namespace UpcallActors.Ofproto;

/// <summary>A MAC address that a bridge has learned (Open vSwitch's MAC entry).</summary>
/// <param name="Address">Its Ethernet address, 48 bits.</param>
/// <param name="Vlan">The VLAN in which it was seen, 0 for none.</param>
/// <param name="Port">The OpenFlow number of the port on which it was seen.</param>
/// <param name="Age">Time since it was last seen, to a second.</param>
/// <param name="IsStatic">Whether it was added by hand, so that it stays.</param>
internal readonly record struct MacEntry(ulong Address, ushort Vlan, uint Port, TimeSpan Age, bool IsStatic = false);
