namespace UpcallActors.OpenFlow;

/// <summary>A station that a bridge has heard.</summary>
/// <param name="Address">Its Ethernet address, 48 bits.</param>
/// <param name="Vlan">The VLAN it was heard in, 0 for none.</param>
/// <param name="Port">The OpenFlow number of the port it was heard on.</param>
/// <param name="Age">For how long it has been silent, to a second.</param>
/// <param name="IsStatic">Whether somebody has put it in, so that it stays.</param>
public readonly record struct MacEntry(ulong Address, ushort Vlan, uint Port, TimeSpan Age, bool IsStatic = false);
