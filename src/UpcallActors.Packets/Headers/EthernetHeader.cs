namespace UpcallActors.Packets;

/// <summary>Lengths of the Ethernet header and of what may stand in it, bytes.</summary>
internal static class EthernetHeader
{
    /// <summary>The header without tags (<c>ETH_HLEN</c>).</summary>
    public const int Length = 14;

    /// <summary>One VLAN tag (<c>VLAN_HLEN</c>).</summary>
    public const int VlanTagLength = 4;
}
